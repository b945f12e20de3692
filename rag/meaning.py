"""Words that mean the same in running prose, written by hand over how people reword news and reports.

`rag/paraphrases.txt` has one group a line, in both languages; the poles of `rag/opposites.txt` are
groups too. A group marked with ~ is of light words, which a sentence may have or leave out. An English word of a group is known by its stem, a Japanese one by how it begins.
"""

from collections import defaultdict
from functools import lru_cache
from pathlib import Path

from index.normalise import fold
from index.tokenise import english_terms
from rag.polarity import marks

_GROUPS = Path(__file__).parent / "paraphrases.txt"
_LONGEST = 6
LIGHT = "light"


@lru_cache(maxsize=1)
def _known() -> dict[str, frozenset[str]]:
    groups: dict[str, set[str]] = defaultdict(set)
    for number, line in enumerate(_GROUPS.read_text(encoding="utf-8").splitlines()):
        for word in line.removeprefix("~").split():
            keys = list(english_terms(word)) if word.isascii() else [fold(word)]
            for key in keys:
                groups[key].add(LIGHT if line.startswith("~") else f"q{number}")
                groups[key].add(f"q{number}")
    return {word: frozenset(found) for word, found in groups.items()}


@lru_cache(maxsize=16384)
def meanings(word: str) -> frozenset[str]:
    """The groups that a word belongs to.

    >>> bool(meanings("purchased") & meanings("bought")), bool(meanings("開催") & meanings("held"))
    (True, True)
    """
    folded = fold(word)
    known = _known()
    if word.isascii():
        found = frozenset(g for key in english_terms(folded) for g in known.get(key, ()))
    else:
        found = next(
            (
                known[folded[:n]]
                for n in range(min(len(folded), _LONGEST), 0, -1)
                if folded[:n] in known and (n > 1 or len(folded) == 1)
            ),
            frozenset(),
        )
    return found | {f"p{m.group}.{m.pole}" for m in marks(word)}
