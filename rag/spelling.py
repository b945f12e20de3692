"""Mistyped and kana-only names, mended against the document's own vocabulary.

A run of kana, or a Latin word, that the document does not know is compared with its names by
reading (kana skeleton) and by edit distance (Damerau-Levenshtein, rapidfuzz).
"""

import re
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from index.entities import country_names
from index.late_interaction import token_vectors
from index.local import LocalIndex
from index.normalise import fold, kana_skeleton, katakana, normalise
from index.tokenise import Token

_KATAKANA = re.compile(r"[ァ-ヶー・]{3,}")
_KANA_RUN = re.compile(r"[ぁ-ゖァ-ヶー・]{3,}")
_LATIN_WORD = re.compile(r"[A-Za-z]{4,}")
_CAPITALISED = re.compile(r"\b[A-Z][a-z]{3,}\b")


@dataclass(frozen=True, slots=True)
class Correction:
    """What was typed and what the document calls it."""

    typed: str
    meant: str


class Speller:
    """Corrects a question against the names and words of one index."""

    def __init__(self, index: LocalIndex) -> None:
        self._index = index

    @cached_property
    def _names(self) -> dict[str, str]:
        """Kana skeleton → name as the documents write it: katakana words and names read in kana."""
        found: dict[str, str] = {}
        for document in self._index.documents:
            text = fold(document.text)
            for word in _KATAKANA.findall(text):
                # The parts first, always in one order: ・アスタナ and アスタナ are one skeleton.
                for part in (*word.split("・"), word.strip("・")):
                    if len(part) >= 3:
                        found.setdefault(kana_skeleton(part), part)
            for token in self._index.tokeniser.tokens(document.text):
                if _is_name(token) and len(token.reading) >= 4:
                    found.setdefault(kana_skeleton(token.reading), token.surface)
        return found

    @cached_property
    def _known_kana(self) -> set[str]:
        """Kana words in the documents, so that what the text says is never "corrected"."""
        return {w for d in self._index.documents for w in _KANA_RUN.findall(fold(d.text))}

    @cached_property
    def _latin(self) -> dict[str, str]:
        """Lower-case → written form of the names and terms the index knows in Latin letters."""
        texts = [p.rendering or p.text for p in self._index.passages]
        names = {w.lower(): w for t in texts for w in _CAPITALISED.findall(t)}
        words = {w.lower(): w.lower() for t in texts for w in re.findall(r"\b[a-z]{6,}\b", t)}
        countries = {n: n.title() for n in country_names() if n.isascii() and len(n) > 4}
        return {**countries, **words, **names}

    def correct(self, question: str) -> tuple[str, list[Correction]]:
        """The question with its misspelt names mended, and what was changed."""
        corrections: list[Correction] = []
        for typed, meant in [*self._kana(question), *self._latin_words(question)]:
            if typed != meant and fold(typed) != fold(meant):
                corrections.append(Correction(typed, meant))
        for c in corrections:
            question = question.replace(c.typed, c.meant, 1)
        return question, corrections

    def _kana(self, question: str) -> list[tuple[str, str]]:
        n = normalise(question)
        found = []
        for m in _KANA_RUN.finditer(n.text):
            match = self._match_run(m[0])
            if match:
                start, end, meant = match
                a, b = n.original(m.start() + start, m.start() + end)
                found.append((question[a:b], meant))
        return found

    def _match_run(self, run: str) -> tuple[int, int, str] | None:
        """The part of a kana run that names something known: exactly by reading, else nearly."""
        if run in self._known_kana:
            return None
        for length in range(len(run), 2, -1):
            for start in range(len(run) - length + 1):
                piece = run[start : start + length]
                meant = self._names.get(kana_skeleton(piece))
                if meant and len(kana_skeleton(piece)) >= 3 and _is_different(piece, meant):
                    return start, start + length, meant
                if meant:
                    return None
        return self._nearly(run)

    def _nearly(self, run: str) -> tuple[int, int, str] | None:
        """A katakana (or long hiragana) word one or two edits from a known name."""
        m = _KATAKANA.match(run) or re.match(r"[ぁ-ゖー]{5,}", run)
        if not m:
            return None
        for end in range(m.end(), 3, -1):
            skeleton = kana_skeleton(run[:end])
            limit = 1 if len(skeleton) < 7 else 2
            hit = process.extractOne(skeleton, self._names.keys(), scorer=DamerauLevenshtein.distance, score_cutoff=limit)
            if hit and len(hit[0]) >= 4 and hit[0][0] == skeleton[0]:
                return 0, end, self._names[hit[0]]
            if katakana(run[:end]) == run[:end] and end == m.end():
                continue
        return None

    def _latin_words(self, question: str) -> list[tuple[str, str]]:
        found = []
        for word in _LATIN_WORD.findall(question):
            low = word.lower()
            if low in self._latin or self._is_english(low):
                continue
            limit = 1 if len(low) < 7 else 2
            hit = process.extractOne(low, self._latin.keys(), scorer=DamerauLevenshtein.distance, score_cutoff=limit)
            if hit and hit[0][0] == low[0]:
                found.append((word, self._latin[hit[0]]))
        return found

    @staticmethod
    def _is_english(word: str) -> bool:
        """Whether the shipped model knows the word as one piece: then it is no slip of the pen."""
        return len(token_vectors(word).weight) == 1


def _is_different(piece: str, meant: str) -> bool:
    return fold(piece) != fold(meant)


def _is_name(token: Token) -> bool:
    return "固有名詞" in token.pos
