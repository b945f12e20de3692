"""What a source gives a statement to stand on: its words, names, numbers and offices, with their places."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from index.entities import countries_of_cities, find_entities
from index.lexicon import default_lexicon
from index.local import LocalIndex
from index.normalise import fold, normalise
from index.tokenise import Tokeniser, language_of
from rag.countries import meant_countries
from rag.quantities import Quantity, quantities
from rag.ranks import Office, offices
from rag.words import Word, places, read_words, skeleton
from source.document import Passage
from source.glossary import Term, load_glossary

_IMPLIED = re.compile(r"同国|両国|同地|同市|当事国|the (?:two )?countr(?:y|ies)|both countries|the two sides|its people")
_TOPIC = re.compile(r"^[^、,。]{0,40}?(?:との関係では|に関して|の間では|では、)|^(?:In relations with|Regarding|Between)[^,]*")

_COMMON = ("concept", "action", "person-role")
_POINTS_BACK = re.compile(r"(?:また|なお|さらに|これに対し)?、?(?:同(?!様|時)|この|これ|その|当該)")


@dataclass(frozen=True, slots=True)
class Mention:
    """A glossary term (by its Japanese form) where it stands in a text."""

    term: Term
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Actor:
    """A country or a name where it stands in a text; `key` agrees with others of the same text only for countries."""

    key: str
    start: int
    end: int


@dataclass(frozen=True)
class Side:
    """A statement, or one language of a source, read."""

    text: str
    words: tuple[Word, ...]
    mentions: tuple[Mention, ...]

    @property
    def language(self) -> str:
        """`ja` or `en`."""
        return language_of(self.text)

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        """Numbers, times and units."""
        return quantities(self.text)

    @cached_property
    def countries(self) -> tuple[Actor, ...]:
        """Countries by name."""
        return tuple(Actor(e.key, e.start, e.end) for e in find_entities(self.text) if e.kind == "country")

    @cached_property
    def offices(self) -> tuple[Office, ...]:
        """Offices by rank."""
        return offices(self.text)

    @cached_property
    def concepts(self) -> frozenset[str]:
        """Everything the words mean."""
        return frozenset(c for w in self.words for c in w.concepts)

    @cached_property
    def folded(self) -> str:
        """The text for looking up parts of words."""
        return skeleton(self.text)

    def at(self, offset: int) -> float:
        """How far into the text an offset stands, in words or so."""
        return float(places(self.text)[offset])

    def find(self, part: str) -> list[int]:
        """Every offset at which a folded part of a word stands."""
        n = normalise(self.text)
        return [n.starts[m.start()] for m in re.finditer(re.escape(fold(part)), n.text)] if part else []


@dataclass(frozen=True)
class Grounds:
    """A source: the side in the statement's language (or the only one) first; `topic` are its paragraph's countries."""

    sides: tuple[Side, ...]
    topic: frozenset[str]
    subject: tuple[Word, ...]

    @property
    def first(self) -> Side:
        """The side that a statement is compared with word by word."""
        return self.sides[0]

    @cached_property
    def countries(self) -> frozenset[str]:
        """Every country that the source names, or means by its paragraph's topic."""
        own = {a.key for s in self.sides for a in s.countries} | {c for s in self.sides for c in countries_of_cities(s.text)}
        return frozenset(own) | self.topic | {c for s in self.sides for c in meant_countries(s.text)}

    @cached_property
    def quantities(self) -> frozenset[str]:
        """The keys of all numbers, times and units; 最長21日 may be read as a day or as a number of days."""
        found = {q.key for s in self.sides for q in s.quantities}
        return frozenset(found | {f"n:{key[2:]}" for key in found if key.startswith("d:")})

    def holds(self, term: Term) -> bool:
        """Whether the source names the same under this name or another of it, or leaves it out as its subject."""
        if term.ja in self.terms or any({*term.en} & {*m.term.en} for s in self.sides for m in s.mentions):
            return True
        names = {term.ja, *term.en}
        return any(w.text in n for w in self.subject for n in names) or any(n in s.text for s in self.sides for n in names)

    @cached_property
    def terms(self) -> frozenset[str]:
        """The glossary terms that stand in the source, in either language."""
        return frozenset(m.term.ja for s in self.sides for m in s.mentions)


class GroundsReader:
    """Reads statements and the passages of one index."""

    def __init__(self, index: LocalIndex) -> None:
        self._index = index
        self._terms = tuple(t for d in index.documents for t in load_glossary(d.id))
        self._finder = _Finder(self._terms)
        self._names = frozenset(_names(index))
        small = _small_words(index)
        self.common = small | _common_words(index.tokeniser)
        self._sources = lru_cache(maxsize=2048)(self._source)
        # A statement is compared with many passages.
        self._statements = lru_cache(maxsize=256)(lambda text: self._side(text, longest=True))

    def statement(self, text: str) -> Side:
        """A statement, read; of glossary terms that overlap, the longest."""
        return self._statements(text)

    def source(self, passages: Sequence[Passage], language: str) -> Grounds:
        """What one or several passages give, for a statement in `language`."""
        return self._sources(tuple(p.id for p in passages), language)

    def _source(self, ids: tuple[str, ...], language: str) -> Grounds:
        passages = [self._index.by_id[i][1] for i in ids]
        texts = [" ".join(p.text for p in passages), " ".join(p.rendering for p in passages if p.rendering)]
        texts = sorted((t for t in texts if t), key=lambda t: language_of(t) != language)
        topics = frozenset(c for p in passages for c in self._topic(p))
        subject = tuple(w for p in passages for w in (*self._subject(p), *self._place(p)))
        return Grounds(tuple(self._side(t, longest=False) for t in texts), topics, subject)

    def _side(self, text: str, *, longest: bool) -> Side:
        return Side(
            text,
            read_words(text, self._index.tokeniser, self._names, self.common),
            tuple(self._finder.find(text, longest=longest)),
        )

    def _topic(self, passage: Passage) -> set[str]:
        """The countries that a paragraph, or its heading, says it is about.

        A sentence that names no country speaks of the one that its paragraph opens with.
        """
        document = self._index.by_id[passage.id][0]
        first = next(iter(document.passages_of(passage.paragraph)))
        opening = _TOPIC.match(first.text)
        texts = [*passage.headings[-1:], *([opening[0]] if opening else [])]
        found = {key for text in texts for key in _countries(text)}
        inherits = not _countries(passage.text) or "同国" in passage.text
        return found | set(_countries(first.text)[:1]) if inherits else found

    def _place(self, passage: Passage) -> list[Word]:
        """The names in a passage's document title and headings: whose report it is."""
        place = " ".join((self._index.by_id[passage.id][0].title, *passage.headings))
        return [w for w in read_words(place, self._index.tokeniser, self._names) if w.name]

    def _subject(self, passage: Passage) -> list[Word]:
        """What a sentence that leaves its subject out takes over: the first name of the one before.

        One that points back (同条約) takes over the abbreviations there.
        """
        document = self._index.by_id[passage.id][0]
        before = [p for p in document.passages_of(passage.paragraph) if p.start < passage.start]
        if before and _POINTS_BACK.match(passage.text):
            return [w for w in read_words(before[-1].text, self._index.tokeniser) if w.name and w.text.isascii()]
        persons = {t.ja for t in self._terms if t.kind == "person"}
        if not before or any(m.term.kind == "person" for m in self._finder.find(passage.text, longest=True)):
            return []
        found = [self._side(t, longest=True) for t in (before[-1].text, before[-1].rendering) if t]
        words = []
        for side in found:
            spans = [m for m in side.mentions if m.term.ja in persons][:1]
            words += [w for w in side.words if any(m.start <= w.start < m.end for m in spans)]
        return words


def _countries(text: str) -> list[str]:
    return [e.key for e in find_entities(text) if e.kind == "country"]


class _Finder:
    """Finds glossary terms in texts of either language."""

    def __init__(self, terms: Sequence[Term]) -> None:
        self._ja = [(fold(t.ja), re.compile(re.escape(fold(t.ja))), t) for t in terms]
        self._en = [(fold(e), re.compile(rf"\b{re.escape(fold(e))}(?:s|es)?\b"), t) for t in terms for e in t.en]

    def find(self, text: str, *, longest: bool) -> Iterable[Mention]:
        n = normalise(text)
        known = self._ja if language_of(text) == "ja" else self._en
        hits = [(m.span(), t) for word, pattern, t in known if word in n.text for m in pattern.finditer(n.text)]
        hits.sort(key=lambda h: (h[0][0] - h[0][1], h[0][0]))
        taken: set[int] = set()
        for (start, end), term in hits:
            # The longest hides what lies inside it.
            if (longest and taken & set(range(start, end))) or _part_of_longer(text, n.original(start, end)[0], term):
                continue
            taken |= set(range(start, end)) if longest else set()
            yield Mention(term, *n.original(start, end))


def _part_of_longer(text: str, start: int, term: Term) -> bool:
    """Whether a capital word right before makes another organisation of it: the UN Security Council."""
    before = re.search(r"([A-Z][\w.]*) $", text[:start])
    return before is not None and term.kind == "organisation" and before[1] not in ("The", "In", "At", "With", "And", "By", "For")


def _small_words(index: LocalIndex) -> frozenset[str]:
    texts = [t for d in index.documents for p in d.passages for t in (p.text, p.rendering)]
    return frozenset(w for t in texts for w in re.findall(r"\b[a-z]+", t))


@lru_cache(maxsize=4)
def _common_words(tokeniser: Tokeniser) -> frozenset[str]:
    """English words of the lexicon's terms, less those of terms that hold a name: "hiroshima" of 広島原爆の日."""
    found: set[str] = set()
    for entry in default_lexicon().entries:
        if entry.kind in _COMMON and not any(t.pos[1] == "固有名詞" for t in tokeniser.tokens(entry.term)):
            found |= {w for phrase in entry.english for w in phrase.split() if w.islower()}
    return frozenset(found)


def _names(index: LocalIndex) -> set[str]:
    """Words that an index writes with a capital inside sentences and never without one."""
    capital: set[str] = set()
    small: set[str] = set()
    for document in index.documents:
        for p in document.passages:
            for text in (p.text, p.rendering):
                capital |= set(re.findall(r"(?<=[a-z,] )[A-Z][\w-]+", text)) | {
                    w.capitalize() for w in re.findall(r"\b[A-Z]{3,}\b", text)
                }
                small |= set(re.findall(r"\b[a-z][\w-]+", text))
    return {name for name in capital if name.lower() not in small}
