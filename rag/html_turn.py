"""The conversation as HTML: questions, answers with citation chips, refusals, errors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag.answer import Answer, Citation, Retrieved, Statement
from rag.html import attribute, text
from rag.html_words import WORDS, Language
from source.document import Document, Passage

Places = Mapping[str, tuple[Document, Passage]]
_RELATED = 3
_CONFIDENT = 0.85
_FAIR = 0.65


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and what came of it: an answer, an error message, or neither as yet."""

    question: str
    answer: Answer | None = None
    error: str | None = None


def conversation(turns: Sequence[Turn], places: Places, language: Language) -> str:
    """All turns, oldest first; `places` finds a passage and its document by the passage's id."""
    shown = "".join(_turn(turn, places, language) for turn in turns)
    return f'<div class="turns" role="log" aria-live="polite" aria-label="{WORDS[language]["conversation"]}" lang="{language}">{shown}</div>'


def _turn(turn: Turn, places: Places, language: Language) -> str:
    words = WORDS[language]
    state: str
    if turn.answer is not None:
        state, body = turn.answer.status, _answer(turn.answer, places, language)
    elif turn.error is not None:
        state = "error"
        body = f'<div class="reply" role="alert"><p class="verdict">{words["error"]}</p><p>{text(turn.error)}</p></div>'
    else:
        state, body = "pending", f'<div class="reply"><p class="searching">{words["searching"]}</p></div>'
    return f'<article class="turn {state}"><h2 class="question"><bdi>{text(turn.question)}</bdi></h2>{body}</article>'


def _answer(answer: Answer, places: Places, language: Language) -> str:
    words = WORDS[language]
    understood = ""
    if answer.standalone_question.strip() != answer.question.strip():
        understood = f'<p class="understood">{words["understood"]}: <bdi>{text(answer.standalone_question)}</bdi></p>'
    made = _refusal(answer, places, words) if answer.status == "not_in_document" else _statements(answer, places, words)
    return f'<div class="reply">{understood}{made}</div>'


def _statements(answer: Answer, places: Places, words: dict[str, str]) -> str:
    numbers = {citation: number for number, citation in enumerate(answer.citations, 1)}
    shown = "".join(_statement(s, numbers, places, words) for s in answer.statements)
    sources = "".join(f"<li>{_source(c, places)}</li>" for c in answer.citations)
    return (
        f'{shown}<div class="foot">{_confidence(answer.confidence, words)}'
        f'<div class="sources"><h3>{words["sources"]}</h3><ol>{sources}</ol></div></div>'
    )


def _statement(statement: Statement, numbers: Mapping[Citation, int], places: Places, words: dict[str, str]) -> str:
    """One sentence with its chips; a rendering comes first, marked, with its original below."""
    chips = "".join(_chip(c, numbers[c], places, words) for c in statement.citations)
    if not statement.rendering:
        return f'<p class="statement" lang="{_language(statement.citations, places)}">{_marked(statement)}{chips}</p>'
    return (
        f'<div class="statement"><p class="rendering" lang="en">{text(statement.rendering)}{chips}</p>'
        f'<p class="unofficial">{words["unofficial"]}</p>'
        f'<blockquote lang="{_language(statement.citations, places)}" aria-label="{words["original"]}">{_marked(statement)}</blockquote></div>'
    )


def _language(citations: Sequence[Citation], places: Places) -> str:
    """The language of what is cited."""
    known = [places[c.passage][0].language for c in citations if c.passage in places]
    return known[0] if known else "ja"


def _marked(statement: Statement) -> str:
    """The statement's text with its short answer marked."""
    if statement.short is None:
        return text(statement.text)
    start, end = statement.short
    return f"{text(statement.text[:start])}<mark>{text(statement.text[start:end])}</mark>{text(statement.text[end:])}"


def _chip(citation: Citation, number: int, places: Places, words: dict[str, str]) -> str:
    """A numbered button; its brackets are hidden from view but copied with the sentence."""
    label = words["show"].format(number=number)
    return (
        f'<button type="button" class="chip" {_target(citation)} data-quote="{attribute(citation.quote)}"'
        f' data-lang="{_language([citation], places)}" data-place="{attribute(_place(citation.passage, places))}" aria-label="{label}">'
        f'<span class="bracket">[</span>{number}<span class="bracket">]</span></button>'
    )


def _target(cited: Citation | Retrieved) -> str:
    return f'data-show data-document="{attribute(cited.document)}" data-start="{cited.start}" data-end="{cited.end}"'


def _place(passage: str, places: Places) -> str:
    """The nearest heading and the passage's id."""
    headings = places[passage][1].headings if passage in places else ()
    return " · ".join([*headings[-1:], passage])


def _source(citation: Citation, places: Places) -> str:
    return f'<span lang="{_language([citation], places)}">{text(_place(citation.passage, places))}</span>'


def _confidence(confidence: float, words: dict[str, str]) -> str:
    level = "confident" if confidence >= _CONFIDENT else "fair" if confidence >= _FAIR else "weak"
    return f'<p class="confidence {level}"><span class="dots" aria-hidden="true"></span>{words[level]}</p>'


def _refusal(answer: Answer, places: Places, words: dict[str, str]) -> str:
    """That the document does not say, and what it says nearby."""
    near = "".join(_near(r, places, answer.language) for r in answer.retrieved[:_RELATED] if r.passage in places)
    related = f'<div class="related"><h3>{words["related"]}</h3><ul>{near}</ul></div>' if near else ""
    return f'<p class="verdict" lang="{answer.language}">{text(answer.text)}</p>{related}'


def _near(retrieved: Retrieved, places: Places, language: Language) -> str:
    document, passage = places[retrieved.passage]
    rendered = language == "en" and bool(passage.rendering)
    words = passage.rendering if rendered else document.text[retrieved.start : retrieved.end]
    return (
        f'<li><button type="button" class="near" {_target(retrieved)} lang="{"en" if rendered else document.language}">'
        f'<span>{text(words)}</span><small lang="{document.language}">{text(_place(passage.id, places))}</small></button></li>'
    )
