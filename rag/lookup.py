"""Find the place that is meant by a passage id, a quote or a citation copied from an answer.

Width, letter case, spacing and the look of quotation marks do not count; a quote may leave words
out with an ellipsis, and may be wrong in places: then the nearest places come with the differences.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal
from urllib.parse import unquote

from index.local import LocalIndex
from index.normalise import fold
from rag.quote_alignment import Difference, Folded, aligned, differences, fold_quote, whole_words
from source.document import Document, Passage
from source.errors import HakushoError

Kind = Literal["passage", "quote", "close", "near", "nothing"]
# A quote at least this like the text was meant to be that text; below, the nearest are shown.
_CLOSE = 0.8
# What little a short text shares with another tells nothing.
_NEAR, _NEAR_SHORT, _SHORT = 0.3, 0.6, 12
_MOST = 3
_TELLING = 8
_ELLIPSIS = re.compile(r"…+|‥+|\.{3,}|。{2,}|[(\[〔(]\s*(?:…+|\.{3}|中略|前略|後略|略)\s*[)\]〕)]|\b\[sic\]")
_NUMBER = re.compile(r"\[\d+\]")
_WRAPPED = re.compile(r"^\s*(?:[>•*-]\s+)*[「『“\"'«]?(.*?)[」』”\"'»]?\s*$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Place:
    """Where it stands: `document.text[start:end]`, beginning in `passage`.

    `likeness` in [0, 1] says how like the text the quote is; `differences` are empty where it is
    the same but for width, case and spacing.
    """

    document: str
    passage: str
    start: int
    end: int
    likeness: float = 1.0
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What was found.

    `kind` is `passage` (by its id), `quote` (the text says so), `close` (the text says nearly so),
    `near` (it does not; the nearest places) or `nothing`. Places stand best first.
    """

    kind: Kind
    places: tuple[Place, ...] = ()


@dataclass(frozen=True)
class _Source:
    """A text to search: a document's own, or its rendering with the passage at each of its offsets."""

    document: Document
    text: str
    rendered: tuple[tuple[int, Passage], ...] = ()

    @cached_property
    def folded(self) -> Folded:
        return fold_quote(self.text)

    def place(self, start: int, end: int) -> Place | None:
        """The place of a range of the folded text; None for navigation and for what is printed twice."""
        start, end = self.folded.original(start, end)
        if self.rendered:
            passage = next(p for at, p in reversed(self.rendered) if at <= start)
            return Place(self.document.id, passage.id, passage.start, passage.end)
        if not any(s < end and e > start for s, e in self._shown):
            return None
        return Place(self.document.id, _passage_at(self.document, start).id, start, end)

    @cached_property
    def _shown(self) -> list[tuple[int, int]]:
        """The ranges of passages and headings."""
        headings = [(s.heading.start, s.heading.end) for s in self.document.sections if s.heading]
        return headings + [(p.start, p.end) for p in self.document.passages if p.duplicate_of is None]


class Lookup:
    """Looks up places in the documents of one index."""

    def __init__(self, index: LocalIndex) -> None:
        self._by_id = index.by_id
        # What is printed twice is shown where it stands first.
        self._ids = {fold(passage_id): p.duplicate_of or passage_id for passage_id, (_, p) in index.by_id.items()}
        self._sources = [s for d in index.documents if d.passages for s in _sources(d)]

    def find(self, text: str) -> Found:
        """The places that `text` may mean. Raises HakushoError where it is empty."""
        if not text.strip():
            raise HakushoError("there is nothing to look up: paste a passage id, a quote or a citation")
        named = self._named(text)
        if named:
            return Found("passage", (self._within(named, text),))
        # Marks around a quote may be the user's or the text's own.
        for quote in (_NUMBER.sub("", text), _bare(text)):
            parts = [folded for part in _ELLIPSIS.split(quote) if (folded := fold_quote(part).text)]
            exact = [place for source in self._sources for place in _exact(source, parts)] if parts else []
            if exact:
                return Found("quote", tuple(exact[:_MOST]))
        return self._inexact(_bare(text))

    def neighbours(self, passage: str) -> tuple[str | None, str | None]:
        """The ids of the passages before and after one, within its document."""
        passages = [p for p in self._by_id[passage][0].passages if p.duplicate_of is None]
        at = next(i for i, p in enumerate(passages) if p.id == passage)
        return (passages[at - 1].id if at else None, passages[at + 1].id if at + 1 < len(passages) else None)

    def _named(self, text: str) -> str | None:
        """The id of the first passage that is named: alone, in a citation or in a permalink."""
        folded = fold(unquote(text)).strip()
        if folded in self._ids:
            return self._ids[folded]
        words = (word.strip(".-_") for word in re.findall(r"[\w.-]+", folded))
        return next((self._ids[w] for w in words if w in self._ids), None)

    def _within(self, passage_id: str, text: str) -> Place:
        """The passage, or what a citation quotes of it, with what the quote has otherwise."""
        document, passage = self._by_id[passage_id]
        whole = Place(document.id, passage.id, passage.start, passage.end)
        sources = [_Source(document, passage.text)]
        sources += [_Source(document, passage.rendering)] if passage.rendering else []
        lines = [q for line in text.splitlines() for q in _quotes(line)]
        best = whole
        for line in lines:
            for source in sources:
                wanted = fold_quote(line)
                at = source.folded.text.find(wanted.text)
                if at >= 0:
                    return _inside(whole, source, at, at + len(wanted.text), rendered=source is not sources[0])
                found = aligned(wanted.text, source.folded.text)
                if found and found[0] > max(0.6, best.likeness if best.differences else 0.0):
                    told = differences(line, wanted, source.text, source.folded, found[1:])
                    best = replace(whole, likeness=found[0], differences=told)
        return best

    def _inexact(self, text: str) -> Found:
        """The nearest places of a quote that stands nowhere."""
        wanted = fold_quote(text)
        found = []
        for source in self._sources:
            for likeness, start, end in _windows(wanted.text, source.folded.text):
                told = differences(text, wanted, source.text, source.folded, (start, end))
                if place := source.place(*whole_words(source.folded, start, end)):
                    found.append(replace(place, likeness=likeness, differences=told))
        best: list[Place] = []
        for place in sorted(found, key=lambda p: -p.likeness):
            if place.passage not in {p.passage for p in best}:
                best.append(place)
        if not best:
            return Found("nothing")
        close = [p for p in best if p.likeness >= _CLOSE]
        return Found("close" if close else "near", tuple((close or best)[:_MOST]))


def _sources(document: Document) -> Iterator[_Source]:
    yield _Source(document, document.text)
    rendered, parts, at = [], [], 0
    for passage in document.passages:
        if passage.rendering and passage.duplicate_of is None:
            rendered.append((at, passage))
            parts.append(passage.rendering)
            at += len(passage.rendering) + 1
    if rendered:
        yield _Source(document, "\n".join(parts), tuple(rendered))


def _passage_at(document: Document, offset: int) -> Passage:
    """The passage that holds an offset, or the next one where it stands between two."""
    shown = [p for p in document.passages if p.duplicate_of is None]
    return next((p for p in shown if p.end > offset), shown[-1])


def _bare(text: str) -> str:
    """A quote without the marks around it and the numbers of citations in it."""
    held = _WRAPPED.match(_NUMBER.sub("", text))
    return held.group(1) if held else text


def _quotes(line: str) -> list[str]:
    """What a line of a citation may quote: all of it, and what stands between quotation marks."""
    between = re.findall(r"「(.+)」|“(.+)”|\"(.+)\"|\{(.+)\}", line)
    found = [_bare(line), *(part for group in between for part in group if part)]
    return [quote for quote in found if len(fold_quote(quote).text) >= _TELLING]


def _exact(source: _Source, parts: Sequence[str]) -> Iterator[Place]:
    """Every place where the parts stand one after another, no further apart than a quote leaves out."""
    text, at = source.folded.text, -1
    while (at := text.find(parts[0], at + 1)) >= 0:
        end = at + len(parts[0])
        for part in parts[1:]:
            follows = text.find(part, end, end + 2000 + len(part))
            if follows < 0:
                break
            end = follows + len(part)
        else:
            if place := source.place(at, end):
                yield place


def _inside(whole: Place, source: _Source, start: int, end: int, *, rendered: bool) -> Place:
    """The range inside a passage; a rendering stands for the whole of it."""
    if rendered:
        return whole
    start, end = source.folded.original(start, end)
    return replace(whole, start=whole.start + start, end=whole.start + end)


def _windows(wanted: str, text: str) -> Iterator[tuple[float, int, int]]:
    """The best alignment inside each of many overlapping stretches of a text: (likeness, start, end)."""
    if len(wanted) < 4:
        return
    size, least = max(3 * len(wanted), 400), _NEAR if len(wanted) >= _SHORT else _NEAR_SHORT
    for at in range(0, len(text), size - 2 * len(wanted)):
        found = aligned(wanted, text[at : at + size])
        if found and found[0] >= least:
            yield found[0], at + found[1], at + found[2]
