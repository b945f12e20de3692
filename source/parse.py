"""Text → Document: lines become sections, paragraphs and passages with stable ids."""

import hashlib
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Literal

from source.document import Document, Footnote, Paragraph, Passage, Section, Span
from source.lines import NOTE_MARK, Line, classify
from source.sentences import ends_like_sentence, split_sentences


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known about a document beside its text; empty fields are filled from the text.

    `prefix` opens every passage id of the document (`ca` gives `ca-2-07-1`).
    """

    title: str = ""
    prefix: str = ""
    source: str = ""
    licence: str = ""


@dataclass
class _Builder:
    """State of one pass over the lines."""

    document: str
    prefix: str
    text: str
    sections: list[Section] = field(default_factory=list)
    paragraphs: list[Paragraph] = field(default_factory=list)
    passages: list[Passage] = field(default_factory=list)
    path: list[tuple[int, str]] = field(default_factory=list)
    heading: Span | None = None
    section_open: bool = False
    in_section: int = 0
    ids: Counter[str] = field(default_factory=Counter)


def parse(text: str, document_id: str, metadata: Metadata | None = None) -> Document:
    """Reads a text into a document. Offsets are code points of `text` exactly as given."""
    metadata = metadata or Metadata()
    lines = classify(text)
    builder = _Builder(document_id, metadata.prefix or slug(document_id), text)
    for group in _groups(lines):
        _take(builder, group)
    passages = _mark_duplicates(builder.passages)
    headings = [line.text for line in lines if line.kind == "heading"]
    return Document(
        id=document_id,
        title=metadata.title or (_title(lines, headings) or document_id),
        language=detect_language(text),
        sha256=hashlib.sha256(text.encode("utf-8")).hexdigest(),
        text=text,
        sections=tuple(builder.sections),
        paragraphs=tuple(builder.paragraphs),
        passages=tuple(passages),
        footnotes=tuple(_footnotes(lines, passages)),
        navigation=tuple(line.span for line in lines if line.kind == "navigation"),
        source=metadata.source,
        licence=metadata.licence,
    )


def slug(document_id: str) -> str:
    """A document id without blanks, fit to open a passage id."""
    return re.sub(r"\s+", "_", unicodedata.normalize("NFC", document_id.strip())) or "document"


def detect_language(text: str) -> Literal["ja", "en"]:
    """`ja` where kana or kanji make up a tenth of the letters or more, else `en`."""
    letters = [c for c in text if c.isalpha()]
    japanese = sum(1 for c in letters if "\u3040" <= c <= "\u30ff" or "\u3400" <= c <= "\u9fff" or "\uff66" <= c <= "\uff9f")
    return "ja" if japanese * 10 >= len(letters) and japanese else "en"


def _title(lines: list[Line], headings: list[str]) -> str:
    return headings[0].lstrip("# ") if headings else (lines[0].text[:60] if lines else "")


def _groups(lines: list[Line]) -> list[list[Line]]:
    """Lines that form one paragraph: alone, or joined where a long line was wrapped by hand."""
    groups: list[list[Line]] = []
    width = max((len(line.text) for line in lines if line.kind == "body"), default=0)
    for line in lines:
        last = groups[-1][-1] if groups else None
        if last is not None and _wrapped(last, line, width):
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


# What opens an item or a record of its own: a bullet, a number, a label.
_ITEM = re.compile(r"^(?:[-*•・]\s|[(（]?[0-9０-９]{1,3}[.)）]\s|[\w ]{1,20}[:：]\s)")


def _wrapped(last: Line, line: Line, width: int) -> bool:
    """Whether a line goes on with the sentence of the line before, in the same block."""
    if not (line.kind == last.kind == "body" and line.block == last.block):
        return False
    if ends_like_sentence(last.text) or _ITEM.match(line.text):
        return False
    return last.text[-1] in "、，," or (len(last.text) >= 20 and len(last.text) * 4 >= width * 3)


def _take(builder: _Builder, group: list[Line]) -> None:
    """Adds one group of lines to the document being built."""
    line = group[0]
    if line.kind == "heading":
        builder.path = [p for p in builder.path if p[0] < line.level] + [(line.level, line.text.lstrip("# "))]
        builder.heading, builder.section_open = line.span, False
    elif line.kind != "navigation":
        _add_paragraph(builder, group)


def _add_paragraph(builder: _Builder, group: list[Line]) -> None:
    first, span = group[0], Span(group[0].span.start, group[-1].span.end)
    note = first.kind == "footnote"
    if not builder.section_open and not note:
        number = len(builder.sections) + 1
        builder.sections.append(Section(number, tuple(t for _, t in builder.path), builder.heading))
        builder.section_open, builder.in_section = True, 0
    section = 0 if note else len(builder.sections)
    headings = () if note else builder.sections[-1].path
    builder.in_section += not note
    stem = f"{builder.prefix}-fn" if note else f"{builder.prefix}-{section}-{builder.in_section:02d}"
    spans = [span] if first.kind != "body" else split_sentences(builder.text[span.start : span.end], span.start)
    indices = []
    for n, s in enumerate(spans, 1):
        kind = "sentence" if first.kind == "body" else first.kind
        assert kind in ("sentence", "caption", "footnote")
        passage_id = _unique(builder.ids, f"{stem}-{first.label if note else n}")
        indices.append(len(builder.passages))
        builder.passages.append(
            Passage(
                passage_id,
                builder.document,
                kind,
                s.start,
                s.end,
                builder.text[s.start : s.end],
                section,
                len(builder.paragraphs),
                headings,
            )
        )
    builder.paragraphs.append(Paragraph(len(builder.paragraphs), section, span.start, span.end, tuple(indices)))


def _unique(ids: Counter[str], passage_id: str) -> str:
    """The id itself, or with a suffix where it is taken (two footnotes of one number)."""
    ids[passage_id] += 1
    return passage_id if ids[passage_id] == 1 else f"{passage_id}.{ids[passage_id]}"


def _mark_duplicates(passages: list[Passage]) -> list[Passage]:
    """Captions printed again point at their first copy."""
    first: dict[str, str] = {}
    marked = []
    for p in passages:
        if p.kind == "caption" and p.text in first:
            marked.append(replace(p, duplicate_of=first[p.text]))
        else:
            first.setdefault(p.text, p.id)
            marked.append(p)
    return marked


def _footnotes(lines: list[Line], passages: list[Passage]) -> list[Footnote]:
    """Footnotes with the spans of the marks that refer to them."""
    notes = []
    starts = {line.span.start: line.label for line in lines if line.kind == "footnote"}
    for p in passages:
        if p.kind != "footnote":
            continue
        label = starts[p.start]
        found = [
            Span(q.start + m.start(), q.start + m.end())
            for q in passages
            if q.kind != "footnote"
            for m in NOTE_MARK.finditer(q.text)
            if int(m[1] or m[2]) == int(label)
        ]
        notes.append(Footnote(label, p.id, tuple(found)))
    return notes
