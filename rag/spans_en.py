"""Spans of an English sentence that could be an answer of a given type, by form."""

import re

_NAME = r"[A-Z][\w'’-]+"
_MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_SMALL = r"one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|hundreds?|thousands?|millions?|billions?"
_FIGURE = rf"(?:[0-9][0-9,]*(?:\.[0-9]+)?|\b(?:{_SMALL})\b)(?: (?:hundred|thousand|million|billion|trillion))?"
PATTERNS: dict[str, tuple[re.Pattern[str], ...]] = {
    "person": (
        re.compile(rf"\b(?:(?:Mr|Mrs|Ms|Dr|Prof)\.? |(?:{_NAME} )*(?:Minister|President|Secretary|Speaker|Ambassador|Governor|Mayor) ){_NAME}(?: {_NAME})*"),
        re.compile(rf"\b{_NAME}(?: (?:[A-Z]\.|{_NAME}))+"),
    ),
    "place": (re.compile(rf"(?<=\b(?:in|at|to) ){_NAME}(?:[ ,-]+{_NAME})*|(?<=\b(?:from|near) ){_NAME}(?: {_NAME})*"),),
    "date": (re.compile(rf"\b{_MONTH}(?: [0-9]{{1,2}})?(?:,? [0-9]{{4}})?|\b[0-9]{{1,2}} {_MONTH}(?: [0-9]{{4}})?|\b[12][0-9]{{3}}\b"),),
    "duration": (
        re.compile(r"\b[12][0-9]{3}\s?[-–to]+\s?[12][0-9]{3}\b"),
        re.compile(rf"{_FIGURE} (?:year|month|week|day|hour|minute)s?\b"),
    ),
    "amount": (re.compile(rf"[$€£¥] ?{_FIGURE}|{_FIGURE} (?:US )?(?:dollars?|yen|euros?|pounds?)\b"),),
    "count": (re.compile(rf"{_FIGURE}(?: ?(?:%|percent|[a-z]+))?"),),
    "organisation": (
        re.compile(rf"\b(?:{_NAME} (?:of |for |and )?)*(?:Ministry|Agency|Organi[sz]ation|Union|Committee|Council|Bank|University|Party|Company|Office)\b"),
        re.compile(r"\b[A-Z]{2,8}\b"),
    ),
    "reason": (re.compile(r"\b(?:because|due to|owing to|in order to|thanks to)\b[^.;]+"),),
}  # fmt: skip
