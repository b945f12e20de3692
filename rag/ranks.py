"""Offices by rank, the same in Japanese and English: a deputy minister is not a minister."""

import re
from dataclasses import dataclass
from functools import lru_cache

from index.normalise import normalise

# First match at a place wins: from the particular to the plain.
_RANKS = (
    ("deputy prime", r"副(?:首相|総理)|(?:deputy|vice)[- ]prime minister"),
    ("prime", r"総理(?:大臣)?|首相|prime minister|premier"),
    ("state minister", r"副大臣|state minister"),
    ("parliamentary vice", r"政務官|parliamentary vice[- ]minister"),
    ("first deputy minister", r"第一次官|first (?:deputy|vice)(?: foreign)?[- ]minister"),
    ("deputy minister", r"次官|(?:deputy|vice)[- ](?:\w+ ){0,2}minister|under[- ]?secretary"),
    ("minister", r"大臣|(?:外|防衛|財務|内|法|蔵|エネルギー|関係|教育|産業|農業|環境|運輸|文化|保健|労働|経済|国防|科学|通信|観光)相(?!互|談|手|当|違)|\bministers?\b(?! of foreign affairs of )"),
    ("vice president", r"副大統領|vice[- ]president"),
    ("president", r"大統領|\bpresident\b"),
    ("vice speaker", r"副議長|deputy speaker|vice[- ]speaker|deputy chair\w*"),
    ("speaker", r"議長(?!国|声明)|\bspeaker\b|chair(?:man|woman|person) of the (?:mejlis|parliament)"),
    ("deputy mayor", r"副市長|(?:deputy|vice)[- ]mayor"),
    ("mayor", r"市長|\bmayor\b"),
    ("deputy governor", r"副知事|(?:deputy|vice)[- ]governor"),
    ("governor", r"知事|\bgovernor\b"),
    ("secretary", r"書記(?!官)|\bsecretary\b(?!-general)"),
    ("secretary-general", r"事務総長|事務局長|secretary[- ]general"),
    ("press secretary", r"報道官|press secretary"),
    ("ambassador", r"大使(?!館)|\bambassador\b"),
    ("consul", r"領事(?!館)|\bconsul\b"),
    ("director", r"局長|部長|\bdirector(?:-general)?\b"),
    ("harbour master", r"港長|harbou?r master"),
    ("emperor", r"天皇|皇帝|\bemperor\b"),
    ("king", r"国王|\bking\b|\bqueen\b"),
    ("general", r"将軍|\bgeneral\b(?! assembly| election)"),
    ("leader", r"首脳|\bleaders?\b|heads? of state"),
)  # fmt: skip
_PATTERN = re.compile("|".join(f"(?P<r{i}>{pattern})" for i, (_, pattern) in enumerate(_RANKS)))


@dataclass(frozen=True, slots=True)
class Office:
    """A rank with the range that its words take in the text as given."""

    rank: str
    start: int
    end: int


@lru_cache(maxsize=8192)
def offices(text: str) -> tuple[Office, ...]:
    """The offices that a text names, in order.

    >>> [o.rank for o in offices("外務副大臣と外務次官")] == [o.rank for o in offices("the State Minister and the Deputy Foreign Minister")]
    True
    """
    n = normalise(text)
    return tuple(Office(_RANKS[int(str(m.lastgroup)[1:])][0], *n.original(*m.span())) for m in _PATTERN.finditer(n.text))
