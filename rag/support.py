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
from index.normalise import normalise
from rag.alignment import MEANING, Hit, align
from rag.bindings import misbound
from rag.direction import deeds, reversed_deed
from rag.grounds import Grounds, GroundsReader, Side
from rag.injection import speaks_to_model
from rag.polarity import denials, denies_by_word, opposed
from rag.words import weight
from source.document import Passage

_FOREIGN = re.compile(r"https?:|www\.|!\[|\]\(|<[a-z/!]|[\w.]+@[\w.]+\.\w|\{\{|```|javascript:|data:[a-z]+/|\x00", re.IGNORECASE)
# The least share of a statement's words that its source must cover, in one language and across two.
_LEAST = 0.62
_LEAST_ACROSS = 0.5
_UNKNOWN = 0.25
_MOST_UNKNOWN = 0.3
_MOST_CITED = 4


@dataclass(frozen=True, slots=True)
class Verdict:
    """`reason` is empty where the source supports the statement; `score` is its coverage in [0, 1]."""

    score: float
    reason: str = ""


class Supporter:
    """Checks statements against passages of one index."""

    def __init__(self, index: LocalIndex) -> None:
        self._reader = GroundsReader(index)

    def find(self, text: str, passages: Sequence[Passage]) -> tuple[Passage, ...] | None:
        """The passage that best supports a statement, or two that do so together; None where none do."""
        usable = [p for p in passages if not speaks_to_model(p.text)]
        singles = [(self.check(text, (p,)), p) for p in usable]
        good = [(v.score, -i, p) for i, (v, p) in enumerate(singles) if not v.reason]
        if good:
            return (max(good, key=lambda g: g[:2])[2],)
        for pair in combinations(usable[:_MOST_CITED], 2):
            if not self.check(text, pair).reason:
                return pair
        return None

    def check(self, text: str, passages: Sequence[Passage]) -> Verdict:
        """Compares a statement with one source, which may be several passages together."""
        if _FOREIGN.search(text) or speaks_to_model(text):
            return Verdict(0.0, "form")
        statement = self._reader.statement(text)
        grounds = self._reader.source(passages, statement.language)
        hits = align(statement, grounds)
        score = _coverage(statement, hits)
        reason = (
            _facts(statement, grounds)
            or _unknown_name(statement, hits)
            or _offices(statement, grounds)
            or _coverage_reason(statement, hits, grounds, score)
            or _polarity(statement, hits, grounds)
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


def _unknown_name(statement: Side, hits: Sequence[Hit]) -> str:
    found = next((w for w, h in zip(statement.words, hits, strict=True) if w.name and h.value < MEANING), None)
    return f"name {found.text}" if found else ""


def _offices(statement: Side, grounds: Grounds) -> str:
    held = {o.rank for s in grounds.sides for o in s.offices}
    foreign = [o.rank for o in statement.offices if o.rank not in held]
    if foreign:
        return f"office {foreign[0]}"
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


def _polarity(statement: Side, hits: Sequence[Hit], grounds: Grounds) -> str:
    """Denials that the source does not make, or that the statement leaves out, and opposites."""
    if any(opposed(statement.text, s.text) for s in grounds.sides[:1]):
        return "opposite"
    denied = denials(statement.text)
    theirs = denials(grounds.first.text)
    if denied and not theirs and not any(denies_by_word(s.text) for s in grounds.sides):
        return "denial"
    for word, hit in zip(statement.words, hits, strict=True):
        if hit.value < MEANING or not hit.offsets:
            continue
        mine = any(d.start <= word.start < d.end for d in denied)
        its = [any(d.start <= o < d.end for d in theirs) for o in hit.offsets]
        if mine and not any(its) and not denies_by_word(grounds.first.text):
            return f"denial of {word.text}"
        if not mine and all(its) and not denied and not denies_by_word(statement.text):
            return f"no denial of {word.text}"
    return ""


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


