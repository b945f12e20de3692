"""Changes to training questions so that the reader does not lean on shared words.

A question's content words, those that stand in the answer's sentence first of all, are dropped,
made unknown, or replaced by a word of the same synonym group or by a near one in chiVe.
"""

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from index.reader_features import CONTENT, FIRST, GROUP, GROUP2, IDF, LAST, POS, ROW, SURFACE, TUNED, WORD, Tokens
from index.reader_words import Floats, Ints

NEIGHBOURS, NEAREST, FREQUENT = 4, 0.5, 24000


class Thesaurus:
    """Replacements for words, as token rows: same synonym group, or near in the vectors."""

    def __init__(self, texts: Iterable[Tokens], vectors: Floats) -> None:
        rows = np.concatenate([t.rows for t in texts])
        rows = rows[rows[:, CONTENT] > 0]
        _, first, counts = np.unique(rows[:, WORD], return_index=True, return_counts=True)
        self.rows = rows[first[np.argsort(-counts)[:FREQUENT]]]
        self.near = self._near(vectors)
        self.groups: dict[int, list[Ints]] = defaultdict(list)
        for row in self.rows:
            for group in {int(row[GROUP]), int(row[GROUP2])} - {0}:
                self.groups[group].append(row)

    def _near(self, vectors: Floats) -> dict[int, Ints]:
        """Nearest other words of the same part of speech, by word."""
        unit = vectors[self.rows[:, ROW]]
        unit = unit / np.maximum(np.linalg.norm(unit, axis=1, keepdims=True), 1e-9)
        found: dict[int, Ints] = {}
        for at in range(0, len(unit), 2000):
            likeness = unit[at : at + 2000] @ unit.T
            likeness *= self.rows[at : at + 2000, POS, None] == self.rows[None, :, POS]
            # A shared vector (pruned words) says nothing of meaning: leave likeness 1 out.
            likeness[likeness > 0.999] = 0
            best = np.argpartition(-likeness, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]
            for i, candidates in enumerate(best):
                kept = candidates[likeness[i, candidates] > NEAREST]
                found[int(self.rows[at + i, WORD])] = self.rows[kept]
        return found

    def replacement(self, row: Ints, rng: np.random.Generator) -> Ints | None:
        """Another word for a row, or None."""
        same = [r for g in (int(row[GROUP]), int(row[GROUP2])) if g for r in self.groups[g] if r[WORD] != row[WORD]]
        if same and rng.random() < 0.7:
            return same[rng.integers(len(same))]
        near = self.near.get(int(row[WORD]))
        return near[rng.integers(len(near))] if near is not None and len(near) else None


def unknown(row: Ints, rng: np.random.Generator) -> Ints:
    """A row that matches nothing and has no vector, as a misspelt or foreign word would be."""
    changed = row.copy()
    changed[[SURFACE, WORD]] = rng.integers(1, 2**32)
    changed[[GROUP, GROUP2, ROW, TUNED]] = 0
    changed[[FIRST, LAST]] = 1
    changed[IDF] = 1000
    return changed


def altered(question: Ints, sentence: Ints, thesaurus: Thesaurus, rng: np.random.Generator) -> Ints:
    """A question's rows with some content words dropped, hidden or replaced.

    `sentence` is the rows of the sentence that answers it: words shared with it change more often.
    """
    strength = rng.choice([0.0, 0.15, 0.45], p=[0.4, 0.35, 0.25])
    if strength == 0:
        return question
    shared = np.isin(question[:, WORD], sentence[:, WORD])
    odds = np.where(shared, strength, strength / 2) * (question[:, CONTENT] > 0)
    kept: list[Ints] = []
    for row, hit in zip(question, rng.random(len(question)) < odds, strict=True):
        if not hit:
            kept.append(row)
            continue
        how = rng.random()
        other = thesaurus.replacement(row, rng) if how < 0.65 else None
        if other is not None:
            kept.append(other)
        elif how < 0.85:
            kept.append(unknown(row, rng))
    return np.stack(kept) if kept else question
