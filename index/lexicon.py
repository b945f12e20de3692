"""The lexicon: words that mean the same, written by hand (`index/lexicon/*.tsv`).

An entry's term, its synonyms and its English equivalents share one concept. Matching is by
sequences of terms, so that an inflected verb or a plural still matches.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

LEXICON_FOLDER = Path(__file__).parent / "lexicon"


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a terms file."""

    term: str
    reading: str
    kind: str
    synonyms: tuple[str, ...]
    english: tuple[str, ...]
    broader: str

    @property
    def phrases(self) -> tuple[str, ...]:
        """Everything that names the concept."""
        return (self.term, *self.synonyms, *self.english)


@dataclass(frozen=True, slots=True)
class Attribute:
    """Something people ask for: how they ask, what type the answer has, what gives it away.

    `evidence` are words of which one stands in any sentence that gives the attribute; empty
    where nothing lexical is needed.
    """

    name: str
    asks_ja: tuple[str, ...]
    asks_en: tuple[str, ...]
    answer_type: str
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class Lexicon:
    """All entries and attributes."""

    entries: tuple[Entry, ...] = ()
    attributes: tuple[Attribute, ...] = ()


def _parts(cell: str) -> tuple[str, ...]:
    return tuple(p.strip() for p in cell.split("|") if p.strip())


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


def load_lexicon(folder: Path) -> Lexicon:
    """Reads `terms*.tsv` and `attributes.tsv` of a folder."""
    entries = tuple(
        Entry(r["term"], r["reading"], r["kind"], _parts(r["synonyms"]), _parts(r["english"]), r["broader"] or "")
        for path in sorted(folder.glob("terms*.tsv"))
        for r in _rows(path)
    )
    attributes = tuple(
        Attribute(r["attribute"], _parts(r["asks_ja"]), _parts(r["asks_en"]), r["answer_type"], _parts(r["evidence_ja"] or ""))
        for path in sorted(folder.glob("attributes*.tsv"))
        for r in _rows(path)
    )
    return Lexicon(entries, attributes)


@lru_cache(maxsize=1)
def default_lexicon() -> Lexicon:
    """The shipped lexicon, read at first use."""
    return load_lexicon(LEXICON_FOLDER)


class SequenceMatcher:
    """Finds known sequences of terms in a sequence of terms, longest first, without overlap."""

    def __init__(self, phrases: Iterable[tuple[str, str]], analyse: Callable[[str], Sequence[str]]) -> None:
        """`phrases` are (phrase, concept) pairs; `analyse` gives a phrase's terms."""
        self._by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for phrase, concept in phrases:
            terms = tuple(analyse(phrase))
            if terms and (len(terms) > 1 or len(terms[0]) > 1):
                self._by_first.setdefault(terms[0], []).append((terms, concept))
        for known in self._by_first.values():
            known.sort(key=lambda k: -len(k[0]))

    def find(self, terms: Sequence[str]) -> Iterator[tuple[int, int, str]]:
        """Yields (start, end, concept) for what stands in `terms`."""
        i = 0
        while i < len(terms):
            hits = [(k, c) for k, c in self._by_first.get(terms[i], ()) if tuple(terms[i : i + len(k)]) == k]
            longest = len(hits[0][0]) if hits else 0
            yield from ((i, i + longest, c) for k, c in hits if len(k) == longest)
            i += max(1, longest)
