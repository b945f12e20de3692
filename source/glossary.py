"""A glossary beside a document: the same name in Japanese and English, written by hand.

`NAME.glossary.tsv` beside `NAME.ja.txt` (or `NAME.txt`) has the columns `ja`, `en` (alternatives
parted by ` | `) and `kind`.
"""

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from source.load import DEFAULT_DOCUMENTS


@dataclass(frozen=True, slots=True)
class Term:
    """One row: a Japanese name, its English ones, and what it names."""

    ja: str
    en: tuple[str, ...]
    kind: str


@lru_cache(maxsize=32)
def load_glossary(document: str, folder: Path = DEFAULT_DOCUMENTS) -> tuple[Term, ...]:
    """The glossary of a document, by its id; empty where there is none."""
    path = folder / f"{document.removesuffix('.ja')}.glossary.tsv"
    if not path.is_file():
        return ()
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return tuple(Term(r["ja"], tuple(e.strip() for e in r["en"].split("|")), r["kind"]) for r in rows)
