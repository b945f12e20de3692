"""A document as HTML in which every code point can be found again.

Each run of text carries `data-start`; page.js counts code points from there, so that it can
highlight exactly `document.text[start:end]` of a citation.
"""

from collections.abc import Iterator

from rag.html import attribute, text
from source.document import Document, Paragraph, Passage, Section


def chapter(document: Document) -> str:
    """The whole document: headings, paragraphs, captions, notes; navigation lines left out."""
    parts = "".join(_parts(document))
    return (
        f'<article class="chapter" tabindex="0" lang="{document.language}" data-document="{attribute(document.id)}"'
        f' aria-label="{attribute(document.title)}">{parts}{_origin(document)}</article>'
    )


def _parts(document: Document) -> Iterator[str]:
    sections = {s.number: s for s in document.sections}
    path: tuple[str, ...] = ()
    section, notes = -1, False
    for paragraph in document.paragraphs:
        if paragraph.section != section and paragraph.section in sections:
            yield from _headings(document, sections[paragraph.section], path)
            path = sections[paragraph.section].path
        section = paragraph.section
        passages = [p for p in document.passages_of(paragraph.number) if p.duplicate_of is None]
        if not passages:
            continue
        if passages[0].kind == "footnote" and not notes:
            yield '<hr class="notes">'
        notes = passages[0].kind == "footnote"
        yield _paragraph(document, paragraph, passages)


def _headings(document: Document, section: Section, before: tuple[str, ...]) -> Iterator[str]:
    """The headings that are new since the section before, from the top down."""
    common = 0
    while common < min(len(before), len(section.path)) and before[common] == section.path[common]:
        common += 1
    # A repeated path is still a heading of its own: the last one is always shown.
    for depth in range(min(common, len(section.path) - 1), len(section.path)):
        last = depth == len(section.path) - 1
        span = section.heading if last else None
        words = _run(document, span.start, span.end) if span else text(section.path[depth])
        level = min(depth + 3, 6)
        rendered = section.rendering if last else ""
        outline = f' data-outline="{attribute(rendered)}"' if last else ""
        yield f'<h{level} class="heading depth-{depth}" tabindex="-1"{outline}>{words}</h{level}>'
        if rendered:
            yield f'<p class="rendering title" lang="en">{text(rendered)}</p>'


def _paragraph(document: Document, paragraph: Paragraph, passages: list[Passage]) -> str:
    """One paragraph, and below it its unofficial rendering where there is one."""
    runs, at = [], passages[0].start
    for passage in passages:
        runs.append(_run(document, at, passage.start))
        runs.append(_run(document, passage.start, passage.end, passage.id))
        at = passage.end
    shown = f'<p class="{passages[0].kind}">{"".join(runs)}</p>'
    rendered = " ".join(f'<span data-renders="{attribute(p.id)}">{text(p.rendering)}</span>' for p in passages if p.rendering)
    return f'{shown}<p class="rendering {passages[0].kind}" lang="en">{rendered}</p>' if rendered else shown


def _run(document: Document, start: int, end: int, passage: str = "") -> str:
    """`document.text[start:end]` with its offset; marks of notes inside become links to the notes."""
    if start == end:
        return ""
    pieces, at = [], start
    for mark_start, mark_end, note in _marks(document, start, end):
        pieces.append(text(document.text[at:mark_start]))
        pieces.append(f'<a class="note" href="#{attribute(note)}">{text(document.text[mark_start:mark_end])}</a>')
        at = mark_end
    pieces.append(text(document.text[at:end]))
    named = f' class="passage" data-passage="{attribute(passage)}"' if passage else ""
    return f'<span{named} data-start="{start}">{"".join(pieces)}</span>'


def _marks(document: Document, start: int, end: int) -> list[tuple[int, int, str]]:
    """(start, end, passage id of the note) of the marks inside a range, in order."""
    return sorted(
        (s.start, s.end, note.passage)
        for note in document.footnotes
        for s in note.references
        if start <= s.start and s.end <= end
    )


def _origin(document: Document) -> str:
    """Where the document comes from, as its metadata says."""
    lines = [line for line in (document.source, document.licence) if line]
    return f'<footer class="origin">{"<br>".join(text(line) for line in lines)}</footer>' if lines else ""
