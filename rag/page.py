"""What the page asks of the server, without the web framework that carries it.

The conversation lives in the user's browser: every call brings what it needs, and whatever comes
from there is checked again. Nothing here raises for bad input; the user gets words instead.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, replace
from typing import Any, cast

from rag.answer import Answer, Statement
from rag.assistant import Assistant
from rag.export import Format, export
from rag.feedback import feedback_file, record
from rag.html import bar, empty, examples, masthead, questions
from rag.html_chapter import chapter
from rag.html_found import found_html
from rag.html_turn import turn as turn_html
from rag.html_words import WORDS, Language, choose_language
from rag.lookup import Lookup
from rag.reference import FORMS, Form, Source
from rag.running import Running
from rag.suggest import Suggestions
from rag.turns import Turn, decode, decode_all, encode
from rag.turns import history as history_of
from source.errors import HakushoError

_LOG = logging.getLogger("hakusho")
_LONGEST_LOOKUP = 4000
_PATIENCE = 5.0
Data = Mapping[str, Any]


class Page:
    """The page over one assistant. Its public methods take and give plain JSON values."""

    def __init__(self, assistant: Assistant, answered: Callable[[Answer], None] | None = None) -> None:
        """`answered` is told of every whole answer given, for whoever counts them."""
        self.assistant = assistant
        self._answered = answered or (lambda answer: None)
        self.index = assistant.index
        self.documents = assistant.index.documents
        self.places = assistant.index.by_id
        self.lookup = Lookup(assistant.index)
        self.running: Running[Statement | Answer] = Running()
        # A user who waits for an answer comes before questions that might be asked.
        self.suggestions = Suggestions(assistant, before_each=lambda: self.running.wait_idle(_PATIENCE))

    def open(self, data: object) -> dict[str, Any]:
        """Everything that depends on the language: `{"asked"?, "accept", "turns"}` → words and HTML."""
        given = _mapping(data)
        language = choose_language(_text(given, "asked") or None, _text(given, "accept"))
        turns = decode_all(given.get("turns"), self.index)
        return {
            "language": language,
            "words": WORDS[language],
            "masthead": masthead(language, self.assistant.model),
            "bar": bar(self.documents, language),
            "empty": empty(language),
            "turns": [self._shown(turn, language) for turn in turns],
        }

    def examples(self, data: object) -> str:
        """Questions to begin with in `{"language"}`, as HTML; made at the first call, which takes a second."""
        language = _language(_mapping(data))
        return examples(self.suggestions.topics(language), language)

    def chapter_of(self, document: object) -> str:
        """The text of a document as HTML; empty where there is none of that id."""
        return next((chapter(d) for d in self.documents if d.id == document), "")

    def ask(self, data: object) -> Iterator[dict[str, Any]]:
        """Answers `{"id", "run", "question", "asked"?, "history", "language", "quotes"?}`: the turn, as it grows.

        With `quotes` no language model is asked. A turn may be answered more than once; `run` names this time, and comes back with all of it.
        """
        given = _mapping(data)
        language = _language(given)
        # Half of a surrogate pair cannot be sent back to the browser.
        turn = Turn(_sound(given, "question"), id=_sound(given, "id"), asked=_sound(given, "asked"))
        earlier = [h for h in given.get("history") or () if isinstance(h, str)]
        run = _sound(given, "run")
        for grown in self._growing(turn, run, earlier, language, quotes=given.get("quotes") is True):
            yield {**self._shown(grown, language), "run": run, "done": grown.state != "pending"}

    def _growing(self, turn: Turn, run: str, earlier: list[str], language: Language, *, quotes: bool) -> Iterator[Turn]:
        """The turn after each statement and at its end; whatever goes wrong becomes words for the user."""
        question = turn.asked or turn.question
        limit = self.assistant.config.max_question
        if len(question) > limit or not question:
            yield replace(turn, error=WORDS[language]["too_long"].format(limit=limit))
            return
        # What the user rewrote stands by itself.
        known = [] if turn.asked else [h for h in earlier if h.strip() and len(h) <= limit]
        try:
            for item in self.running.run(run, lambda stop: self.assistant.stream(question, known, stop=stop, quotes=quotes)):
                if isinstance(item, Answer):
                    self._answered(item)
                turn = _grown(turn, item)
                yield turn
        except HakushoError as error:
            yield replace(turn, error=str(error))
        except Exception:
            _LOG.exception("no answer to %r", question)
            yield replace(turn, error=WORDS[language]["failed"])

    def stop(self, run: object) -> bool:
        """Stops the answer of that run; False where it is not being made."""
        return isinstance(run, str) and self.running.stop(run)

    def is_running(self, run: object) -> bool:
        """Whether the answer of that run is being made."""
        return isinstance(run, str) and run in self.running

    def suggest(self, data: object) -> str:
        """Questions to go on with after `{"turn", "asked", "language"}`, as HTML; may be empty."""
        given = _mapping(data)
        language = _language(given)
        turn = decode(given.get("turn"), self.index)
        if turn is None or turn.answer is None:
            return ""
        cited = [c.passage for c in turn.answer.citations] or [r.passage for r in turn.answer.retrieved[:1]]
        asked = [q for q in given.get("asked") or () if isinstance(q, str)]
        made = self.suggestions.following(cited, language, asked)
        title = WORDS[language]["next" if turn.answer.status == "answered" else "instead"]
        return f"<h3>{title}</h3>{questions(made)}" if made else ""

    def look_up(self, data: object) -> dict[str, Any]:
        """Finds `{"text", "language"}`: the panel's HTML, what kind it is, and the best place."""
        given = _mapping(data)
        text = _sound(given, "text")[:_LONGEST_LOOKUP]
        if not text:
            return {"html": "", "kind": "nothing", "place": None}
        found = self.lookup.find(text)
        best = found.places[0] if found.places else None
        place = {k: v for k, v in asdict(best).items() if k != "differences"} if best else None
        return {"html": found_html(found, self.lookup, self.places, _language(given)), "kind": found.kind, "place": place}

    def copy(self, data: object) -> str:
        """The answer of `{"turn", "form", "address"}` with its citations; empty where there is none."""
        given = _mapping(data)
        turn, form = decode(given.get("turn"), self.index), given.get("form")
        if turn is None or turn.answer is None or form not in FORMS:
            return ""
        return FORMS[cast(Form, form)](turn.answer, self._source(given))

    def export(self, data: object) -> dict[str, str]:
        """The conversation of `{"turns", "form", "address", "language"}` as a file: name, type, text."""
        given = _mapping(data)
        form = given.get("form")
        turns = decode_all(given.get("turns"), self.index)
        made = cast(Format, form if form in ("json", "html") else "markdown")
        return asdict(export(turns, self._source(given), self.documents, made, _language(given)))

    def vote(self, data: object) -> bool:
        """Keeps what a user says of `{"turn", "verdict", "reason", "history"}`; False where it cannot."""
        given = _mapping(data)
        turn, verdict = decode(given.get("turn"), self.index), given.get("verdict")
        if turn is None or turn.answer is None or verdict not in ("up", "down"):
            return False
        before = history_of(decode_all(given.get("before"), self.index))
        try:
            return record(turn.answer, verdict, _sound(given, "reason"), before, self.documents, turn=turn.id)
        except HakushoError as error:
            _LOG.warning("%s", error)
            return False

    def _shown(self, turn: Turn, language: Language) -> dict[str, Any]:
        html = turn_html(turn, self.places, language, votes=feedback_file() is not None)
        return {"id": turn.id, "html": html, "turn": encode(turn), "state": turn.state}

    def _source(self, given: Data) -> Source:
        address = _text(given, "address")
        return Source(self.places, address if address.startswith(("http://", "https://")) else "")


def _grown(turn: Turn, item: Statement | Answer | str) -> Turn:
    if isinstance(item, Answer):
        # A rewritten follow-up still answers the question that the user asked.
        return replace(turn, answer=replace(item, question=turn.question), statements=())
    if isinstance(item, Statement):
        return replace(turn, statements=(*turn.statements, item))
    return replace(turn, stopped=True)


def _mapping(data: object) -> Data:
    return data if isinstance(data, Mapping) else {}


def _text(given: Data, name: str) -> str:
    value = given.get(name)
    return value if isinstance(value, str) else ""


def _sound(given: Data, name: str) -> str:
    """A text that can be written as UTF-8, without space around it."""
    return _text(given, name).encode("utf-8", "replace").decode().strip()


def _language(given: Data) -> Language:
    return choose_language(_text(given, "language"), "")
