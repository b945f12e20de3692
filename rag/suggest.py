"""Questions that the documents answer, to begin with and to go on with.

They are made from the sentences themselves, by ways of asking that fit any text (what a term
means, who came, when something was held), and each was put to the assistant: only those that it
answers from the very sentence they were made from are offered.
"""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, zip_longest

from index.entities import keys
from index.local import LocalIndex
from index.tokenise import Tokeniser, language_of
from rag.assistant import Assistant
from rag.question import Language
from rag.spans import candidate_spans
from source.document import Document, Passage, Section

# Below this the answer may be right, but is no good advertisement.
_SURE = 0.7
_LONGEST = 60
_EACH = 3
_TOPICS = 6
_LOOKED = 24
_TRIED = 24
_WAYS = ("event", "term", "visit", "relation", "short", "person")

# Ways of asking: what a sentence must look like, and the question made of it.
_Way = tuple[str, re.Pattern[str], str]
_ABBREVIATED = r"\((?P<short>[A-Z]{2,9})\)|^\s*\([0-9]+\)\s*(?P<note>[A-Z]{2,9})\s*[::]"
_JAPANESE: tuple[_Way, ...] = (
    (
        "event",
        re.compile(
            r"(?P<what>(?:第[0-9]+回)?[一-龠ァ-ヶー・a-zA-Z]{2,30}(?:会合|委員会|会議|条約|協定|選挙|声明|宣言|大会|法|計画|機関|館|制度))"
            r"(?:\([^()]{1,20}\))?(?:が|は|を)(?:[0-9年月日]{2,12}に)?(?P<verb>開催|署名|締結|採択|発効|実施|発表|設立|設置|公布|制定)(?:され|し)"
        ),
        "{what}はいつ{verb}されましたか。",
    ),
    ("term", re.compile(r"「(?P<what>[^「」]{3,24})」"), "「{what}」とは何ですか。"),
    (
        "visit",
        re.compile(r"(?P<when>(?:[0-9]{4}年)?[0-9]{1,2}月)(?:に|には)?[^、。]{1,30}が(?:[^、。]{0,12}として)?訪日し"),
        "{when}に訪日したのは誰ですか。",
    ),
    ("relation", re.compile(r"^(?P<what>[^、。「」]{2,14})との関係では"), "{what}との関係について教えてください。"),
    ("short", re.compile(r"[一-龠ァ-ヶー・]{3,20}" + _ABBREVIATED), "{short}とは何の略ですか。"),
)
_ENGLISH: tuple[_Way, ...] = (
    (
        "event",
        re.compile(
            r"\b[Tt]he (?P<what>(?:[A-Z0-9][\w'-]+ ?|of |on |and |the ){2,10}?"
            r"(?:Convention|Treaty|Agreement|Meeting|Committee|Act|Conference|Election|Summit))"
            r" (?:was|were) (?P<verb>held|signed|concluded|adopted|established|launched|announced)"
        ),
        "When was the {what} {verb}?",
    ),
    (
        "term",
        re.compile(
            r"[\"“](?P<what>[A-Z][^\"”,.]{3,40}?),?[\"”](?P<verb> (?:Dialogue|Initiative|Route|Program(?:me)?|Forum|Framework))?"
        ),
        "What is the {what}{verb}?",
    ),
    ("relation", re.compile(r"\brelations with (?P<what>[A-Z]\w+)"), "What does the text say about relations with {what}?"),
    ("short", re.compile(r"\b[A-Z][\w ]{5,60}" + _ABBREVIATED), "What does {short} stand for?"),
)


@dataclass(frozen=True, slots=True)
class Topic:
    """A heading and questions that the text under it answers."""

    heading: str
    language: Language
    questions: tuple[str, ...]


class Suggestions:
    """Verified questions over the documents of one assistant; what was tried is remembered."""

    def __init__(self, assistant: Assistant, before_each: Callable[[], object] = lambda: None) -> None:
        """`before_each` is called before each question is tried, and may wait for a better time."""
        # Verified in quote mode, which is quick, whatever mode answers the user.
        self._assistant = Assistant(assistant.index, config=assistant.config)
        self._before_each = before_each
        self._verified = lru_cache(maxsize=20_000)(self._verify)
        self.topics = lru_cache(maxsize=2)(self._topics)

    def following(self, passages: Collection[str], language: Language, asked: Collection[str] = ()) -> list[str]:
        """Up to three questions near the passages cited last, none of those already asked."""
        known = {q.strip() for q in asked}
        index = self._assistant.index
        near = [p for p in passages if p in index.by_id][:1]
        around = _around(*index.by_id[near[0]]) if near else index.passages
        found: list[str] = []
        for question in self._questions(around, language, index):
            if question not in known and question not in found:
                found.append(question)
            if len(found) == _EACH:
                break
        return found

    def _topics(self, language: Language) -> tuple[Topic, ...]:
        """For the first headings of the documents, up to three questions each."""
        found: list[Topic] = []
        for document in self._assistant.index.documents:
            for section in document.sections[:_LOOKED]:
                passages = [p for p in document.passages if p.section == section.number and p.duplicate_of is None]
                questions = self._first(passages, language) if passages else ()
                if questions:
                    found.append(_topic(document, section, language, questions))
                if len(found) == _TOPICS:
                    return tuple(found)
        return tuple(found)

    def _first(self, passages: list[Passage], language: Language) -> tuple[str, ...]:
        found: list[str] = []
        for question in self._questions(passages, language, self._assistant.index):
            if question not in found:
                found.append(question)
            if len(found) == _EACH:
                break
        return tuple(found)

    def _questions(self, passages: Collection[Passage], language: Language, index: LocalIndex) -> Iterator[str]:
        """The verified questions of the passages, the ways of asking by turns."""
        ways: dict[str, list[tuple[Passage, str]]] = {way: [] for way in _WAYS}
        for passage in passages:
            for way, question in candidates(passage, language, index.tokeniser):
                ways[way].append((passage, question))
        rounds = (pair for row in zip_longest(*ways.values()) for pair in row if pair)
        for passage, question in islice(rounds, _TRIED):
            if self._verified(question, passage.id):
                yield question

    def _verify(self, question: str, passage: str) -> bool:
        self._before_each()
        answer = self._assistant.ask(question)
        cited = {c.passage for c in answer.citations}
        return answer.status == "answered" and answer.confidence >= _SURE and passage in cited


def candidates(passage: Passage, language: Language, tokeniser: Tokeniser) -> Iterator[tuple[str, str]]:
    """Questions that a passage may answer, each with its way of asking; none longer than a line or two."""
    if passage.kind == "caption":
        return
    english = language == "en" and (passage.rendering or language_of(passage.text) == "en")
    made = _in_english(passage.rendering or passage.text) if english else _in_japanese(passage.text, tokeniser)
    yield from ((way, q) for way, q in made if len(q) <= (2 * _LONGEST if english else _LONGEST))


def _in_japanese(text: str, tokeniser: Tokeniser) -> Iterator[tuple[str, str]]:
    dated = bool(candidate_spans(text, "date", tokeniser))
    yield from ((way, q) for way, q in _made(_JAPANESE, text) if dated or way != "event")
    for span in candidate_spans(text, "person", tokeniser):
        # A name in kana alone may be a place: an office ends in kanji.
        if re.fullmatch("[^()]{4,}[一-龠]", name := text[span.start : span.end]):
            yield "person", f"{name}は何をしましたか。"


def _in_english(text: str) -> Iterator[tuple[str, str]]:
    for way, question in _made(_ENGLISH, text):
        if way != "relation" or keys(question, "country"):
            yield way, question


def _made(ways: Sequence[_Way], text: str) -> Iterator[tuple[str, str]]:
    for way, pattern, question in ways:
        for m in pattern.finditer(text):
            parts = {name: value or "" for name, value in m.groupdict().items()}
            yield way, question.format(**parts | {"short": parts.get("short") or parts.get("note", "")})


def _around(document: Document, passage: Passage) -> list[Passage]:
    """The passages nearest in the text, those of the same paragraph and the next ones first."""
    near = [p for p in document.passages if p.duplicate_of is None and p.id != passage.id and p.kind != "caption"]
    return sorted(near, key=lambda p: (abs(p.paragraph - passage.paragraph - 0.4), p.start))[:40]


def _topic(document: Document, section: Section, language: Language, questions: tuple[str, ...]) -> Topic:
    """The questions under their heading, in the language of the reader where it has a rendering."""
    if language == "en" and section.rendering:
        return Topic(section.rendering, "en", questions)
    return Topic(section.path[-1] if section.path else document.title, document.language, questions)
