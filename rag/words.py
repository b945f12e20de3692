"""The content words of a statement or of a source, each with its place, its concepts and its kind."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from index.entities import find_entities
from index.late_interaction import token_vectors
from index.normalise import fold, kana_skeleton
from index.tokenise import Tokeniser, english_terms, is_content, language_of
from rag.meaning import meanings
from rag.quantities import quantities
from rag.ranks import offices

# A name may be joined by small words, as Port-au-Prince is.
_LATIN = re.compile(r"[A-ZÀ-Þ][\wÀ-ɏ]*(?:-[a-z]{1,3}-[A-ZÀ-Þ][\wÀ-ɏ]*)+|[A-Za-zÀ-ɏ][\wÀ-ɏ]*(?:['’][a-z]+)?")
_KATAKANA = re.compile(r"[ァ-ヶー]{3,}")
# What counts things after a number, and says nothing by itself.
_COUNTER = re.compile(r"位|か国|カ国|か所|番目|件|名|人|回|度|年|号|隻|台|機|基|校|社")
# A break between clauses parts words further than a blank does.
_BREAK = {"、": 3.0, ",": 3.0, "，": 3.0, ";": 4.0, "；": 4.0, "。": 6.0, ":": 2.0, "(": 0.3, ")": 0.3, "\n": 6.0}


@dataclass(frozen=True, slots=True)
class Word:
    """A content word. `term` is its stem or dictionary form; `sound` its reading, for names in kanji."""

    text: str
    term: str
    sound: str
    start: int
    end: int
    concepts: frozenset[str]
    name: bool


def read_words(text: str, tokeniser: Tokeniser, names: Collection[str] = (), common: Collection[str] = ()) -> tuple[Word, ...]:
    """The content words of a text; numbers, times and countries are left to their own checks.

    `names` are words known to be names, so that one at the start of an English sentence is known;
    `common` are small words that a title writes with a capital: the High Court.
    """
    taken = {i for q in quantities(text) for i in range(q.start, q.end)}
    taken |= {i for q in quantities(text) if (m := _COUNTER.match(text, q.end)) for i in range(*m.span())}
    taken |= {i for e in find_entities(text) if e.kind == "country" for i in range(e.start, e.end)}
    words = _english(text, tokeniser, names, common) if language_of(text) == "en" else _japanese(text, tokeniser)
    return tuple(w for w in words if w.start not in taken)


def _english(text: str, tokeniser: Tokeniser, names: Collection[str], common: Collection[str]) -> list[Word]:
    found = []
    titles = {i for o in offices(text) for i in range(o.start, o.end)}
    for m in _LATIN.finditer(text):
        bare = re.sub(r"['’]s?$", "", m[0])
        terms = list(english_terms(fold(bare)))
        if not terms:
            continue
        opening = not text[: m.start()].strip(" \"'“‘(") or text[: m.start()].rstrip(" \"'“‘(")[-1] in ".:!?\n"
        name = bare[0].isupper() and (not opening or bare in names or (bare.isupper() and len(bare) > 1))
        name = name and m.start() not in titles and (bare in names or bare.lower() not in common)
        found.append(Word(bare, terms[0], "", m.start(), m.end(), frozenset(tokeniser.concepts(bare)) | meanings(bare), name))
    return found


def _japanese(text: str, tokeniser: Tokeniser) -> list[Word]:
    found = list(_katakana_names(text, tokeniser))
    joined = {i for w in found for i in range(w.start, w.end)}
    for t in tokeniser.tokens(text):
        if t.start in joined or not is_content(t) or t.pos[1] == "数詞" or t.pos[2] == "助数詞":
            continue
        surface = text[t.start : t.end]
        concepts = frozenset(t.concepts) | frozenset(tokeniser.concepts(surface)) | meanings(surface)
        unknown = bool(_KATAKANA.fullmatch(surface)) and not concepts and t.reading in ("", surface, "キゴウ")
        name = t.pos[1] == "固有名詞" or unknown or bool(re.fullmatch(r"[A-Z]{2,}[0-9]*", surface))
        found.append(Word(surface, t.term, t.reading, t.start, t.end, concepts, name))
    return sorted(found, key=lambda w: w.start)


def _katakana_names(text: str, tokeniser: Tokeniser) -> Iterator[Word]:
    """Runs of katakana that the dictionary breaks into pieces without a meaning: グルマ|ノヴァ."""
    tokens = tokeniser.tokens(text)
    for m in _KATAKANA.finditer(text):
        inside = [t for t in tokens if m.start() <= t.start and t.end <= m.end()]
        if len(inside) > 1 and not any(
            t.concepts or tokeniser.concepts(text[t.start : t.end]) for t in inside if t.end - t.start > 1
        ):
            yield Word(m[0], m[0], m[0], m.start(), m.end(), frozenset(), True)


@lru_cache(maxsize=4096)
def places(text: str) -> NDArray[np.float64]:
    """How far into a text each character stands, in words or so, shape (characters + 1,)."""
    step = 0.45 if language_of(text) == "ja" else 0.18
    steps = [step + _BREAK.get(c, 0.0) for c in text]
    # "and" and "while" part what belongs to one from what belongs to the other.
    for m in re.finditer(r"\b(?:and|while|whereas|but)\b", text):
        steps[m.start()] += 2.0
    return np.concatenate([[0.0], np.cumsum(steps)])


@lru_cache(maxsize=16384)
def word_vector(word: str) -> NDArray[np.float32]:
    """A word's unit vector under the shipped model, shape (dim,); zeros where it has none."""
    vectors = token_vectors(word)
    total = (vectors.unit * vectors.weight[:, None]).sum(axis=0) if len(vectors.weight) else np.zeros(1, dtype=np.float32)
    return np.asarray(total / max(float(np.linalg.norm(total)), 1e-9), dtype=np.float32)


@lru_cache(maxsize=16384)
def weight(word: str) -> float:
    """How telling a word is: the length of its vectors under the shipped model."""
    held = token_vectors(word).weight
    return float(held.sum() / max(len(held), 1) ** 0.5) if len(held) else 1.0


def nearest(word: Word, others: Sequence[Word]) -> tuple[float, int]:
    """The greatest cosine to any of the other words, and which it is; (0, -1) where there are none."""
    if not others:
        return 0.0, -1
    own = word_vector(word.text)
    cosines = [float(own @ v) if own.shape == (v := word_vector(o.text)).shape else 0.0 for o in others]
    best = int(np.argmax(cosines))
    return cosines[best], best


def skeleton(text: str) -> str:
    """A text folded, its kana without spelling variants."""
    return kana_skeleton(fold(text))
