"""Whether a statement says no more, and nothing else, than what it cites.

Every check must pass: nothing foreign in form; numbers, times, units, countries, names and offices
of the statement stand in the source (in either language); nothing denied that is affirmed, or the
reverse; no word exchanged for its opposite; each name and number in the company it keeps in the
source; who does what to whom; and the words as a whole covered by the source's own.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from index.local import LocalIndex
from rag.alignment import MEANING, Hit, align
from rag.bindings import misbound
from rag.denial import wrong_denial
from rag.direction import deeds, reversed_deed
from rag.extremes import unfounded_extreme
from rag.form import ill_formed
from rag.grounds import Grounds, GroundsReader, Side
from rag.injection import speaks_to_model
from rag.modifiers import dropped_weakening, exchanged_modifier
from rag.polarity import denying_words, opposed
from rag.predicates import predicates
from rag.substitution import substituted
from rag.titles import wrong_title
from rag.words import weight
from source.document import Passage

_FOREIGN = re.compile(r"https?:|www\.|!\[|\]\(|<[a-z/!]|[\w.]+@[\w.]+\.\w|\{\{|```|javascript:|data:[a-z]+/|\x00", re.IGNORECASE)
# The least share of a statement's words that its source must cover, in one language and across two.
_LEAST = 0.62
_LEAST_ACROSS = 0.42
_UNKNOWN = 0.25
_MOST_UNKNOWN = 0.3
_MOST_CITED = 4
_LEAST_DEED = 0.3
_LONGEST = 600
_JOINED = re.compile(r"、|[,;]|\b(?:and|while|but|whereas|after|before)\b|及び|し、|ほか")
# What is said of something that the source does not know at all: 野党に対し, "because of the pandemic".
_ARGUMENT_JA = re.compile(r"(?:に対し|によ[りっる]|から|へ|が|は)")
_ARGUMENT_EN = re.compile(
    r"\b(?:because of|due to|owing to|thanks to|(?<!^)by|against|from|towards?)\s+(?:(?:the|a|an|its|their)\s+)?$"
)
# Kinds of glossary terms that the source must have under some name.
_NAMED = ("person", "organisation")


@dataclass(frozen=True, slots=True)
class Verdict:
    """`reason` is empty where the source supports the statement; `score` is its coverage in [0, 1]."""

    score: float
    reason: str = ""


class Supporter:
    """Checks statements against passages of one index."""

    def __init__(self, index: LocalIndex) -> None:
        self._reader = GroundsReader(index)
        self._tokeniser = index.tokeniser

    def find(self, text: str, passages: Sequence[Passage]) -> tuple[Passage, ...] | None:
        """The passage that best supports a statement, or two that do so together; None where none do.

        Only what says two things may stand on two passages: else a place of one is put to a deed of the other.
        """
        usable = [p for p in passages if not speaks_to_model(p.text)]
        singles = [(self.check(text, (p,)), p) for p in usable]
        good = [(v.score, -i, p) for i, (v, p) in enumerate(singles) if not v.reason]
        if good:
            return (max(good, key=lambda g: g[:2])[2],)
        if not _JOINED.search(text):
            return None
        for pair in combinations(usable[:_MOST_CITED], 2):
            if not self.check(text, pair).reason:
                return pair
        return None

    def aligned(self, text: str, passages: Sequence[Passage]) -> tuple[Side, Grounds, list[Hit]]:
        """A statement and its source, read, and where each of its words has its like."""
        statement = self._reader.statement(text)
        grounds = self._reader.source(passages, statement.language)
        return statement, grounds, align(statement, grounds)

    def check(self, text: str, passages: Sequence[Passage]) -> Verdict:
        """Compares a statement with one source, which may be several passages together."""
        if len(text) > _LONGEST or _FOREIGN.search(text) or speaks_to_model(text):
            return Verdict(0.0, "form")
        statement = self._reader.statement(text)
        grounds = self._reader.source(passages, statement.language)
        foreign = _facts(statement, grounds) or ("form" if ill_formed(statement, grounds, self._tokeniser) else "")
        if foreign:
            return Verdict(0.0, foreign)
        hits = align(statement, grounds)
        score = _coverage(statement, hits)
        reason = (
            _unknown_name(statement, hits, grounds)
            or _unknown_opening(statement, hits, self._reader.common)
            or wrong_title(statement, hits, grounds)
            or _coverage_reason(statement, hits, grounds, score)
            or _unknown_deed(statement, hits, grounds)
            or _unknown_argument(statement, hits)
            or ("opposite" if opposed(statement.text, grounds.first.text) else "")
            or unfounded_extreme(text, [s.text for s in grounds.sides])
            or wrong_denial(statement, hits, grounds)
            or substituted(statement, hits, grounds.first, self._tokeniser)
            or exchanged_modifier(statement, hits, grounds.first)
            or dropped_weakening(statement, hits, grounds)
            or _relations(statement, hits, grounds)
        )
        return Verdict(score, reason)


def _facts(statement: Side, grounds: Grounds) -> str:
    """Numbers, times, units and countries that the source does not have."""
    missing = {q.key for q in statement.quantities} - grounds.quantities
    if missing:
        return f"quantity {sorted(missing)[0]}"
    foreign = {a.key for a in statement.countries} - grounds.countries
    return f"country {sorted(foreign)[0]}" if foreign else ""


def _unknown_name(statement: Side, hits: Sequence[Hit], grounds: Grounds) -> str:
    for m in statement.mentions:
        if m.term.kind in _NAMED and not grounds.holds(m.term):
            return f"{m.term.kind} {m.term.ja}"
    found = next((w for w, h in zip(statement.words, hits, strict=True) if w.name and h.value < MEANING), None)
    return f"name {found.text}" if found else ""


def _unknown_opening(statement: Side, hits: Sequence[Hit], common: frozenset[str]) -> str:
    """The name that opens an English sentence, where its capital tells nothing: a word that is no word otherwise."""
    if statement.language != "en" or not statement.words:
        return ""
    first, hit = statement.words[0], hits[0]
    known = first.concepts or first.text.lower() in common or re.search(r"(?:ly|ing|ed|tion|ment|ity|ness)$", first.text)
    opens = not statement.text[: first.start].strip() and first.text[:1].isupper()
    return f"name {first.text}" if opens and not known and hit.value < MEANING else ""


def _unknown_deed(statement: Side, hits: Sequence[Hit], grounds: Grounds) -> str:
    """A verb that the source has nothing like: what is asserted must be there, not only what it is asserted of."""
    values = {w.start: h.value for w, h in zip(statement.words, hits, strict=True)}
    denying = denying_words(statement.text)
    # Within one language nearness of vectors is no sameness: "resigned" is near "signed".
    least = MEANING if statement.language == grounds.first.language else _LEAST_DEED
    found = next((w for w in predicates(statement) if values[w.start] < least and w.start not in denying), None)
    return f"deed {found.text}" if found else ""


def _unknown_argument(statement: Side, hits: Sequence[Hit]) -> str:
    """A noun that does something, or has it done to it, and is nowhere in the source."""
    for word, hit in zip(statement.words, hits, strict=True):
        text = statement.text
        marked = (
            _ARGUMENT_JA.match(text, word.end) if statement.language == "ja" else _ARGUMENT_EN.search(text[: word.start].lower())
        )
        if marked and hit.value < _UNKNOWN:
            return f"argument {word.text}"
    return ""


def _coverage(statement: Side, hits: Sequence[Hit]) -> float:
    weights = [weight(w.text) for w in statement.words]
    fixed = len(statement.quantities) + len(statement.countries)
    mean = sum(weights) / len(weights) if weights else 1.0
    total = sum(weights) + fixed * mean
    return (sum(w * h.value for w, h in zip(weights, hits, strict=True)) + fixed * mean) / total if total else 0.0


def _coverage_reason(statement: Side, hits: Sequence[Hit], grounds: Grounds, score: float) -> str:
    across = statement.language != grounds.first.language
    if not statement.words:
        return "no words"
    unknown = sum(weight(w.text) for w, h in zip(statement.words, hits, strict=True) if h.value < _UNKNOWN)
    share = unknown / max(sum(weight(w.text) for w in statement.words), 1e-9)
    if score < (_LEAST_ACROSS if across else _LEAST):
        return f"coverage {score:.2f}"
    return f"unknown {share:.2f}" if share > _MOST_UNKNOWN and not across else ""


def _relations(statement: Side, hits: Sequence[Hit], grounds: Grounds) -> str:
    anchor = misbound(statement, hits, grounds)
    if anchor is not None:
        return f"company of {anchor.key}"
    aligned = {o: w.term for w, h in zip(statement.words, hits, strict=True) if w.name for o in h.offsets}
    own = {w.start: w.term for w in statement.words}
    said = deeds(statement, lambda o: own.get(o, ""))
    held = deeds(grounds.first, lambda o: aligned.get(o, f"other {o}"))
    deed = reversed_deed(said, held, grounds.topic)
    return f"direction of {deed.predicate}" if deed else ""
