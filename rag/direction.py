"""Who does what to whom: 表敬 of a president by a minister is not of a minister by a president."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from index.normalise import normalise
from rag.grounds import Side

_PREDICATES = (
    ("visit", r"\bvisit(?:ed|s|ing)?\b(?! to\b)|\bvisits? to\b|\btravel(?:l?ed|s)? to\b|\bcame to\b|\bwent to\b|\barrived in\b", r"訪問|訪れ"),
    ("call on", r"\bcourtesy (?:calls?|visits?) (?:on|to)\b", r"表敬"),
    ("urge", r"\burg(?:ed|es|ing)\b|\bcall(?:ed|s) (?:up)?on\b|\bpressed\b|\brequested\b|\basked\b", r"促[しすさ]|求め|要請|要求"),
    ("attack", r"\baggression against\b|\binva(?:ded|sion of)\b|\battack(?:ed|s)?(?: on)?\b", r"侵略|侵攻|攻撃"),
    ("support", r"\bsupport(?:ed|s|ing)?(?: for)?\b", r"支持|支援"),
    ("welcome", r"\bwelcom(?:ed|es|ing)\b", r"歓迎"),
    ("congratulate", r"\bcongratulat(?:ed|es|ions to)\b", r"祝意|祝福"),
    ("lend", r"\b(?:lent|lends?|lending)\b", r"貸し出|貸与|貸[しせす]"),
    ("defeat", r"\b(?:defeat(?:ed|s)?|beat)\b", r"破[りっ]|勝利"),
)  # fmt: skip
_PATTERNS = [(name, re.compile(en), re.compile(ja)) for name, en, ja in _PREDICATES]
_JAPAN = re.compile(r"訪日|来日")
_CLAUSE_EN = re.compile(r"[,;]|\band\b|\bwho\b|\bwhich\b|\bthat\b|\bwhile\b")
Identity = Callable[[int], str]


@dataclass(frozen=True, slots=True)
class Deed:
    """A predicate with those who do it and those it is done to, by key."""

    predicate: str
    agents: frozenset[str]
    patients: frozenset[str]


def deeds(side: Side, identity: Identity) -> list[Deed]:
    """The deeds of a text; `identity` gives the key of the actor at an offset."""
    actors = sorted(
        [(a.start, a.end, a.key) for a in side.countries] + [(w.start, w.end, identity(w.start)) for w in side.words if w.name]
    )
    read = _japanese if side.language == "ja" else _english
    found = []
    n = normalise(side.text)
    for name, en, ja in _PATTERNS:
        for m in (ja if side.language == "ja" else en).finditer(n.text):
            start, end = n.original(*m.span())
            found.append(read(name, side.text, start, end, actors))
    if side.language == "ja":
        for m in _JAPAN.finditer(side.text):
            made = _japanese("visit", side.text, m.start(), m.end(), actors)
            found.append(Deed("visit", made.agents, frozenset({"c:JP"})))
    return found


def _english(name: str, text: str, start: int, end: int, actors: list[tuple[int, int, str]]) -> Deed:
    breaks = [m.end() for m in _CLAUSE_EN.finditer(text[:start])]
    opening = breaks[-1] if breaks else 0
    agents = [key for a, _, key in actors if opening <= a < start]
    if breaks and text[:opening].endswith("who"):
        agents = [key for a, _, key in actors if a < opening][-1:]
    stop = re.search(
        r"[,;.]|\bin (?:\w+uary|March|April|May|June|July|August|\w+ber)\b|\b(?:to|for|by|during|after|where)\b|$", text[end:]
    )
    until = end + (stop.start() if stop else 0)
    patients = [key for a, _, key in actors if end <= a < until]
    passive = re.search(r"\b(?:was|were|is|are|been|being)\s+$", text[:start]) is not None
    if passive:
        by = re.match(r".{0,40}?\bby\b", text[end:])
        doers = [key for a, _, key in actors if by and end + by.end() <= a < end + by.end() + 60]
        return Deed(name, frozenset(doers[:2]), frozenset(agents))
    return Deed(name, frozenset(agents), frozenset(patients))


def _japanese(name: str, text: str, start: int, end: int, actors: list[tuple[int, int, str]]) -> Deed:
    agents: set[str] = set()
    patients: set[str] = set()
    opening = max(text.rfind("。", 0, start), text.rfind("し、", 0, start), text.rfind("い、", 0, start)) + 1
    for a, b, key in actors:
        if not opening <= a < start:
            continue
        rest = text[b:start]
        of_another = rest.startswith("の") and any(b <= x[0] < start for x in actors)
        if of_another and (goal := _belongs_to(b, start, actors, text)):
            (agents if goal == "agent" else patients).add(key)
        elif of_another or re.match(r"[^、。がはをに]{0,14}(?:が|(?<![でに])は|(?<![でに])も|による)", rest):
            agents.add(key)
        elif re.match(r"[^。がはを]{0,24}(?:を|に|へ|に対し|$)", rest):
            patients.add(key)
    following = re.match(r"(?:した|する|中の)", text[end:])
    if following and (after := [x for x in actors if x[0] >= end + following.end()]) and after[0][0] - end < 14:
        agents.add(after[0][2])
    return Deed(name, frozenset(agents), frozenset(patients))


def _belongs_to(end: int, start: int, actors: list[tuple[int, int, str]], text: str) -> str:
    """What the actor is that another one's の leads to, カザフスタンの首都アスタナを: `agent`, `patient`, or nothing."""
    owner = next((x for x in actors if end <= x[0] < start), None)
    if owner is None:
        return ""
    rest = text[owner[1] : start]
    if re.match(r"[^、。がはをに]{0,14}(?:が|(?<![でに])は|(?<![でに])も|による)", rest):
        return "agent"
    return "patient" if re.match(r"[^、。がはを]{0,10}(?:を|に|へ)", rest) else ""


def reversed_deed(statement: list[Deed], source: list[Deed], implied: frozenset[str]) -> Deed | None:
    """A deed of the statement done to, or by, those who in the source are on its other end; `implied` are the topic's countries."""
    for deed in statement:
        like = [d for d in source if d.predicate == deed.predicate]
        agents, patients = (frozenset().union(*(getattr(d, f) for d in like)) for f in ("agents", "patients"))
        if not like:
            continue
        if any(a in patients and a not in agents for a in deed.agents):
            return deed
        persons, theirs_too = ({a for a in g if a and not a.startswith("c:")} for g in (deed.agents, agents))
        if deed.predicate == "visit" and persons and theirs_too and not persons & theirs_too:
            return deed
        for kind in (True, False):
            mine = {p for p in deed.patients if p.startswith("c:") == kind}
            theirs = {p for p in patients if p.startswith("c:") == kind} | (implied if kind and patients else frozenset())
            if any(p in agents and p not in patients for p in mine) or (kind and theirs and mine - theirs):
                return deed
    return None
