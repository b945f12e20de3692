"""Named things and constraints in Japanese and English text, with keys that agree across both.

Countries come from CLDR (through Babel) with everyday and adjectival names; times, ordinals and
numbers from patterns. `6月` and `June` both give `m:6`; `キルギス` and `Kyrgyz` both give `c:KG`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from babel import Locale
from babel.core import get_global

from index.normalise import normalise

# Names beside CLDR's, by country code: short forms, older names, adjectives and peoples.
_ALIASES = """
JP 日本国 japanese|US 米国 アメリカ 米 america usa united states american americans|GB 英国 イギリス 英 britain uk british england
CN 中国 prc chinese|KR 韓国 south korea korean|KP 北朝鮮 dprk north korea|TW 台湾 taiwanese|RU ロシア連邦 露 russian russians
DE 独 german germans|FR 仏 french|IT 伊 italian|ES spanish|IN 印 indian|CA canadian|AU 豪州 豪 australian|UA ウクライナ ukrainian
UZ ウズベク uzbek uzbeks|KZ カザフ kazakh kazakhs kazakhstani|KG キルギスタン キルギス共和国 kirghizia kyrgyz kyrgyz republic kirghiz
TJ タジク tajik tajiks tadjikistan|TM トルクメン turkmen turkmens|AZ azerbaijani azeri azerbaijanis|AM armenian armenians
GE グルジア georgian georgians|TR トルコ turkey turkish turkiye|IR iranian|AF アフガン afghan|MN mongolian|PK pakistani
SA サウジ saudi|AE uae アラブ首長国連邦|IL israeli|PS パレスチナ palestine palestinian|EG egyptian|IQ iraqi|SY syrian
TH thai|VN ベトナム viet nam vietnamese|ID indonesian|MY malaysian|PH フィリピン filipino philippine|SG singaporean|MM ビルマ burma burmese
BR brazilian|MX mexican|AR argentine argentinian|NL オランダ dutch holland the netherlands|BE belgian|CH swiss|SE swedish|NO norwegian
FI finnish|DK danish|PL polish|CZ チェコ czech|HU hungarian|RO romanian|BG bulgarian|GR greek|PT portuguese|IE irish|AT austrian
BY ベラルーシ belarusian|MD モルドバ moldovan|LT lithuanian|LV latvian|EE estonian|RS serbian|HR croatian|ZA 南アフリカ 南ア south african
NG nigerian|KE kenyan|ET ethiopian|NZ new zealander|BD bangladeshi|LK sri lankan|NP nepalese|KH cambodian|LA laotian
"""
_ENGLISH_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_ORDINALS = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
]
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "大正": 1911, "明治": 1867}
_KANJI_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")}

_TIMES = re.compile(
    r"(?P<era>令和|平成|昭和|大正|明治)(?P<eray>元|[0-9]{1,2})年"
    r"|(?P<year>(?<![0-9.,])[12][0-9]{3})(?:年(?![間度]?代)|(?=-)|\b)(?!周年|か国|人|名)"
    r"|(?<![0-9])(?P<month>1[0-2]|[1-9])月(?!間)|(?P<kmonth>十[一二]?|[一二三四五六七八九])月(?!間)"
    rf"|\b(?P<emonth>{'|'.join(_ENGLISH_MONTHS)})\b"
    r"|(?<![0-9])(?P<day>[12][0-9]|3[01]|[1-9])日(?!間)"
    r"|第(?P<ord>[0-9]+|[一二三四五六七八九]|十[一二三四五六七八九]?)(?:回|次|章|節|条|項|期|代|位)?|(?<![0-9])(?P<ord2>[0-9]+)(?:回目|度目|番目|(?:st|nd|rd|th)\b)"
    rf"|\b(?P<eord>{'|'.join(_ORDINALS)})\b"
)


@dataclass(frozen=True, slots=True)
class Entity:
    """A named thing or a constraint. `start`/`end` are offsets in the text as given."""

    kind: str
    key: str
    text: str
    start: int
    end: int


@lru_cache(maxsize=1)
def country_names() -> dict[str, str]:
    """Folded name → ISO 3166 code, in Japanese and English."""
    names: dict[str, str] = {}
    for language in ("en", "ja"):
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha() and code not in ("EU", "EZ", "UN", "ZZ", "XA", "XB", "QO"):
                names[normalise(str(name)).text] = str(code)
    for record in _ALIASES.replace("\n", "|").split("|"):
        code, _, rest = record.strip().partition(" ")
        names |= dict.fromkeys(_alias_list(rest), code)
    return {n: c for n, c in names.items() if len(n) > 1 or not n.isascii()}


def _alias_list(rest: str) -> Iterator[str]:
    """Aliases of a record: English names of several words are known by their neighbours."""
    joined = {
        "united states",
        "south korea",
        "north korea",
        "kyrgyz republic",
        "viet nam",
        "the netherlands",
        "south african",
        "sri lankan",
        "new zealander",
    }
    for name in sorted(joined):
        if name in rest:
            rest = rest.replace(name, "")
            yield name
    yield from rest.split()


@lru_cache(maxsize=1)
def _country_pattern() -> re.Pattern[str]:
    names = sorted((n for n in country_names() if len(n) > 1), key=len, reverse=True)
    ascii_names = "|".join(re.escape(n) for n in names if n.isascii())
    other = "|".join(re.escape(n) for n in names if not n.isascii())
    return re.compile(rf"\b(?:{ascii_names})\b|{other}")


@lru_cache(maxsize=4096)
def find_entities(text: str) -> tuple[Entity, ...]:
    """Countries, years, months, days and ordinals of a text, in order."""
    n = normalise(text)
    found = []
    for m in _country_pattern().finditer(n.text):
        found.append(_entity("country", "c:" + country_names()[m[0]], text, n.original(m.start(), m.end())))
    for m in _TIMES.finditer(n.text):
        entity = _entity(*_time(m), text, n.original(m.start(), m.end()))
        if entity.text not in ("may", "march") or re.search(r"(?:in|of|last|since|by|until) $", n.text[: m.start()]):
            found.append(entity)
    return tuple(sorted(found, key=lambda e: (e.start, e.end)))


def _entity(kind: str, key: str, text: str, span: tuple[int, int]) -> Entity:
    return Entity(kind, key, text[span[0] : span[1]], *span)


def _time(m: re.Match[str]) -> tuple[str, str]:
    g = m.groupdict()
    if g["era"]:
        return "year", f"y:{_ERAS[g['era']] + (1 if g['eray'] == '元' else int(g['eray']))}"
    if g["year"]:
        return "year", f"y:{g['year']}"
    if g["emonth"]:
        return "month", f"m:{_ENGLISH_MONTHS.index(g['emonth']) + 1}"
    if g["month"] or g["kmonth"]:
        return "month", f"m:{g['month'] or _kanji_number(g['kmonth'])}"
    if g["day"]:
        return "day", f"d:{g['day']}"
    if g["eord"]:
        return "ordinal", f"o:{_ORDINALS.index(g['eord']) + 1}"
    number = g["ord"] or g["ord2"]
    return "ordinal", f"o:{int(number) if number.isdigit() else _kanji_number(number)}"


def _kanji_number(text: str) -> int:
    """Up to 十九."""
    if "十" in text:
        tens, _, units = text.partition("十")
        return _KANJI_DIGITS.get(tens, 1) * 10 + _KANJI_DIGITS.get(units, 0)
    return _KANJI_DIGITS[text]


@lru_cache(maxsize=1)
def _cities() -> tuple[re.Pattern[str], dict[str, str]]:
    """Folded names of the cities that CLDR names time zones after, with their country's code."""
    named: dict[str, str] = {}
    for zone, code in get_global("zone_territories").items():
        for language in ("en", "ja"):
            city = Locale(language).time_zones.get(zone, {}).get("city")
            for name in (str(city) if city else "", zone.rsplit("/", 1)[-1].replace("_", " ")):
                folded = normalise(name).text
                if len(folded) > 2 - (not folded.isascii()) and folded not in country_names():
                    named[folded] = code
    longest = sorted(named, key=len, reverse=True)
    latin = "|".join(re.escape(n) for n in longest if n.isascii())
    other = "|".join(re.escape(n) for n in longest if not n.isascii())
    return re.compile(rf"\b(?:{latin})\b|(?:{other})"), named


def cities(text: str) -> list[Entity]:
    """The cities that a text names, keyed by their country: Tashkent or タシケント gives `c:UZ`."""
    pattern, named = _cities()
    n = normalise(text)
    # "oral" is a city of Kazakhstan too: a Latin name must be written as one.
    hits = [m for m in pattern.finditer(n.text) if not m[0].isascii() or text[n.starts[m.start()]].isupper()]
    return [_entity("city", "c:" + named[m[0]], text, n.original(m.start(), m.end())) for m in hits]


def countries_of_cities(text: str) -> list[str]:
    """Keys of the countries whose cities a text names."""
    return [city.key for city in cities(text)]


def keys(text: str, *kinds: str) -> set[str]:
    """The keys of the entities of a text, of the given kinds or of all."""
    return {e.key for e in find_entities(text) if not kinds or e.kind in kinds}
