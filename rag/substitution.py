"""A word put in the place of another in a sentence that is otherwise copied.

Where a statement repeats its source word for word around one spot, what stands at that spot must
mean the same as what stood there: nobody paraphrases one word by an unrelated one.
"""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from index.normalise import fold
from index.tokenise import Tokeniser
from rag.alignment import MEANING, Hit
from rag.grounds import Side

_TOKEN_EN = re.compile(r"[a-zà-ɏ0-9]+(?:['’][a-z]+)?")
# What only points at what was named before: 同条約.
POINTS = re.compile(r"[同本当各両該諸]")
# How much is copied around the spot, how large the spot may be, how much of the statement is copied at all.
_FLANK = 2
_SPOT = 4
_SPOT_IN_SOURCE = 6
_TOGETHER = 3.2
_COPIED = 0.55
_NEARLY_ALL = 0.8


def substituted(statement: Side, hits: Sequence[Hit], source: Side, tokeniser: Tokeniser) -> str:
    """The first word that took another's place; empty where there is none."""
    if statement.language != source.language:
        return ""
    mine, theirs = _tokens(statement.text, tokeniser), _tokens(source.text, tokeniser)
    matcher = SequenceMatcher(None, [t for t, _ in mine], [t for t, _ in theirs], autojunk=False)
    codes = matcher.get_opcodes()
    copied = sum(b - a for tag, a, b, _, _ in codes if tag == "equal")
    if copied < _COPIED * len(mine):
        return ""
    doubtful = {w.start: w.text for w, h in zip(statement.words, hits, strict=True) if h.value < MEANING}
    kept = {o for h in hits if h.value >= MEANING for o in h.offsets}
    content = {w.start for w in source.words}
    for i, (tag, a, b, c, d) in enumerate(codes):
        if tag != "replace" or b - a > _SPOT or d - c > _SPOT_IN_SOURCE or not _flanked(codes, i, len(mine)):
            continue
        new = [doubtful[s] for _, s in mine[a:b] if s in doubtful]
        lost = [s for _, s in theirs[c:d] if s in content and s not in kept and not POINTS.match(source.text, s)]
        if new and lost:
            return new[0]
        if copied < _NEARLY_ALL * len(mine):
            continue
        moved = _moved(_typed(statement, mine[a:b]), _typed(source, theirs[c:d]), statement, source)
        if moved:
            return moved
    return ""


def _flanked(codes: Sequence[tuple[str, int, int, int, int]], i: int, length: int) -> bool:
    """Whether enough is copied on both sides of a spot; the statement's edge counts as a side."""
    before = codes[i - 1][2] - codes[i - 1][1] if i > 0 and codes[i - 1][0] == "equal" else 0
    after = codes[i + 1][2] - codes[i + 1][1] if i + 1 < len(codes) and codes[i + 1][0] == "equal" else 0
    sides = (before > 0 or codes[i][1] == 0) and (after > 0 or codes[i][2] == length)
    return sides and before + after >= _FLANK


def _typed(side: Side, spot: Sequence[tuple[str, int]]) -> dict[str, tuple[str, float]]:
    """The names, countries, numbers and times at a spot: kind → key and place."""
    starts = {s for _, s in spot}
    found = {q.key[0]: (q.key, side.at(q.start)) for q in side.quantities if q.start in starts and q.key[0] in "ymdn"}
    for a in side.countries:
        if a.start in starts:
            found["country"] = (a.key, side.at(a.start))
    for m in side.mentions:
        if m.start in starts and m.term.kind in ("person", "organisation"):
            found["name"] = (m.term.ja, side.at(m.start))
    return found


def _moved(new: dict[str, tuple[str, float]], lost: dict[str, tuple[str, float]], statement: Side, source: Side) -> str:
    """What stands where another of its kind stood, unless the two are named together anyway."""
    for kind, (key, place) in new.items():
        other = lost.get(kind)
        if other is None or other[0] == key:
            continue
        beside = [a.key for a in statement.countries if abs(statement.at(a.start) - place) <= _TOGETHER]
        if other[0] not in beside:
            return key
    return ""


def _tokens(text: str, tokeniser: Tokeniser) -> list[tuple[str, int]]:
    """Every token with its offset, function words too."""
    if text.isascii() or not re.search(r"[぀-ヿ一-鿿]", text):
        return [(fold(m[0]), m.start()) for m in _TOKEN_EN.finditer(text.lower())]
    return [(t.term if t.term.strip() else t.surface, t.start) for t in tokeniser.tokens(text) if t.surface.strip()]
