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
from rag.predicates import predicates

# How much nearer, in words, the rival must be, and how many neighbours are asked.
_MARGIN = 2.2
# Between two languages places tell less: the verb stands at the other end.
_MARGIN_ACROSS = 5.0
# How much more than its other company the deed of a time tells where the time belongs.
_DEED = 2.0
_NEIGHBOURS = 5
_FARTHEST = 12.0
# Anchors that stand as near as this are named together: "Kyrgyzstan and Tajikistan".
_TOGETHER = 4.9
# How far before a Japanese name stands what it belongs to.
_ATTACHED = 3.0
_HOME = "c:JP"
_SAME_PLACE = 0.3
_TO = re.compile(r"\s*(?:to|until|till|through|-|–|から|〜|～)\s*")
_TIMES = ("year", "month", "day")
_KINDS = {"y": "year", "m": "month", "d": "day", "n": "number"}


@dataclass(frozen=True, slots=True)
class Anchor:
    """Something that must go with the right things, and where it stands, in words."""

    kind: str
    key: str
    place: float


@dataclass(frozen=True, slots=True)
class Company:
    """What stands near an anchor: its place in the statement, its places in the source, in words."""

    kind: str
    key: str
    place: float
    places: list[float]


def misbound(statement: Side, hits: Sequence[Hit], grounds: Grounds) -> Anchor | None:
    """The first anchor of the statement that goes with another's company; None where all is well."""
    said, held = list(_anchors(statement)), list(_anchors(grounds.first))
    company = _company(statement, hits, grounds, said, held)
    margin = _MARGIN if statement.language == grounds.first.language else _MARGIN_ACROSS
    turned = _turned_round(statement, grounds.first)
    if turned:
        return Anchor("order", turned, 0.0)
    for anchor in said:
        keys = {a.key for a in said if a.kind == anchor.kind and abs(a.place - anchor.place) <= _TOGETHER}
        own = [a.place for a in held if a.kind == anchor.kind and a.key in keys]
        rivals = [a.place for a in held if a.kind == anchor.kind and a.key not in keys]
        rivals = [r for r in rivals if all(abs(r - o) > _TOGETHER for o in own)]
        if own and rivals and _mixed(anchor, own, rivals, _near(anchor, said, company), margin):
            return anchor
    return _misplaced_name(statement, hits, grounds, company, margin)


def _misplaced_name(
    statement: Side, hits: Sequence[Hit], grounds: Grounds, company: Sequence[Company], margin: float
) -> Anchor | None:
    """A Japanese name behind what stands before another name in the source: 経営者連盟の清水会長."""
    first = grounds.first
    if statement.language != "ja" or first.language != "ja":
        return None
    names = {w.start: first.at(w.start) for w in first.words if w.name}
    said = [(w, h) for w, h in zip(statement.words, hits, strict=True) if w.name and h.offsets and h.value >= SAME]
    for word, _ in said:
        place = statement.at(word.start)
        anchor = Anchor("name", word.term, place)
        near = [h.offsets for w, h in said if abs(statement.at(w.start) - place) <= _TOGETHER]
        own = [first.at(o) for offsets in near for o in offsets]
        rivals = [p for o, p in names.items() if all(abs(p - q) > _TOGETHER for q in own)]
        before = [c for c in company if c.kind == "word" and 0 < place - c.place <= _ATTACHED]
        if own and rivals and before and _mixed(anchor, own, rivals, before, margin):
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
    for o in side.offices:
        yield Anchor("office", o.rank, side.at(o.start))
    for m in marks(side.text):
        yield Anchor(f"pole {m.group}", str(m.pole), side.at(m.start))


def _company(
    statement: Side, hits: Sequence[Hit], grounds: Grounds, said: Sequence[Anchor], held: Sequence[Anchor]
) -> list[Company]:
    """What may stand near an anchor."""
    found = []
    deeds = {w.start for w in predicates(statement)}
    for word, hit in zip(statement.words, hits, strict=True):
        if hit.value >= SAME - 0.06 and hit.offsets:
            kind = "name" if word.name else "deed" if word.start in deeds else "word"
            places = [grounds.first.at(o) for o in hit.offsets]
            found.append(Company(kind, word.term, statement.at(word.start), places))
    for anchor in said:
        places = [a.place for a in held if (a.kind, a.key) == (anchor.kind, anchor.key)]
        if places:
            found.append(Company(anchor.kind, anchor.key, anchor.place, places))
    return found


def _near(anchor: Anchor, said: Sequence[Anchor], company: Sequence[Company]) -> list[Company]:
    """The company that an anchor keeps in the statement, nearest first."""
    others = [a.place for a in said if a.kind == anchor.kind and a.key != anchor.key]
    mine = [
        c
        for c in company
        if c.kind != anchor.kind
        and abs(c.place - anchor.place) > _SAME_PLACE
        and all(abs(c.place - anchor.place) < abs(c.place - o) for o in others)
    ]
    return sorted(mine, key=lambda c: abs(c.place - anchor.place))[:_NEIGHBOURS]


def _mixed(anchor: Anchor, own: Sequence[float], rivals: Sequence[float], near: Sequence[Company], margin: float) -> bool:
    """Whether the company stands much nearer to a rival than to the anchor's own place."""
    company = [c for c in near if min(abs(p - q) for p in (*own, *rivals) for q in c.places) < _FARTHEST]
    if not company:
        return False
    timed = anchor.kind in _TIMES

    def gap(place: float) -> float:
        # A word that stands in many places tells less about where this is; when something was, its deed tells best.
        gaps = [
            (min(_FARTHEST, *(abs(place - q) for q in c.places)), (_DEED if timed and c.kind == "deed" else 1) / len(c.places))
            for c in company
        ]
        return sum(g * w for g, w in gaps) / sum(w for _, w in gaps)

    return min(gap(p) for p in own) - min(gap(p) for p in rivals) > margin
