"""What stands right before a word: "investment treaty" for "tax treaty", 義務 for 努力義務.

A word put before a head that the source also has, in the place of what the source has there, makes
another thing of it wherever it stands; and what the source only calls provisional is not the thing itself.
"""

import re
from collections.abc import Sequence

from rag.alignment import MEANING, Hit
from rag.denial import place_of
from rag.grounds import Grounds, Side
from rag.predicates import predicates
from rag.substitution import POINTS
from rag.words import Word

_WEAKENS = re.compile(
    r"\b(?:provisional|interim|draft|proposed|planned|tentative|preliminary|partial|non-binding|would-be|acting|former|possible|potential)\W*$"
    r"|(?:努力|暫定|試験的?な?|予備的?な?|準|仮|部分的?な?|検討中の|予定の|前|元|非公式|名誉)$"
)
_PLANNED = re.compile(
    r"(?:を|する|を行う|していく|の)*(?:方針|予定|見込|意向|計画|考え|ことを(?:検討|目指|求め|促)|よう(?:求め|促|要請))"
)
_PLANS = re.compile(r"方針|予定|見込|意向|計画|考え|検討|目指|求め|促|要請|向け")
_JOINS = {"ja": re.compile(r"の?"), "en": re.compile(r"[\s\"'“”‘’-]{1,2}")}


def exchanged_modifier(statement: Side, hits: Sequence[Hit], source: Side) -> str:
    """The word that took the place of another before a word that both have; empty where there is none."""
    if statement.language != source.language:
        return ""
    kept = {o for h in hits if h.value >= MEANING for o in h.offsets}
    held = {w.start: w for w in source.words}
    ending = {w.end: w for w in source.words}
    for (word, hit), (head, likes) in zip(
        zip(statement.words, hits, strict=True), zip(statement.words[1:], hits[1:], strict=True), strict=False
    ):
        if hit.value >= MEANING or likes.value < MEANING or not likes.offsets or not _joined(statement, word.end, head.start):
            continue
        lost = [_before(source, held.get(o), ending) for o in likes.offsets]
        if all(w is not None and w.start not in kept for w in lost):
            return word.text
    return ""


def dropped_weakening(statement: Side, hits: Sequence[Hit], grounds: Grounds) -> str:
    """The word that the source weakens, or only plans, and the statement does not; empty where there is none."""
    source = grounds.first
    if statement.language != source.language:
        return ""
    deeds = {w.start for w in predicates(statement)}
    planned = bool(_PLANS.search(statement.text))
    for i, (word, hit) in enumerate(zip(statement.words, hits, strict=True)):
        if hit.value < 1 or not hit.offsets:
            continue
        place = place_of(i, statement, hits, grounds)
        if not source.text[place:].startswith(word.text[:2]):
            continue
        if _weakened(source.text, place) and not _weakened(statement.text, word.start):
            return word.text
        if word.start in deeds and not planned and _PLANNED.match(source.text, place + len(word.text)):
            return word.text
    return ""


def _weakened(text: str, offset: int) -> bool:
    return bool(_WEAKENS.search(text[max(0, offset - 16) : offset]))


def _joined(side: Side, end: int, start: int) -> bool:
    return start >= end and bool(_JOINS[side.language].fullmatch(side.text[end:start]))


def _before(source: Side, head: Word | None, ending: dict[int, Word]) -> Word | None:
    """The word that a head of the source has right before it."""
    if head is None:
        return None
    found = next((ending[e] for e in range(head.start, head.start - 3, -1) if e in ending), None)
    if found is not None and POINTS.match(found.text):
        return None
    return found if found is not None and _joined(source, found.end, head.start) else None
