"""The unofficial English rendering of a Japanese document, aligned passage by passage.

A rendering `NAME.en.txt` beside `NAME.ja.txt` has the same blocks in the same order, and
within each block one line for each sentence of the original.
"""

from dataclasses import replace

from source.document import Document, Span
from source.errors import DocumentError
from source.lines import read_lines
from source.sentences import split_sentences


def align(document: Document, rendering: str, name: str = "the rendering") -> Document:
    """The document with the `rendering` of its passages and headings filled in.

    Raises DocumentError where the blocks or the lines of a block do not match.
    """
    originals = _blocks_of_original(document)
    blocks = _blocks_of_rendering(rendering)
    if len(originals) != len(blocks):
        raise DocumentError(
            f"{name} has {len(blocks)} blocks, {document.id} has {len(originals)}: "
            "write one block (blank line between) for each block of the original"
        )
    lines: dict[int, str] = {}
    for number, (spans, block) in enumerate(zip(originals, blocks, strict=True), 1):
        if len(spans) != len(block):
            raise DocumentError(
                f"{name}, block {number} has {len(block)} lines, the original has {len(spans)} sentences: "
                f"write one line for each (it begins {block[0][:40]!r})"
            )
        lines |= {span.start: line for span, line in zip(spans, block, strict=True)}
    passages = tuple(replace(p, rendering=lines.get(p.start, "")) for p in document.passages)
    sections = tuple(replace(s, rendering=lines.get(s.heading.start, "") if s.heading else "") for s in document.sections)
    return replace(document, sections=sections, passages=passages, has_rendering=True)


def _blocks_of_original(document: Document) -> list[list[Span]]:
    """The sentence spans of each block of the original, headings and navigation included."""
    blocks: dict[int, list[Span]] = {}
    for line in read_lines(document.text):
        spans = split_sentences(line.text, line.span.start)
        blocks.setdefault(line.block, []).extend(spans)
    return list(blocks.values())


def _blocks_of_rendering(rendering: str) -> list[list[str]]:
    blocks: dict[int, list[str]] = {}
    for line in read_lines(rendering):
        blocks.setdefault(line.block, []).append(line.text)
    return list(blocks.values())
