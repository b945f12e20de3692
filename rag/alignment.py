"""Where in a source each word of a statement has its like, and how sure that is."""

from collections.abc import Sequence
from dataclasses import dataclass

from index.normalise import fold
from rag.grounds import Grounds, Side
from rag.meaning import LIGHT
from rag.naming import sounds_like, spelt_alike
from rag.words import Word, nearest, skeleton

EXACT, SAME, MEANING = 1.0, 0.95, 0.9
# From which cosine on a word counts at all, and from which in full.
_FAINT, _NEAR = 0.3, 0.7


@dataclass(frozen=True, slots=True)
class Hit:
    """How well a word is covered, in [0, 1], and the offsets of its likes in the first side."""

    value: float
    offsets: tuple[int, ...] = ()


def align(statement: Side, grounds: Grounds) -> list[Hit]:
    """One hit for each word of the statement."""
    return [_hit(word, statement, grounds) for word in statement.words]


def _hit(word: Word, statement: Side, grounds: Grounds) -> Hit:
    first = grounds.first
    offsets = _offsets(word, first)
    if offsets:
        # Where the same word stands elsewhere too, one that means the same may be the one that is meant.
        alike = [] if word.name else [w.start for w in first.words if _shared(word, w)]
        return Hit(EXACT, tuple(dict.fromkeys(offsets + alike)))
    mentioned = _mentioned(word, statement, grounds)
    if mentioned is not None:
        return mentioned
    # A Latin word may stand in a Japanese text as it is; sounds are compared only where the source has one language.
    if word.text.isascii() and any(_offsets_as_written(word, side) for side in grounds.sides[1:]):
        return Hit(EXACT)
    if word.name:
        return Hit(SAME) if any(same_name(word, w) for w in grounds.subject) else _meaning(word, first, names=True)
    return _meaning(word, first, names=False)


def _offsets(word: Word, side: Side) -> list[int]:
    found = [w.start for w in side.words if w.term == word.term or (word.name and w.name and same_name(word, w))]
    if not found and skeleton(word.text) in side.folded and not word.text.isascii():
        return side.find(word.text) or [w.start for w in side.words if skeleton(word.text) in skeleton(w.text)]
    if not found and word.text.isascii() and side.language == "ja" and len(word.text) > 1:
        return side.find(word.text)
    return found


def _offsets_as_written(word: Word, side: Side) -> list[int]:
    return side.find(word.text) if len(word.text) > 1 else []


def _mentioned(word: Word, statement: Side, grounds: Grounds) -> Hit | None:
    """By a glossary term that both hold."""
    around = [m for m in statement.mentions if m.start <= word.start and word.end <= m.end and m.term.ja in grounds.terms]
    if not around:
        return None
    keys = {m.term.ja for m in around}
    return Hit(SAME, tuple(m.start for m in grounds.first.mentions if m.term.ja in keys))


def _shared(one: Word, other: Word) -> frozenset[str]:
    return (one.concepts & other.concepts) - {LIGHT}


def _meaning(word: Word, side: Side, *, names: bool) -> Hit:
    sharing = [w.start for w in side.words if _shared(word, w)]
    if sharing or LIGHT in word.concepts:
        return Hit(MEANING, tuple(sharing))
    if names:
        return Hit(0.0)
    cosine, best = nearest(word, side.words)
    value = min(max((cosine - _FAINT) / (_NEAR - _FAINT), 0.0), 1.0) * 0.8
    return Hit(value, (side.words[best].start,) if value > 0.4 else ())


def same_name(one: Word, other: Word) -> bool:
    """Whether two words spell one name, in one script or in two."""
    latin = [w.text.isascii() for w in (one, other)]
    if all(latin):
        return spelt_alike(one.text, other.text)
    if not any(latin):
        return skeleton(one.text) == skeleton(other.text) or fold(one.text) in fold(other.text)
    kana, roman = (other, one) if latin[0] else (one, other)
    return any(sounds_like(k, roman.text) for k in (kana.sound, kana.text) if k)


def landmarks(statement: Side, hits: Sequence[Hit], grounds: Grounds) -> list[tuple[int, tuple[int, ...]]]:
    """Offsets in the statement with the offsets of their likes in the first side: words, countries, numbers."""
    first = grounds.first
    found = [(w.start, h.offsets) for w, h in zip(statement.words, hits, strict=True) if h.offsets and h.value >= MEANING]
    for mine, theirs in ((statement.countries, first.countries), (statement.quantities, first.quantities)):
        for a in mine:
            likes = tuple(b.start for b in theirs if b.key == a.key)
            found += [(a.start, likes)] if likes else []
    return found
