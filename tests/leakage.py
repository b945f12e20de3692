"""Whether texts that are learnt from hold what is measured."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from index.normalise import fold

# Characters in a row, without marks and blanks, that tell a copy: more than the longest name or set phrase.
LONG, SHORT, ENGLISH, LONG_ENGLISH = 25, 15, 40, 50


def grams(text: str, n: int) -> set[str]:
    bare = re.sub(r"\W", "", fold(text))
    return {bare[i : i + n] for i in range(len(bare) - n + 1)}


def copied(named: Iterable[tuple[str, str]], known: Iterable[str], n: int) -> list[str]:
    """The ids of the texts that share `n` characters in a row with what is known."""
    held = set().union(*(grams(text, n) for text in known))
    return [i for i, text in named if grams(text, n) & held]


def alike(named: Iterable[tuple[str, str]], known: Sequence[str]) -> list[str]:
    """The ids of the questions of whose 5-grams three quarters are those of one known question (Jaccard)."""
    sets = [grams(question, 5) for question in known]
    owners: dict[str, list[int]] = {}
    for number, held in enumerate(sets):
        for gram in held:
            owners.setdefault(gram, []).append(number)
    found = []
    for i, question in named:
        own = grams(question, 5)
        shared = Counter(number for gram in own for number in owners.get(gram, ()))
        if len(own) > 6 and any(n / (len(own) + len(sets[number]) - n) >= 0.75 for number, n in shared.items()):
            found.append(i)
    return found
