"""Where a short answer begins and ends: at whole words, without the particles, marks and brackets about it.

The reader's pieces are not words: they join a particle to a year (`年に`) and cut a number from its
counter. A span is widened to Sudachi's short units and to the number before a counter, then
loses what a person would not say in an answer.
"""

import re

from index.tokenise import Token, Tokeniser, language_of

_MARKS = " 、。,.・:;\u3000\n"
_PARTICLES = frozenset("に の は が を で と も へ や".split())
_NUMBER_BEFORE = re.compile(
    r"(?:[0-9]+(?:[.,][0-9]+)*|[〇一二三四五六七八九十百千万億兆]+)[0-9〇一二三四五六七八九十百千万億兆]*$"
)
_BRACKETS = tuple(tuple(pair) for pair in ("「」", "『』", "()", "（）", "【】", "〈〉", "《》", "[]", "“”"))
_WORD = re.compile(r"\w")


def whole_words(text: str, span: tuple[int, int], tokeniser: Tokeniser) -> tuple[int, int]:
    """The span of `text` at the edges of words; empty where nothing of it is left."""
    start, end = _unmarked(text, *span)
    if start >= end:
        return start, start
    if language_of(text) == "en":
        return _widened_en(text, start, end)
    tokens = tokeniser.short_units(text)
    start, end = _widened(text, start, end, tokens)
    return _unmarked(text, *_without_particles(start, end, tokens))


def _unmarked(text: str, start: int, end: int) -> tuple[int, int]:
    """Without marks at the edges, nor brackets there that have no partner inside."""
    while start < end and (text[start] in _MARKS or _lonely(text[start:end], 0)):
        start += 1
    while end > start and (text[end - 1] in _MARKS or _lonely(text[start:end], -1)):
        end -= 1
    return start, end


def _lonely(part: str, at: int) -> bool:
    """Whether the bracket at an edge is not closed, or not opened, in the part; a pair that holds all is taken off too."""
    for opening, closing in _BRACKETS:
        if part[at] in (opening, closing):
            return part.count(opening) != part.count(closing) or (part[0] == opening and part.find(closing) == len(part) - 1)
    return False


def _widened(text: str, start: int, end: int, tokens: tuple[Token, ...]) -> tuple[int, int]:
    for token in tokens:
        if token.start < start < token.end and not _bracketed(text[token.start : start]):
            start = token.start
        if token.start < end < token.end and not _bracketed(text[end : token.end]):
            end = token.end
    before = _NUMBER_BEFORE.search(text, max(0, start - 20), start)
    # 年 of 1998年: a counter without its number answers nothing.
    if before and _counts(start, tokens):
        start = before.start()
    return start, end


def _bracketed(part: str) -> bool:
    """Whether a bracket stands there: the analysis takes 石油(せきゆ) for one word."""
    return any(mark in part for pair in _BRACKETS for mark in pair)


def _counts(start: int, tokens: tuple[Token, ...]) -> bool:
    """Whether a counter, or the rest of a number, begins there."""
    return any(t.start == start and ("助数詞可能" in t.pos or "数詞" in t.pos or "接尾辞" in t.pos) for t in tokens)


def _without_particles(start: int, end: int, tokens: tuple[Token, ...]) -> tuple[int, int]:
    inside = [t for t in tokens if t.start >= start and t.end <= end]
    while len(inside) > 1 and inside[-1].pos[0] in ("助詞", "助動詞") and inside[-1].surface in _PARTICLES:
        inside.pop()
    while len(inside) > 1 and inside[0].pos[0] == "助詞" and inside[0].surface in _PARTICLES:
        inside.pop(0)
    return (inside[0].start, inside[-1].end) if inside else (start, end)


def _widened_en(text: str, start: int, end: int) -> tuple[int, int]:
    while start > 0 and _WORD.match(text[start]) and _WORD.match(text[start - 1]):
        start -= 1
    while end < len(text) and _WORD.match(text[end - 1]) and _WORD.match(text[end]):
        end += 1
    return start, end
