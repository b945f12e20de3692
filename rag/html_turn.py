"""One turn of the conversation as HTML: question, answer with citation chips, refusal or error."""

from collections.abc import Mapping, Sequence

from rag.answer import Answer, Citation, Retrieved, Statement
from rag.html import attribute, menu, text
from rag.html_how import how
from rag.html_icons import icon
from rag.html_words import WORDS, Language
from rag.reference import Places
from rag.turns import Turn

_RELATED = 3
_CONFIDENT = 0.85
_FAIR = 0.65


def turn(given: Turn, places: Places, language: Language, *, votes: bool = False) -> str:
    """The turn; `places` finds a passage and its document by its id, `votes` offers thumbs."""
    words = WORDS[language]
    asked = f'<h2 class="question" tabindex="-1"><bdi>{text(given.question)}</bdi></h2>'
    return (
        f'<article class="turn {given.state}" data-turn="{attribute(given.id)}" lang="{language}">{asked}'
        f"{_reply(given, places, language)}{_actions(given, words, votes=votes) if given.state != 'pending' else ''}</article>"
    )


def _reply(given: Turn, places: Places, language: Language) -> str:
    words = WORDS[language]
    if given.answer is not None:
        return _answer(given, given.answer, places, language)
    if given.error is not None:
        return f'<div class="reply" role="alert"><p class="verdict">{words["error"]}</p><p>{text(given.error)}</p></div>'
    if given.stale:
        return f'<div class="reply"><p class="note">{words["stale"]}</p></div>'
    so_far = _said(given.statements, places, words)
    state = f'<p class="note">{words["stopped"]}</p>' if given.stopped else f'<p class="searching">{words["searching"]}</p>'
    return f'<div class="reply">{so_far}{state}</div>'


def _answer(given: Turn, answer: Answer, places: Places, language: Language) -> str:
    words = WORDS[language]
    understood = ""
    if answer.standalone_question.strip() != given.question.strip():
        understood = (
            f'<p class="understood">{words["understood"]}: <bdi class="standalone">{text(answer.standalone_question)}</bdi> '
            f'<button type="button" class="link" data-act="reword">{words["reword"]}</button></p>'
        )
    made = _refusal(answer, places, words) if answer.status == "not_in_document" else _statements(answer, places, words)
    notice = f'<p class="note">{text(answer.notice)}</p>' if answer.notice else ""
    return f'<div class="reply">{understood}{notice}{made}{_withheld(answer, words)}{how(answer, places, language)}</div>'


def _statements(answer: Answer, places: Places, words: dict[str, str]) -> str:
    sources = "".join(f"<li>{_source(c, places)}</li>" for c in answer.citations)
    model = f'<p class="mode">{words["mode_model"]}</p>' if answer.mode == "model" else ""
    opening = f'<p class="settled" lang="{answer.language}"><strong>{text(answer.opening)}</strong></p>' if answer.opening else ""
    return (
        f'{opening}{_said(answer.statements, places, words)}<div class="foot">{_confidence(answer.confidence, words)}{model}'
        f'<div class="sources"><h3>{words["sources"]}</h3><ol>{sources}</ol></div></div>'
    )


def _said(statements: Sequence[Statement], places: Places, words: dict[str, str]) -> str:
    cited = dict.fromkeys(c for s in statements for c in s.citations)
    numbers = {citation: number for number, citation in enumerate(cited, 1)}
    return "".join(_statement(s, numbers, places, words) for s in statements)


def _statement(statement: Statement, numbers: Mapping[Citation, int], places: Places, words: dict[str, str]) -> str:
    """One sentence with its chips; a rendering comes first, marked, with its original below."""
    chips = "".join(_chip(c, numbers[c], places, words) for c in statement.citations)
    if not statement.rendering:
        return f'<p class="statement" lang="{_language(statement.citations, places)}">{_ended(statement.text, statement.short, chips)}</p>'
    return (
        f'<div class="statement"><p class="rendering" lang="en">{_ended(statement.rendering, None, chips)}</p>'
        f'<p class="unofficial">{words["unofficial"]}</p>'
        f'<blockquote lang="{_language(statement.citations, places)}" aria-label="{words["original"]}">{_marked(statement.text, statement.short)}</blockquote></div>'
    )


def _language(citations: Sequence[Citation], places: Places) -> str:
    """The language of what is cited."""
    known = [places[c.passage][0].language for c in citations if c.passage in places]
    return known[0] if known else "ja"


def _marked(said: str, short: tuple[int, int] | None) -> str:
    """What is said with its short answer marked."""
    if short is None:
        return text(said)
    start, end = short
    return f"{text(said[:start])}<mark>{text(said[start:end])}</mark>{text(said[end:])}"


def _ended(said: str, short: tuple[int, int] | None, chips: str) -> str:
    """What is said, its chips kept to its last character: no chip begins a line alone."""
    last = len(said) - 1
    if last < (short or (0, 0))[1]:
        return f"{_marked(said, short)}{chips}"
    return f'{_marked(said[:last], short)}<span class="chips">{text(said[last:])}{chips}</span>'


def _chip(citation: Citation, number: int, places: Places, words: dict[str, str]) -> str:
    """A numbered button; its brackets are hidden from view but copied with the sentence."""
    label = words["show"].format(number=number)
    return (
        f'<button type="button" class="chip" {target(citation)} data-quote="{attribute(citation.quote)}"'
        f' data-lang="{_language([citation], places)}" data-place="{attribute(place(citation.passage, places))}" aria-label="{label}">'
        f'<span class="bracket">[</span>{number}<span class="bracket">]</span></button>'
    )


def target(cited: Citation | Retrieved) -> str:
    """The attributes of a button that shows a range of a document."""
    return (
        f'data-show data-document="{attribute(cited.document)}" data-passage-id="{attribute(cited.passage)}"'
        f' data-start="{cited.start}" data-end="{cited.end}"'
    )


def place(passage: str, places: Places) -> str:
    """The nearest heading and the passage's id."""
    headings = places[passage][1].headings if passage in places else ()
    return " · ".join([*headings[-1:], passage])


def _source(citation: Citation, places: Places) -> str:
    return (
        f'<button type="button" class="link" {target(citation)} lang="{_language([citation], places)}">'
        f"{text(place(citation.passage, places))}</button>"
    )


def _confidence(confidence: float, words: dict[str, str]) -> str:
    level = "confident" if confidence >= _CONFIDENT else "fair" if confidence >= _FAIR else "weak"
    return f'<p class="confidence {level}"><span class="dots" aria-hidden="true"></span>{words[level]}</p>'


def _refusal(answer: Answer, places: Places, words: dict[str, str]) -> str:
    """That the document does not say, and what it says nearby."""
    near = "".join(_near(r, places, answer.language) for r in answer.retrieved[:_RELATED] if r.passage in places)
    related = f'<div class="related"><h3>{words["related"]}</h3><ul>{near}</ul></div>' if near else ""
    verdict = f'<p class="verdict" lang="{answer.language}">{text(answer.text)}</p>'
    return f'{verdict}<p class="tip">{words["refused_tip"]}</p>{related}'


def _near(retrieved: Retrieved, places: Places, language: Language) -> str:
    document, passage = places[retrieved.passage]
    rendered = language == "en" and bool(passage.rendering)
    words = passage.rendering if rendered else document.text[retrieved.start : retrieved.end]
    return (
        f'<li><button type="button" class="near" {target(retrieved)} lang="{"en" if rendered else document.language}">'
        f'<span>{text(words)}</span><small lang="{document.language}">{text(place(passage.id, places))}</small></button></li>'
    )


def _withheld(answer: Answer, words: dict[str, str]) -> str:
    """What a language model said and the document does not bear out: shown only on request, struck through."""
    if not answer.withheld:
        return ""
    items = "".join(f"<li><s>{text(sentence)}</s></li>" for sentence in answer.withheld)
    return f'<details class="withheld"><summary>{words["withheld"]} ({len(answer.withheld)})</summary><ul>{items}</ul></details>'


def _actions(given: Turn, words: dict[str, str], *, votes: bool) -> str:
    """What can be done with a finished turn."""
    tools = [_tool("again", words["again"]), _tool("edit", words["edit"])]
    if given.answer is not None:
        forms = [(f'data-act="copy" data-form="{form}"', words[f"copy_{form}"]) for form in ("text", "markdown", "bibtex")]
        tools.append(menu(words["copy"], "copy", forms))
        if votes:
            tools.append(f'<span class="votes">{_vote("up", words)}{_vote("down", words)}</span>')
    return f'<div class="actions" role="group" aria-label="{words["actions"]}">{"".join(tools)}</div>'


def _tool(act: str, label: str) -> str:
    return f'<button type="button" class="tool" data-act="{act}">{icon(act)}<span>{label}</span></button>'


def _vote(verdict: str, words: dict[str, str]) -> str:
    return (
        f'<button type="button" class="tool" data-act="vote" data-verdict="{verdict}" aria-pressed="false"'
        f' aria-label="{words[verdict]}" title="{words[verdict]}">{icon(verdict)}</button>'
    )
