"""Where a text names a concept: countries, their cities, months and seasons by themselves.

Concepts of the lexicon and of Sudachi's synonym groups are found by `index.tokenise`, which knows
the words of a text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from index.entities import cities, find_entities
from index.normalise import Normalised, normalise

_SEASONS = (
    (re.compile(r"春|\bspring\b"), (3, 4, 5)),
    (re.compile(r"夏|\bsummer\b"), (6, 7, 8)),
    (re.compile(r"秋|\bautumn\b"), (9, 10, 11)),
    (re.compile(r"冬|\bwinter\b"), (12, 1, 2)),
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A place where a text names a concept; offsets are those of the text as given."""

    concept: str
    start: int
    end: int


def times_and_places(text: str) -> list[Mention]:
    """Countries (by name or by a city of theirs), months and seasons as concepts, `m:6` for 6月 and June."""
    named = [*(e for e in find_entities(text) if e.kind in ("country", "month")), *cities(text)]
    return [Mention(e.key, e.start, e.end) for e in named] + list(_seasons(normalise(text)))


def _seasons(n: Normalised) -> Iterator[Mention]:
    for pattern, months in _SEASONS:
        for m in pattern.finditer(n.text):
            yield from (Mention(f"m:{month}", *n.original(m.start(), m.end())) for month in months)
