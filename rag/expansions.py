"""Which words of a question a passage has by another name, and what says that they are the same.

The concepts are those that search goes by, so nothing that counted as a match is left out: the
project's lexicon, Sudachi's synonym groups, and names of countries, cities, months and seasons.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from index.normalise import fold
from index.tokenise import Tokeniser
from rag.answer import Expansion, ExpansionSource
from source.document import Passage

_SOURCES: dict[str, ExpansionSource] = {"l": "lexicon", "s": "sudachi"}


@dataclass(frozen=True, slots=True)
class _Match:
    """A word of the question, `[start, end)`, the passage's word for it, and the concept that both name."""

    start: int
    end: int
    matched: str
    concept: str

    def within(self, other: "_Match") -> bool:
        """Whether both words are parts of another match's: 大臣 goes without saying beside 外務大臣."""
        inside = other.start <= self.start and self.end <= other.end and self.matched in other.matched
        return inside and (other.end - other.start, len(other.matched)) > (self.end - self.start, len(self.matched))


def expansions(question: str, passages: Iterable[Passage], tokeniser: Tokeniser) -> tuple[Expansion, ...]:
    """The expansions of a question towards passages in the order of its words, each with the first passage it leads to."""
    found: dict[tuple[str, str], tuple[str, list[ExpansionSource]]] = {}
    for passage in passages:
        matches = sorted(_matches(question, passage, tokeniser), key=lambda m: (m.start, -m.end, m.concept))
        for m in matches:
            if not any(m.within(other) for other in matches):
                _, sources = found.setdefault((question[m.start : m.end], m.matched), (passage.id, []))
                sources.append(_SOURCES.get(m.concept[0], "names"))
    return tuple(Expansion(*words, passage, tuple(dict.fromkeys(sources))) for words, (passage, sources) in found.items())


def _matches(question: str, passage: Passage, tokeniser: Tokeniser) -> Iterator[_Match]:
    texts = [text for text in (passage.text, passage.rendering) if text]
    named = _named(texts, tokeniser)
    for m in tokeniser.mentions(question):
        known = named.get(m.concept, ())
        if known and not _stands(question[m.start : m.end], texts, known, tokeniser):
            yield _Match(m.start, m.end, known[0], m.concept)


def _named(texts: Iterable[str], tokeniser: Tokeniser) -> dict[str, list[str]]:
    """The words of a passage by the concepts that they name, those of its own text before its rendering's."""
    found: dict[str, list[str]] = {}
    for text in texts:
        for m in tokeniser.mentions(text):
            found.setdefault(m.concept, []).append(text[m.start : m.end])
    return found


def _stands(word: str, texts: Iterable[str], known: Iterable[str], tokeniser: Tokeniser) -> bool:
    """Whether the passage has the word itself, in another form perhaps: then nothing was expanded."""
    terms = tokeniser.short_terms(word)
    return any(fold(word) in fold(text) for text in texts) or any(tokeniser.short_terms(k) == terms for k in known)
