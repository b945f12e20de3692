"""Whether each name, number and time of a statement goes with the same things as in its source.

"Kishida in August, Iwaya in November" must not become "Iwaya in August" though every word is
there. For each such anchor, the words near it in the statement are looked up in the source: where
they stand much nearer to another anchor of the same kind, the statement has mixed two things up.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.alignment import SAME, Hit
from rag.grounds import Grounds, Side
from rag.polarity import marks

# How much nearer, in words, the rival must be, and how many neighbours are asked.
_MARGIN = 2.2
_NEIGHBOURS = 5
_FARTHEST = 12.0
# Anchors that stand as near as this are named together: "Kyrgyzstan and Tajikistan".
_TOGETHER = 4.9
_HOME = "c:JP"
_SAME_PLACE = 0.3
_TO = re.compile(r"\s*(?:to|until|till|through|-|–|から|〜|～)\s*")
_KINDS = {"y": "year", "m": "month", "d": "day", "n": "number"}


@dataclass(frozen=True, slots=True)
class Anchor:
    """Something that must go with the right things, and where it stands, in words."""

    kind: str
    key: str
    place: float


def misbound(statement: Side, hits: Sequence[Hit], grounds: Grounds) -> Anchor | None:
    """The first anchor of the statement that goes with another's company; None where all is well."""
    said, held = list(_anchors(statement)), list(_anchors(grounds.first))
    company = _company(statement, hits, grounds, said, held)
    turned = _turned_round(statement, grounds.first)
    if turned:
        return Anchor("order", turned, 0.0)
    for anchor in said:
        keys = {a.key for a in said if a.kind == anchor.kind and abs(a.place - anchor.place) <= _TOGETHER}
        own = [a.place for a in held if a.kind == anchor.kind and a.key in keys]
        rivals = [a.place for a in held if a.kind == anchor.kind and a.key not in keys]
        rivals = [r for r in rivals if all(abs(r - o) > _TOGETHER for o in own)]
        if own and rivals and _mixed(anchor, own, rivals, _near(anchor, said, company)):
            return anchor
    return None


def _turned_round(statement: Side, source: Side) -> str:
    """A span of time, "from March to August", whose ends have changed places."""
    held = {(a, b) for a, b in _spans(source)}
    return next((f"{a} {b}" for a, b in _spans(statement) if (b, a) in held), "")


def _spans(side: Side) -> Iterator[tuple[str, str]]:
    for a, b in pairwise(q for q in side.quantities if q.key[0] in "ymd"):
        if _TO.fullmatch(side.text[a.end : b.start]):
            yield a.key, b.key


def _anchors(side: Side) -> Iterator[Anchor]:
    for q in side.quantities:
        if q.key[0] in _KINDS:
            yield Anchor(_KINDS[q.key[0]], q.key, side.at(q.start))
    for a in side.countries:
        if a.key != _HOME:
            yield Anchor("country", a.key, side.at(a.start))
    for m in marks(side.text):
        yield Anchor(f"pole {m.group}", str(m.pole), side.at(m.start))


def _company(
    statement: Side, hits: Sequence[Hit], grounds: Grounds, said: Sequence[Anchor], held: Sequence[Anchor]
) -> list[tuple[float, list[float], tuple[str, str]]]:
    """What may stand near an anchor: its place in the statement, its places in the source, what it is."""
    found: list[tuple[float, list[float], tuple[str, str]]] = []
    for word, hit in zip(statement.words, hits, strict=True):
        if hit.value >= SAME - 0.06 and hit.offsets:
            kind = "name" if word.name else "word"
            found.append((statement.at(word.start), [grounds.first.at(o) for o in hit.offsets], (kind, word.term)))
    for anchor in said:
        places = [a.place for a in held if (a.kind, a.key) == (anchor.kind, anchor.key)]
        if places:
            found.append((anchor.place, places, (anchor.kind, anchor.key)))
    return found


def _near(
    anchor: Anchor, said: Sequence[Anchor], company: Sequence[tuple[float, list[float], tuple[str, str]]]
) -> list[list[float]]:
    """The places in the source of the company that an anchor keeps in the statement."""
    others = [a.place for a in said if a.kind == anchor.kind and a.key != anchor.key]
    mine = []
    for place, places, (kind, key) in company:
        gap = abs(place - anchor.place)
        if (
            gap > _SAME_PLACE
            and kind != anchor.kind
            and all(gap < abs(place - o) for o in others)
            and (kind, key) != (anchor.kind, anchor.key)
        ):
            mine.append((gap, places))
    return [places for _, places in sorted(mine, key=lambda m: m[0])[:_NEIGHBOURS]]


def _mixed(anchor: Anchor, own: Sequence[float], rivals: Sequence[float], company: Sequence[Sequence[float]]) -> bool:
    company = [c for c in company if min(abs(p - q) for p in (*own, *rivals) for q in c) < _FARTHEST]
    if not company:
        return False

    def gap(place: float) -> float:
        # A word that stands in many places tells less about where this is.
        gaps = [(min(_FARTHEST, *(abs(place - q) for q in places)), 1 / len(places)) for places in company]
        return sum(g * w for g, w in gaps) / sum(w for _, w in gaps)

    return min(gap(p) for p in own) - min(gap(p) for p in rivals) > _MARGIN
