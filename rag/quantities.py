"""Numbers and times of a text under keys that agree across scripts and languages.

`y:2004` is 2004年, 平成16年 and 2004; `m:6` is 6月 and June; `n:15` is 第15回, 15th, fifteen and 15;
`n:3800000000` is 38億 and 3.8 billion; `u:%` is % and per cent.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from index.entities import find_entities
from index.normalise import normalise

_ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_WORDS = {w: i for i, w in enumerate(_ONES.split())} | {w: 10 * i for i, w in enumerate(_TENS.split(), 2)}
_ORDINAL_TENS = {"twentieth": 20, "thirtieth": 30, "fortieth": 40, "fiftieth": 50}
_SCALES = {
    "万": 10**4, "億": 10**8, "兆": 10**12,
    "hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12,
}  # fmt: skip
_SMALL_SCALES = {"": 1, "百": 100, "千": 1000}
_KANJI = {c: i for i, c in enumerate("〇一二三四五六七八九")}
_COUNTERS = "つ|回|度|年|人|名|件|本|か国|カ国|ヶ国|箇国|台|隻|基|校|社|か所|箇所|か月|カ月|ヶ月|月|日|週|倍|割|次|番|者|国|点|氏|都市|州|県|機"
_NUMBER = re.compile(
    r"(?<![0-9a-z.])(?P<mixed>(?:[0-9][0-9,]*(?:\.[0-9]+)?[千百]?[兆億万])+(?:[0-9][0-9,]*)?[千百]?|[0-9]+[千百](?!分))"
    r"|(?<![0-9a-z.])(?P<tenths>[0-9](?:\.[0-9])?)(?=割)"
    r"|(?<![0-9a-z.])(?P<digits>[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?)"
    r"(?P<scale>\s?(?:hundred|thousand|million|billion|trillion)\b)?"
    r"(?P<ordinal>st|nd|rd|th)?(?![0-9])"
    rf"|(?P<kanji>[一二三四五六七八九十百]+)(?=(?:{_COUNTERS}))"
    rf"|\b(?P<word>(?:{'|'.join(_TENS.split())})(?:[- ](?:{'|'.join(_ONES.split()[1:10])}))?|{'|'.join(_ONES.split())}|twentieth|thirtieth|fortieth|fiftieth)\b(?:\s(?P<wscale>hundred|thousand|million|billion))?"
)
_MONTH = "january|february|march|april|may|june|july|august|september|october|november|december"
_DAY = "(?:[12][0-9]|3[01]|[1-9])"
_RANGE = r"\s?(?:to|and|until|through|-|–)\s?"
# One day or two: "May 14", "14 May", "6 to 9 December", "December 6-9".
_DAY_EN = re.compile(
    rf"\b(?:{_MONTH})\s(?P<after>{_DAY})(?:{_RANGE}(?P<last>{_DAY}))?(?![0-9:]|,[0-9]|\s(?:{_MONTH}))"
    rf"|\b(?:(?P<first>{_DAY}){_RANGE})?(?P<before>{_DAY})\s(?:of\s)?(?:{_MONTH})\b"
)
# COP29, G7, SDG16: another number is another thing.
_CODE = re.compile(r"(?<![a-z0-9])(?P<letters>[a-z]{1,5})-?(?P<number>[0-9]{1,4})(?![0-9a-z])")
_FIRST_JA = re.compile(r"最初|初(?=の|めて|となる|回|会合|開催|訪問)")
_UNITS = (
    ("u:%", re.compile(r"%|(?<=[0-9])割|\bper ?cent\b|パーセント|\bpercent\b")),
    ("u:point", re.compile(r"ポイント|\bpercentage points?\b")),
    ("u:yen", re.compile(r"(?<=[0-9万億兆])\s?円|\byen\b|¥")),
    ("u:usd", re.compile(r"ドル|\bdollars?\b|\$|\busd\b")),
    ("u:eur", re.compile(r"ユーロ|\beuros?\b|€")),
    ("u:km", re.compile(r"キロメートル|\bkilomet(?:er|re)s?\b|(?<=[0-9])\s?km\b")),
    ("u:tonne", re.compile(r"トン(?!ネル)|\btonn?es?\b")),
    ("u:hour", re.compile(r"時間|\bhours?\b")),
    ("u:week", re.compile(r"週間|\bweeks?\b")),
)
# A number of small worth in running prose: "one of", "two sides" say little and are checked apart.
_TRIVIAL_EN = re.compile(
    r"\bone(?: of| another|\b)|\btwo (?:sides|countries|ministers|men|leaders|officials|nations|foreign)|\bthe two\b|\bzero\b"
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number, time or unit with the range it takes in the text as given."""

    key: str
    start: int
    end: int


@lru_cache(maxsize=8192)
def quantities(text: str) -> tuple[Quantity, ...]:
    """All quantities of a text, in order.

    >>> [q.key for q in quantities("平成16年6月に第15回会合、38億円")]
    ['y:2004', 'm:6', 'n:15', 'n:3800000000', 'u:yen']
    >>> [q.key for q in quantities("the fifteenth meeting in June 2004, 3.8 billion yen")]
    ['n:15', 'm:6', 'y:2004', 'n:3800000000', 'u:yen']
    """
    found = [Quantity(_key(e.key), e.start, e.end) for e in find_entities(text) if e.kind != "country"]
    n = normalise(text)
    for m in _DAY_EN.finditer(n.text):
        found += [
            Quantity(f"d:{m[name]}", *n.original(*m.span(name))) for name in ("after", "last", "first", "before") if m[name]
        ]
    found += [Quantity("n:1", *n.original(*m.span())) for m in _FIRST_JA.finditer(n.text)]
    found += [Quantity(f"k:{m['letters']}{m['number']}", *n.original(*m.span())) for m in _CODE.finditer(n.text)]
    taken = {i for q in found for i in range(q.start, q.end)}
    trivial = {i for m in _TRIVIAL_EN.finditer(n.text) for i in range(*m.span())}
    for m in _NUMBER.finditer(n.text):
        start, end = n.original(*m.span())
        if start not in taken and not (m["word"] in ("one", "two", "zero") and m.start() in trivial | _after_the(m, trivial)):
            value = _value(m)
            if value is not None:
                found.append(Quantity(f"n:{value}", start, end))
    for key, pattern in _UNITS:
        found += [Quantity(key, *n.original(*m.span())) for m in pattern.finditer(n.text)]
    return tuple(sorted(found, key=lambda q: (q.start, q.end)))


def _after_the(m: re.Match[str], trivial: set[int]) -> set[int]:
    return {m.start()} if m.start() - 1 in trivial else set()


def _key(key: str) -> str:
    return "n:" + key[2:] if key.startswith("o:") else key


def _value(m: re.Match[str]) -> str | None:
    if m["kanji"]:
        return _kanji(m["kanji"])
    if m["word"]:
        return str(sum(_words(m["word"])) * _SCALES.get(m["wscale"] or "", 1))
    if m["tenths"]:
        return _plain(Decimal(m["tenths"]) * 10)
    if m["mixed"]:
        return _plain(_mixed(m["mixed"]))
    return _plain(Decimal(m["digits"].replace(",", "")) * _SCALES.get((m["scale"] or "").strip(), 1))


def _mixed(text: str) -> Decimal:
    """The number that digits and 千, 万, 億 make together.

    >>> [str(_mixed(t)) for t in ("12万4,000", "4億2千万", "1兆2,000億", "3千")]
    ['124000', '420000000', '1200000000000', '3000']
    """
    total = Decimal(0)
    for digits, small, scale in re.findall(r"([0-9][0-9,.]*)([千百]?)([兆億万]?)", text):
        total += Decimal(digits.replace(",", "").rstrip(".")) * _SMALL_SCALES[small] * _SCALES.get(scale, 1)
    return total


def _plain(value: Decimal) -> str:
    return str(int(value)) if value == value.to_integral_value() else format(value.normalize(), "f")


def _words(text: str) -> Iterator[int]:
    for word in re.split(r"[- ]", text):
        yield _ORDINAL_TENS.get(word, _WORDS.get(word, 0))


def _kanji(text: str) -> str | None:
    total, digits = 0, ""
    for c in text:
        if c in "十百":
            total += (_KANJI[digits[-1]] if digits else 1) * (10 if c == "十" else 100)
            digits = ""
        else:
            digits += c
    if len(digits) > 1 and total:
        return None
    return str(total + int("".join(str(_KANJI[c]) for c in digits) or 0))
