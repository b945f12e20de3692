"""Align a quote with a text that may say it otherwise, and tell what differs."""

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein, MatchingBlock

from index.normalise import Normalised, normalise

Folded = Normalised
# Quotation marks and punctuation that people type in another form.
_SAME = str.maketrans("、。「」『』“”«»‘’〜∼", ',.""""""""\'\'~~')
_CUTOFF = 25
_EDGE = 2


@dataclass(frozen=True, slots=True)
class Difference:
    """A stretch of the quote (`given`) and of the text (`text`); the same where nothing differs.

    Either may be empty: the quote has something more, or leaves something out.
    """

    given: str
    text: str
    same: bool


def fold_quote(text: str) -> Folded:
    """A text as quotes are compared: normalised, without spaces, punctuation in one form.

    >>> fold_quote("「カスピ 海」 、A").text == fold_quote('"カスピ海",a').text
    True
    """
    held = normalise(text)
    kept = [i for i, c in enumerate(held.text) if not c.isspace()]
    return Folded(
        "".join(held.text[i] for i in kept).translate(_SAME),
        tuple(held.starts[i] for i in kept),
        tuple(held.ends[i] for i in kept),
    )


def aligned(wanted: str, text: str) -> tuple[float, int, int] | None:
    """The stretch of a folded text most like a folded quote: (likeness in [0, 1], start, end)."""
    found = fuzz.partial_ratio_alignment(wanted, text, score_cutoff=_CUTOFF) if wanted and text else None
    if found is None:
        return None
    # The stretch found is no longer than the quote; the text may say it in more words.
    slack = max(8, len(wanted) // 4)
    low, high = max(0, found.dest_start - slack), min(len(text), found.dest_end + slack)
    start, end = _edges(wanted, text[low:high])
    if start >= end:
        return None
    return fuzz.ratio(wanted, text[low + start : low + end]) / 100, low + start, low + end


def _edges(wanted: str, text: str) -> tuple[int, int]:
    """Where the text begins and ends to match, stray characters at its edges left out."""
    blocks = [b for b in Levenshtein.opcodes(wanted, text).as_matching_blocks() if b.size]
    while len(blocks) > 1 and blocks[0].size < 3 and blocks[1].b - blocks[0].b > 2 * blocks[0].size + (blocks[1].a - blocks[0].a):
        blocks.pop(0)
    while len(blocks) > 1 and blocks[-1].size < 3 and _gap(blocks[-2], blocks[-1]):
        blocks.pop()
    if not blocks:
        return 0, 0
    # A few wrong characters at the very edge of the quote stand for as many of the text.
    before, after = blocks[0].a, len(wanted) - blocks[-1].a - blocks[-1].size
    start, end = blocks[0].b, blocks[-1].b + blocks[-1].size
    return max(0, start - before if before <= _EDGE else start), min(len(text), end + after if after <= _EDGE else end)


def _gap(before: MatchingBlock, last: MatchingBlock) -> bool:
    """Whether the text has much more between two matches than the quote."""
    return bool(last.b - before.b - before.size > 2 * last.size + (last.a - before.a - before.size))


def differences(
    given: str, given_folded: Folded, text: str, text_folded: Folded, span: tuple[int, int]
) -> tuple[Difference, ...]:
    """What a quote has otherwise than the range `span` of the folded text, stretch by stretch.

    Compared are characters, and whole words where the script has letters and spaces.
    """
    mine, theirs = _words(given_folded, 0, len(given_folded.text)), _words(text_folded, *whole_words(text_folded, *span))
    made: list[Difference] = []
    for op in Levenshtein.opcodes([word for word, _, _ in mine], [word for word, _, _ in theirs]):
        part = Difference(
            _original(given, mine, op.src_start, op.src_end),
            _original(text, theirs, op.dest_start, op.dest_end),
            op.tag == "equal",
        )
        made.append(part)
    return tuple(_joined(made)) if any(not d.same for d in made) else ()


def whole_words(folded: Folded, start: int, end: int) -> tuple[int, int]:
    """The range of a folded text, widened so that it cuts no word in two."""
    while 0 < start < end and _one_word(folded, start):
        start -= 1
    while start < end < len(folded.text) and _one_word(folded, end):
        end += 1
    return start, end


def _one_word(folded: Folded, i: int) -> bool:
    """Whether the folded character before `i` and the one at `i` stand in one word of Latin letters or digits."""
    pair = folded.text[i - 1 : i + 1]
    return folded.ends[i - 1] == folded.starts[i] and all(c.isalnum() and c < "\u0250" for c in pair)


_Word = tuple[str, int, int]


def _words(folded: Folded, start: int, end: int) -> list[_Word]:
    """(as compared, from, to in the original) of each word or character; the blanks after it belong to it."""
    starts = [i for i in range(start, end) if i == start or not _one_word(folded, i)]
    ends = [*starts[1:], end]
    edges = [folded.starts[i] for i in starts[1:]] + [folded.ends[end - 1]] if starts else []
    return [(folded.text[i:j], folded.starts[i], edge) for i, j, edge in zip(starts, ends, edges, strict=True)]


def _original(text: str, words: Sequence[_Word], start: int, end: int) -> str:
    return text[words[start][1] : words[end - 1][2]] if start < end else ""


def _joined(parts: Sequence[Difference]) -> list[Difference]:
    """Changes with only a character in common between them are one change to the eye."""
    made: list[Difference] = []
    for i, part in enumerate(parts):
        lone = part.same and len(part.text.strip()) == 1 and 0 < i < len(parts) - 1
        changed = not part.same or lone
        if made and changed and not made[-1].same:
            made[-1] = Difference(made[-1].given + part.given, made[-1].text + part.text, False)
        else:
            made.append(Difference(part.given, part.text, not changed))
    return made
