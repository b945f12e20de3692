"""Sentence boundaries with offsets, for Japanese and English.

A 。 inside brackets or quotation marks does not end a sentence (「…した。」と述べた), unless
the brackets are never closed, in which case they are ignored.
"""

import re

from source.document import Span

_OPEN = "「『(（〔［【〈《“"
_CLOSE = "」』)）〕］】〉》”"
_ENDS = "。．！？!?｡"
_TAIL = _CLOSE + "’'\""
_ABBREVIATIONS = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|No|Vol|Fig|Eq|Art|Sec|Gen|Col|Hon|Rep|Sen|Gov|vs|etc|cf|al|approx"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|Inc|Ltd|Co|Corp)|\b(?:[A-Za-z]\.)*[A-Za-z])$"
)


def _ends_here(text: str, i: int) -> bool:
    """Whether the mark at `i` ends a sentence, brackets aside."""
    c = text[i]
    if c in "。｡":
        return True
    after = text[i + 1] if i + 1 < len(text) else ""
    if c in "！？!?":
        return after not in _ENDS
    if c == "．":
        return not after.isdigit()
    if c != "." or not (after == "" or after.isspace() or after in _TAIL):
        return False
    if re.search(r"(?:^|\n)\s*\d{1,3}$", text[:i][-8:]):  # the number of a list item
        return False
    rest = text[i + 1 :].lstrip(_TAIL + " \n\t")
    starts_new = not rest or not (rest[0].islower() or (rest[0].isdigit() and len(rest) < 3))
    return starts_new and not (_ABBREVIATIONS.search(text[:i][-12:]) and rest)


def _balanced(text: str) -> bool:
    return sum(text.count(c) for c in _OPEN) == sum(text.count(c) for c in _CLOSE)


def split_sentences(text: str, offset: int = 0) -> list[Span]:
    """Spans of the sentences of `text`, shifted by `offset`, without surrounding blanks.

    >>> [s for s in split_sentences("「行く。」と言った。次。")]
    [Span(start=0, end=10), Span(start=10, end=12)]
    """
    spans: list[Span] = []
    start, depth, i = 0, 0, 0
    watch_brackets = _balanced(text)
    while i < len(text):
        c = text[i]
        if watch_brackets:
            depth = max(0, depth + (c in _OPEN) - (c in _CLOSE))
        i += 1
        if depth == 0 and (c in _ENDS or c == ".") and _ends_here(text, i - 1):
            while i < len(text) and text[i] in _TAIL:
                i += 1
            _append(spans, text, start, i, offset)
            start = i
    _append(spans, text, start, len(text), offset)
    return spans


def _append(spans: list[Span], text: str, start: int, end: int, offset: int) -> None:
    """Adds `[start, end)` without the blanks around it, if anything is left."""
    piece = text[start:end]
    if piece.strip():
        left = start + len(piece) - len(piece.lstrip())
        spans.append(Span(offset + left, offset + start + len(piece.rstrip())))


def ends_like_sentence(line: str) -> bool:
    """Whether a line closes with a sentence end, closing brackets aside."""
    bare = line.rstrip().rstrip(_TAIL)
    return bool(bare) and (bare[-1] in _ENDS or bare[-1] in ".:：;")
