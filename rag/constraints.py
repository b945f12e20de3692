"""What a question fixes, and whether a passage keeps to it: countries, years, months, days, ordinals.

A question about the fourth meeting is not answered by the fifth, one about May not by June.
"""

from collections.abc import Set
from dataclasses import dataclass
from functools import lru_cache

from index.entities import countries_of_cities, find_entities
from index.local import LocalIndex
from source.document import Passage

# The country whose white papers these are stands in most sentences and tells nothing.
_HOME = "c:JP"
_IN_CONTEXT = 0.8
_TIMES = ("year", "month", "day", "ordinal")


@dataclass(frozen=True, slots=True)
class Fixed:
    """Keys by kind that a text names."""

    countries: frozenset[str]
    times: frozenset[tuple[str, str]]

    def __bool__(self) -> bool:
        return bool(self.countries or self.times)


@lru_cache(maxsize=20000)
def fixed_by(text: str) -> Fixed:
    """The countries (by name or city) and times of a text; the home country is left out."""
    found = find_entities(text)
    countries = {e.key for e in found if e.kind == "country"} | set(countries_of_cities(text))
    return Fixed(frozenset(countries - {_HOME}), frozenset((e.kind, e.key) for e in found if e.kind in _TIMES))


@dataclass(frozen=True, slots=True)
class Kept:
    """How a passage keeps to a question: shares in [0, 1], and contradictions.

    `times` counts what the passage or its paragraph names; `against` is 1 where the passage
    names another time of a kind that the question fixes and not the one asked about.
    """

    countries: float
    times: float
    against: float

    @property
    def all(self) -> bool:
        """Whether everything that is fixed is kept."""
        return self.countries >= _IN_CONTEXT and self.times >= _IN_CONTEXT and not self.against


class Constraints:
    """Compares questions with the passages of one index."""

    def __init__(self, index: LocalIndex) -> None:
        self._index = index
        self._held = lru_cache(maxsize=50000)(self._read)

    def kept(self, question: str, passage: Passage) -> Kept:
        """How the passage keeps to the question."""
        asked = fixed_by(question)
        if not asked:
            return Kept(1.0, 1.0, 0.0)
        own, context = self._held(passage.id)
        countries = _share(asked.countries, own.countries, context.countries)
        times = _share(asked.times, own.times, context.times)
        kinds = {kind for kind, _ in own.times}
        against = any(t not in own.times and t[0] in kinds for t in asked.times)
        return Kept(countries, times, float(against))

    def _read(self, passage_id: str) -> tuple[Fixed, Fixed]:
        """What the passage itself fixes, and what its paragraph and headings do."""
        document, passage = self._index.by_id[passage_id]
        paragraph = " ".join(q.text for q in document.passages_of(passage.paragraph))
        return fixed_by(f"{passage.text} {passage.rendering}"), fixed_by(f"{' '.join(passage.headings)} {paragraph}")


def _share(asked: Set[object], own: Set[object], context: Set[object]) -> float:
    """Share of what is asked that is held, by the paragraph alone at eight tenths."""
    if not asked:
        return 1.0
    return sum(1.0 if a in own else _IN_CONTEXT if a in context else 0.0 for a in asked) / len(asked)
