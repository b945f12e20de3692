"""Whether each office of a statement goes with the person who holds it in the source."""

from collections.abc import Iterator, Sequence

from rag.alignment import MEANING, Hit
from rag.grounds import Grounds, Side
from rag.words import Word

# How far, in words, an office may stand from the name it belongs to: in Japanese after it, in English before it.
_REACH = {"ja": 5.0, "en": 6.0}
_APPOSITION = 2.6
_TOUCHING = 0.7


def wrong_title(statement: Side, hits: Sequence[Hit], grounds: Grounds) -> str:
    """What is wrong with an office or its holder; empty where nothing is."""
    held = {o.rank for s in grounds.sides for o in s.offices}
    foreign = [o.rank for o in statement.offices if o.rank not in held]
    if foreign:
        return f"office {foreign[0]}"
    unknown = _unknown_holder(statement, hits)
    if unknown:
        return f"name {unknown}"
    for word, hit in zip(statement.words, hits, strict=True):
        ranks = set(_ranks(statement, word.start, word.end))
        if not (word.name or _person(statement, word)) or not ranks:
            continue
        ends = {w.start: w.end for w in grounds.first.words}
        theirs = {r for o in hit.offsets for r in _ranks(grounds.first, o, ends.get(o, o + len(word.text)))}
        if theirs and not ranks <= theirs:
            return f"office {sorted(ranks - theirs)[0]} of {word.text}"
    return ""


def _unknown_holder(statement: Side, hits: Sequence[Hit]) -> str:
    """The uncovered word in front of a Japanese office: a name that no dictionary knows."""
    if statement.language != "ja":
        return ""
    for word, hit in zip(statement.words, hits, strict=True):
        gaps = [o.start - word.end for o in statement.offices]
        if hit.value < MEANING and any(0 <= g <= 1 for g in gaps):
            return word.text
    return ""


def _person(side: Side, word: Word) -> bool:
    return any(m.term.kind == "person" and m.start <= word.start < m.end for m in side.mentions)


def _ranks(side: Side, start: int, end: int) -> Iterator[str]:
    """The ranks that belong to the name at `[start, end)`."""
    for office in side.offices:
        after = side.at(office.start) - side.at(end) >= 0 and _clear(side, end, office.start)
        before = side.at(start) - side.at(office.end) >= 0 and _clear(side, office.end, start)
        if side.language == "ja":
            if after and side.at(office.start) - side.at(end) <= _REACH["ja"]:
                yield office.rank
        elif (before and side.at(start) - side.at(office.end) <= _REACH["en"]) or (
            office.start - end >= 0 and side.text[end : office.start] in (", ", ", the ", ", a ", " as ")
        ):
            yield office.rank


def _clear(side: Side, start: int, end: int) -> bool:
    """Whether no other name, clause or particle stands between."""
    between = side.text[start:end]
    stops = "、。,;がはをにもで" if side.language == "ja" else ",;."
    if any(c in stops for c in between) or (side.language == "ja" and "と" in between):
        return False
    joined = side.language == "en" and any(o.start >= start and o.end <= end for o in side.offices)
    if (
        side.language == "en"
        and not joined
        and any(f" {w} " in f" {between} " for w in ("with", "and", "met", "visited", "on", "by", "held", "told", "from"))
    ):
        return False
    return not any(_person(side, w) and start <= w.start and w.end <= end for w in side.words)
