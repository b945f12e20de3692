"""Whether a statement denies what its source affirms, or affirms what it denies."""

import re
from collections.abc import Sequence

from rag.alignment import EXACT, Hit, landmarks
from rag.grounds import Grounds, Side
from rag.polarity import Denial, denials, denying_words
from rag.predicates import predicates

# How near, in words, a word that denies by itself must stand to count as the denial; how sure an alignment must be.
_NEAR = 3.0
_SURE = 0.5
_RIGHT_AFTER = 2.0
_NEIGHBOURS = 3


def wrong_denial(statement: Side, hits: Sequence[Hit], grounds: Grounds) -> str:
    """The word that is denied on one side only; empty where there is none."""
    source = grounds.first
    mine, theirs = denials(statement.text), denials(source.text)
    if mine and not theirs and not denying_words(source.text):
        return "denial"
    asserted = predicates(statement)
    copied = [o for h in hits if h.value >= EXACT for o in h.offsets]
    for i, (word, hit) in enumerate(zip(statement.words, hits, strict=True)):
        # In Japanese a denial takes in its whole clause: what it bears on is the verb.
        wide = statement.language == "en" and word in asserted
        denied = _heads(word.start, mine) or (wide and _within(word.start, mine))
        if hit.value < _SURE or not hit.offsets:
            if denied and not _any_near(source, _expected(i, statement, hits, grounds), theirs):
                return f"denial of {word.text}"
            continue
        place = place_of(i, statement, hits, grounds)
        if denied and not _denied_at(source, place, theirs, copied):
            return f"denial of {word.text}"
        if (
            not denied
            and (_heads(place, theirs) or (word in asserted and _within(place, theirs)))
            and not _denied_near(statement, word.start, mine)
        ):
            return f"no denial of {word.text}"
    return ""


def _within(offset: int, denied: Sequence[Denial]) -> bool:
    return any(d.start <= offset < d.end for d in denied)


def _heads(offset: int, denied: Sequence[Denial]) -> bool:
    """Whether the word at an offset is the one that a denial bears on first."""
    return any(d.head <= offset < d.head + 1 for d in denied)


def _denied_near(statement: Side, offset: int, mine: Sequence[Denial]) -> bool:
    """Whether the statement denies a word, or denies right after it, as in "turned none away"."""
    after = any(0 < statement.at(d.start) - statement.at(offset) < _RIGHT_AFTER for d in mine)
    return after or _denied_at(statement, offset, mine, ())


def _denied_at(side: Side, offset: int, denied: Sequence[Denial], copied: Sequence[int]) -> bool:
    """Whether what stands there is denied: by a denial, or by a word beside it that denies and was not copied."""
    if _within(offset, denied):
        return True
    own = re.match(r"\w+", side.text[offset:])
    end = offset + len(own[0]) if own else offset
    beside = [o for o in denying_words(side.text) if not offset <= o < end and o not in copied]
    return any(abs(side.at(o) - side.at(offset)) <= _NEAR for o in beside)


def place_of(i: int, statement: Side, hits: Sequence[Hit], grounds: Grounds) -> int:
    """Of a word's likes in the source, the one that stands nearest to its neighbours' likes."""
    offsets, source = hits[i].offsets, grounds.first
    around = _around(i, statement, hits, grounds)
    # The nearer a neighbour stands, the more it tells which of the likes is meant: ロシアを経由せずコーカサス経由で.
    return min(
        offsets,
        key=lambda o: sum(min(abs(source.at(o) - source.at(q)) for q in likes) / (1 + n) for n, likes in enumerate(around)),
    )


def _expected(i: int, statement: Side, hits: Sequence[Hit], grounds: Grounds) -> list[float]:
    """Where in the source a word without a like would stand, by its neighbours."""
    return [grounds.first.at(o) for likes in _around(i, statement, hits, grounds) for o in likes]


def _around(i: int, statement: Side, hits: Sequence[Hit], grounds: Grounds) -> list[tuple[int, ...]]:
    start = statement.words[i].start
    # In Japanese what belongs to a word stands before it.
    behind = 2.0 if statement.language == "ja" else 1.0
    own = statement.at(start)
    found = [
        (abs(statement.at(o) - own) * (behind if o > start else 1.0), likes)
        for o, likes in landmarks(statement, hits, grounds)
        if o != start
    ]
    return [likes for _, likes in sorted(found, key=lambda f: f[0])[:_NEIGHBOURS]]


def _any_near(source: Side, places: Sequence[float], denied: Sequence[Denial]) -> bool:
    signs = [source.at(d.head) for d in denied] + [source.at(o) for o in denying_words(source.text)]
    return any(abs(s - p) <= _NEAR for s in signs for p in places)
