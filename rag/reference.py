"""An answer with its citations in forms that survive copying: plain text, Markdown, BibTeX.

Each citation names the document, the section, the passage and the document's hash, so that anybody
can find the very characters again.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

from rag.answer import Answer, Citation, Statement
from rag.phrases import UNOFFICIAL
from source.document import Document, Passage

Places = Mapping[str, tuple[Document, Passage]]
Form = Literal["text", "markdown", "bibtex"]
# What Markdown or the HTML inside it would take for markup.
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~$&])")
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_TEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "%": r"\%", "#": r"\#", "$": r"\$", "&": r"\&",
    "_": r"\_", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Source:
    """Where permalinks lead: the address of the page, empty where there is none."""

    places: Places
    address: str = ""

    def place(self, citation: Citation) -> tuple[str, str, str]:
        """(document's title, section, first twelve digits of the document's SHA-256)."""
        if citation.passage not in self.places:
            return citation.document, "", ""
        document, passage = self.places[citation.passage]
        return document.title, " › ".join(passage.headings), document.sha256[:12]

    def link(self, citation: Citation) -> str:
        """The permalink of a citation's passage."""
        return f"{self.address}?passage={quote(citation.passage, safe='')}" if self.address else ""


def markdown_text(raw: str) -> str:
    """Any text as Markdown that renders as just that text."""
    return " ".join(_MARKDOWN.sub(r"\\\1", _BIDI.sub("", raw)).split())


def as_text(answer: Answer, source: Source) -> str:
    """The answer as plain text: statements with numbers, then the citations."""
    numbers = _numbers(answer)
    lines = [_said(s, numbers) for s in answer.statements] or [answer.text]
    lines = [answer.opening, *lines] if answer.opening else lines
    cited = [f"[{n}] {_reference(c, source)}\n    「{_plain(c.quote)}」" for c, n in numbers.items()]
    return "\n".join([*lines, *(["", *cited] if cited else [])]) + "\n"


def as_markdown(answer: Answer, source: Source) -> str:
    """The answer as Markdown: the short answer in bold, the citations as quotes."""
    numbers = _numbers(answer)
    parts = [_said_markdown(s, numbers) for s in answer.statements] or [markdown_text(answer.text)]
    parts = [f"**{markdown_text(answer.opening)}**", *parts] if answer.opening else parts
    for citation, number in numbers.items():
        link = source.link(citation)
        where = markdown_text(_reference(citation, source))
        parts.append(f"> {markdown_text(citation.quote)}\n>\n> \\[{number}\\] {f'[{where}](<{link}>)' if link else where}")
    return "\n\n".join(parts) + "\n"


def as_bibtex(answer: Answer, source: Source) -> str:
    """One BibTeX entry for each citation; the quote stands in `annote`."""
    entries = []
    for citation in answer.citations:
        title, section, digest = source.place(citation)
        document = source.places[citation.passage][0] if citation.passage in source.places else None
        fields = {
            "title": title,
            "chapter": section,
            "howpublished": document.source if document else "",
            "note": f"passage {citation.passage}, characters {citation.start}-{citation.end}, SHA-256 {digest}",
            "url": source.link(citation),
            "annote": citation.quote,
        }
        body = "".join(f"  {name} = {{{_tex(value) if name != 'url' else value}}},\n" for name, value in fields.items() if value)
        entries.append(f"@misc{{{_key(citation.passage)},\n{body}}}\n")
    return "\n".join(entries) or f"% {_plain(answer.text)}\n"


FORMS = {"text": as_text, "markdown": as_markdown, "bibtex": as_bibtex}


def _numbers(answer: Answer) -> dict[Citation, int]:
    return {citation: number for number, citation in enumerate(answer.citations, 1)}


def _marks(statement: Statement, numbers: Mapping[Citation, int]) -> str:
    return "".join(f"[{numbers[c]}]" for c in statement.citations)


def _said(statement: Statement, numbers: Mapping[Citation, int]) -> str:
    rendering = f"{_plain(statement.rendering)} ({UNOFFICIAL['en']})\n" if statement.rendering else ""
    return f"{rendering}{_plain(statement.text)} {_marks(statement, numbers)}".rstrip()


def _said_markdown(statement: Statement, numbers: Mapping[Citation, int]) -> str:
    text = statement.text
    start, end = statement.short or (0, 0)
    bold = f"**{markdown_text(text[start:end])}**" if start < end else ""
    said = f"{markdown_text(text[:start])}{bold}{markdown_text(text[end:])} {markdown_text(_marks(statement, numbers))}"
    return f"{markdown_text(statement.rendering)} \\({UNOFFICIAL['en']}\\)\n\n{said}" if statement.rendering else said


def _reference(citation: Citation, source: Source) -> str:
    """Document, section, passage and hash in one line."""
    title, section, digest = source.place(citation)
    parts: Sequence[str] = (_plain(title), _plain(section), citation.passage, f"SHA-256 {digest}" if digest else "")
    return ", ".join(part for part in parts if part)


def _plain(raw: str) -> str:
    """One line, without controls that reorder text."""
    return " ".join(_BIDI.sub("", raw).split())


def _tex(raw: str) -> str:
    return "".join(_TEX.get(c, c) for c in _plain(raw))


def _key(passage: str) -> str:
    """A BibTeX key: letters, digits and hyphens."""
    return re.sub(r"[^A-Za-z0-9-]+", "-", passage).strip("-") or "passage"
