"""A whole conversation as a file: Markdown, JSON, or HTML to print."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from typing import Any, Literal

from rag.answer import Answer, Statement
from rag.html import text
from rag.html_words import WORDS, Language
from rag.phrases import UNOFFICIAL
from rag.reference import Source, as_markdown, markdown_text
from rag.turns import Turn
from source.document import Document

Format = Literal["markdown", "json", "html"]


@dataclass(frozen=True, slots=True)
class File:
    """What the browser saves."""

    name: str
    type: str
    text: str


def export(turns: Sequence[Turn], source: Source, documents: Sequence[Document], form: Format, language: Language) -> File:
    """The answered turns of a conversation as a file of the given form."""
    answered = [(turn, turn.answer) for turn in turns if turn.answer]
    if form == "json":
        return File("hakusho.json", "application/json", _json(answered, documents))
    if form == "html":
        return File("hakusho.html", "text/html", _html(answered, source, documents, language))
    return File("hakusho.md", "text/markdown", _markdown(answered, source, documents, language))


Answered = Sequence[tuple[Turn, Answer]]


def _json(answered: Answered, documents: Sequence[Document]) -> str:
    """`{"documents": […], "answers": […]}`; an answer is as `hakusho ask --json` gives it."""
    held: dict[str, Any] = {
        "documents": [{"id": d.id, "title": d.title, "source": d.source, "sha256": d.sha256} for d in documents],
        "answers": [answer.to_json() for _, answer in answered],
    }
    return json.dumps(held, ensure_ascii=False, indent=2) + "\n"


def _markdown(answered: Answered, source: Source, documents: Sequence[Document], language: Language) -> str:
    parts = [f"# {WORDS[language]['conversation']} · Hakusho"]
    for turn, answer in answered:
        parts.append(f"## {markdown_text(turn.question)}")
        if asked := _understood(answer):
            parts.append(f"*{WORDS[language]['understood']}: {markdown_text(asked)}*")
        parts.append(as_markdown(answer, source).rstrip())
    parts += [f"---\n\n{markdown_text(_credit(d))}" for d in documents]
    return "\n\n".join(parts) + "\n"


def _html(answered: Answered, source: Source, documents: Sequence[Document], language: Language) -> str:
    style = files("rag").joinpath("print.css").read_text(encoding="utf-8")
    title = f"{WORDS[language]['conversation']} · Hakusho"
    turns = "".join(_turn(turn, answer, source, language) for turn, answer in answered)
    credit = "".join(f"<p>{text(_credit(d))}</p>" for d in documents)
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{style}</style></head><body><h1>{escape(title)}</h1>{turns}<footer>{credit}</footer></body></html>\n"
    )


def _turn(turn: Turn, answer: Answer, source: Source, language: Language) -> str:
    numbers = {citation: number for number, citation in enumerate(answer.citations, 1)}
    asked = _understood(answer)
    understood = f'<p class="understood">{WORDS[language]["understood"]}: <bdi>{text(asked)}</bdi></p>' if asked else ""
    said = "".join(_said(s, "".join(f"[{numbers[c]}]" for c in s.citations)) for s in answer.statements)
    cited = ""
    for citation, number in numbers.items():
        title, section, digest = source.place(citation)
        where = " · ".join(part for part in (title, section, citation.passage, f"SHA-256 {digest}") if part)
        link = source.link(citation)
        shown = f'<a href="{escape(link)}">{text(where)}</a>' if link else text(where)
        cited += f"<li value={number}><q>{text(citation.quote)}</q><br>{shown}</li>"
    body = said or f"<p>{text(answer.text)}</p>"
    return f"<section><h2><bdi>{text(turn.question)}</bdi></h2>{understood}{body}{f'<ol>{cited}</ol>' if cited else ''}</section>"


def _said(statement: Statement, marks: str) -> str:
    start, end = statement.short or (0, 0)
    held = statement.text
    marked = f"<mark>{text(held[start:end])}</mark>" if start < end else ""
    rendering = f'<p lang="en">{text(statement.rendering)} <small>({UNOFFICIAL["en"]})</small></p>' if statement.rendering else ""
    return f"{rendering}<p>{text(held[:start])}{marked}{text(held[end:])} <sup>{marks}</sup></p>"


def _understood(answer: Answer) -> str:
    same = answer.standalone_question.strip() == answer.question.strip()
    return "" if same else answer.standalone_question


def _credit(document: Document) -> str:
    """Title, origin and full hash of a document."""
    return " · ".join(part for part in (document.title, document.source, document.licence, f"SHA-256 {document.sha256}") if part)
