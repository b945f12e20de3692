"""A language model's text, as it comes, into statements with the numbers they cite.

Where a statement ends is decided from its own text and what follows closely, never from how the
stream was cut, so any cutting of a stream gives the same statements.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_WORD = (
    r"(?:passages?|sources?|ref(?:erence)?s?|citations?|cit|doc(?:ument)?s?|no|パッセージ|文書?|引用|出典|資料|根拠|参照|抜粋)"
)
_NUMBER = rf"(?:{_WORD}[.:]?\s*)?[#\^№]?\s*[0-9０-９]{{1,3}}"
_SEPARATOR = r"\s*(?:[,，、;；・/&]|and|and\s|と|および|,\s*and)\s*"
_RANGE = r"\s*[-‐‑–—−~〜～]\s*"
_NUMBERS = rf"{_NUMBER}(?:(?:{_SEPARATOR}|{_RANGE}){_NUMBER})*"
_BRACKETED = re.compile(rf"[\[［【〔]+\s*{_NUMBERS}\s*[\]］】〕]+|[(（]\s*(?={_WORD}){_NUMBERS}\s*[)）]", re.IGNORECASE)
_ROUND = re.compile(rf"[\[［【〔(（]+\s*{_NUMBERS}\s*[\]］】〕)）]+", re.IGNORECASE)
_PIECES = re.compile(rf"({_RANGE})?{_NUMBER}", re.IGNORECASE)
_DIGITS = re.compile(r"[0-9０-９]+")

_OPEN, _CLOSE = "「『(（“", "」』)）”"
_OPENING_BRACKETS = "[［【〔(（"
_CLOSING_BRACKETS = "]］】〕)）"
_TAIL = _CLOSE + "\"'’*_`"
_JAPANESE_ENDS, _OTHER_ENDS = "。｡！？", "!?."
# A bracket that long is no citation; a quotation that long was never closed; a statement that long has no end.
_LONGEST_CITATION, _LONGEST_QUOTATION, _LONGEST_STATEMENT = 60, 400, 1500
_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|No|Nos|Vol|Gen|Col|Hon|vs|etc|cf|al|approx|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|Inc|Ltd|Co|p|pp)|\b(?:[A-Za-z]\.)*[A-Z]|(?:^|\n)\s*[0-9]{1,2})$"
)
_LIST_MARK = re.compile(r"^\s*(?:#{1,6}\s+|[-*•・‣>]+\s+|・|[0-9]{1,2}[.)]\s+)+")
_EMPHASIS = re.compile(r"\*\*|__|`+|(?<!\w)\*(?=\S)|(?<=\S)\*(?!\w)")


@dataclass(frozen=True, slots=True)
class Draft:
    """A statement as the model wrote it, citations taken out, and the known numbers it cites, in order."""

    text: str
    cited: tuple[int, ...]


class StatementParser:
    """Feed it pieces of text; it gives statements as soon as each is complete.

    >>> parser = StatementParser(known=3)
    >>> list(parser.feed("He came in March [1, 9]. She")), list(parser.close())
    ([Draft(text='He came in March.', cited=(1,))], [Draft(text='She', cited=())])
    """

    def __init__(self, known: int, *, round_brackets: bool = False) -> None:
        """`known` is the highest number there is; `round_brackets` takes (1) for a citation too."""
        self._known = known
        self._citation = _ROUND if round_brackets else _BRACKETED
        self._text = ""

    def feed(self, piece: str) -> Iterator[Draft]:
        """The statements that this piece completes."""
        self._text += piece
        yield from self._take(final=False)

    def close(self) -> Iterator[Draft]:
        """What is left at the end of the stream."""
        yield from self._take(final=True)

    def _take(self, *, final: bool) -> Iterator[Draft]:
        while self._text and (end := self._end(final=final)) is not None:
            statement, self._text = self._text[:end], self._text[end:]
            draft = self._draft(statement)
            if draft.text:
                yield draft

    def _draft(self, statement: str) -> Draft:
        cited = [n for m in self._citation.finditer(statement) for n in _numbers(m[0]) if 1 <= n <= self._known]
        bare = self._citation.sub("", statement)
        bare = _EMPHASIS.sub("", _LIST_MARK.sub("", bare))
        bare = re.sub(r"\s+([.,;:。、！？!?])", r"\1", re.sub(r"\s+", " ", bare)).strip()
        return Draft(bare if re.search(r"\w", bare) else "", tuple(dict.fromkeys(cited)))

    def _end(self, *, final: bool) -> int | None:
        """Where the first statement ends, citations after its end mark included; None where more must come."""
        text, i, quoted = self._text, 0, -1
        while i < len(text):
            after = self._citation_at(i, final=final)
            if after is None:
                return None
            if after > i:
                i = after
                continue
            c = text[i]
            quoted = _quoted(c, i, quoted)
            if (c == "\n" and text[:i].strip()) or (c in _JAPANESE_ENDS + _OTHER_ENDS and quoted < 0) or i > _LONGEST_STATEMENT:
                end = self._after_mark(i + 1, final=final)
                if end is None:
                    return None
                if self._is_end(i, end):
                    return end
            if quoted >= 0 and i - quoted > _LONGEST_QUOTATION:
                quoted = -1
            i += 1
        return len(text) if final else None

    def _citation_at(self, i: int, *, final: bool) -> int | None:
        """Past the citation that begins at `i`, else `i`; None where it may yet become one."""
        text = self._text
        if text[i] not in _OPENING_BRACKETS:
            return i
        closing = next((j for j in range(i, min(len(text), i + _LONGEST_CITATION)) if text[j] in _CLOSING_BRACKETS), None)
        if closing is None:
            return None if not final and len(text) - i < _LONGEST_CITATION else i
        # Doubled brackets, as in [[1]], close together.
        if closing + 1 == len(text) and not final:
            return None
        found = self._citation.match(text, i)
        return found.end() if found else i

    def _after_mark(self, i: int, *, final: bool) -> int | None:
        """Past the marks, brackets, blanks and citations that belong to what has ended at `i`."""
        text = self._text
        while i < len(text):
            if text[i] in _TAIL or text[i].isspace() or text[i] in _JAPANESE_ENDS + _OTHER_ENDS:
                i += 1
                continue
            after = self._citation_at(i, final=final)
            if after is None or after == i:
                return after
            i = after
        return i if final else None

    def _is_end(self, mark: int, end: int) -> bool:
        """Whether the mark ends a statement; a full stop may stand inside a number or an abbreviation."""
        text = self._text
        if text[mark] != ".":
            return True
        between, rest = text[mark + 1 : end], text[end : end + 1]
        if not between.strip(_TAIL + ".") and rest:
            return False
        return not (rest.islower() or (_ABBREVIATION.search(text[:mark][-12:]) and rest and not self._citation.search(between)))


def _quoted(c: str, i: int, since: int) -> int:
    """Where the open quotation began, or -1."""
    if c in _OPEN and since < 0:
        return i
    return -1 if c in _CLOSE else since


def _numbers(citation: str) -> Iterator[int]:
    """The numbers of one citation; a range gives all that lie in it."""
    last: int | None = None
    for m in _PIECES.finditer(citation):
        found = _DIGITS.search(m[0])
        number = int(found[0]) if found else 0
        if m[1] and last is not None and last < number <= last + 50:
            yield from range(last + 1, number)
        yield number
        last = number


def without_thinking(pieces: Iterable[str]) -> Iterator[str]:
    """Leaves out what a reasoning model thinks aloud, `<think>…</think>`, before its answer.

    >>> "".join(without_thinking(["<thi", "nk>hm</th", "ink>Yes."]))
    'Yes.'
    """
    held, thinking = "", None
    for piece in pieces:
        if thinking is False:
            yield piece
            continue
        held += piece
        start = held.lstrip()
        if thinking is None and not "<think>".startswith(start[:7]):
            thinking = False
            yield held
        elif start.startswith("<think>"):
            thinking = True
            _, mark, after = held.partition("</think>")
            if mark:
                thinking = False
                yield after
    if thinking is None:
        yield held
