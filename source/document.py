"""What a document is made of. Every offset is a code point in `Document.text`."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

PassageKind = Literal["sentence", "caption", "footnote"]


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range `[start, end)` of code points in a document's text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """The unit retrieved and cited: one sentence, caption or footnote.

    `duplicate_of` names the passage that says the same (captions are often printed twice);
    such a passage is shown but never retrieved. `rendering` is the unofficial English
    rendering, empty where the document has none.
    """

    id: str
    document: str
    kind: PassageKind
    start: int
    end: int
    text: str
    section: int
    paragraph: int
    headings: tuple[str, ...]
    duplicate_of: str | None = None
    rendering: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it, up to the next heading.

    `path` is the heading path from the top, this heading last; empty for text before
    the first heading. `heading` is the heading's own span, `rendering` its unofficial English
    rendering, empty where the document has none.
    """

    number: int
    path: tuple[str, ...]
    heading: Span | None
    rendering: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Consecutive passages of one block of text; `passages` are positions in `Document.passages`."""

    number: int
    section: int
    start: int
    end: int
    passages: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Footnote:
    """A numbered note, tied to the places that refer to it.

    `references` are the spans of the marks, such as `(6)`, inside the running text.
    """

    label: str
    passage: str
    references: tuple[Span, ...]


@dataclass(frozen=True)
class Document:
    """One source text with its structure."""

    id: str
    title: str
    language: Literal["ja", "en"]
    sha256: str
    text: str
    sections: tuple[Section, ...] = ()
    paragraphs: tuple[Paragraph, ...] = ()
    passages: tuple[Passage, ...] = ()
    footnotes: tuple[Footnote, ...] = ()
    navigation: tuple[Span, ...] = ()
    source: str = ""
    licence: str = ""
    has_rendering: bool = field(default=False)

    @cached_property
    def _by_id(self) -> dict[str, Passage]:
        return {p.id: p for p in self.passages}

    def passage(self, passage_id: str) -> Passage:
        """The passage of that id; KeyError where there is none."""
        return self._by_id[passage_id]

    def passages_of(self, paragraph: int) -> Iterator[Passage]:
        """The passages of the paragraph of that number, in order."""
        return (self.passages[i] for i in self.paragraphs[paragraph].passages)

    def paragraph_text(self, paragraph: int) -> str:
        """The paragraph's text as it stands in the document."""
        p = self.paragraphs[paragraph]
        return self.text[p.start : p.end]
