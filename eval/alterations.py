"""True sentences made false by one small change, systematically: what a subtly lying model would write.

Each change is of one kind: a number, a month, a year, a name, a country, an office, an
organisation, a denial, an opposite, or two names or times exchanged within the sentence.
"""

import json
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from index.entities import find_entities
from index.tokenise import language_of
from source.document import Document, Passage
from source.glossary import Term, load_glossary

HONEST = Path(__file__).parent / "honest.jsonl"
TEXTS = Path(__file__).parent / "texts"
_MONTHS = "January February March April May June July August September October November December".split()
_COUNTRIES = {
    "ja": "カザフスタン ウズベキスタン キルギス タジキスタン トルクメニスタン ジョージア アゼルバイジャン アルメニア ロシア 中国 ドイツ インド トルコ".split(),
    "en": "Kazakhstan Uzbekistan Kyrgyzstan Tajikistan Turkmenistan Georgia Azerbaijan Armenia Russia China Germany India Turkey Morocco Latvia".split(),
}
_OFFICES = {
    "ja": "外務副大臣 外務大臣政務官 外務次官 外務第一次官 外務大臣 総理大臣 大統領 副首相 国会議長 駐日大使 市長 副市長 水道局長".split(),
    "en": [
        "State Minister for Foreign Affairs", "Parliamentary Vice-Minister for Foreign Affairs", "First Deputy Foreign Minister",
        "Deputy Foreign Minister", "Foreign Minister", "Prime Minister", "President", "Deputy Prime Minister", "Deputy Mayor", "Ambassador",
        "Harbour Master",
    ],
}  # fmt: skip
_NAMES = {
    "ja": "佐藤 鈴木 田中 イワノフ ナザロフ アリエフ カリモフ".split(),
    "en": "Sato Suzuki Tanaka Ivanov Nazarov Aliyev Karimov Larsen Moreau".split(),
}
# What a model might say instead; kept apart from the words that the check itself knows.
_OPPOSITES = {
    "ja": [
        ("増加", "減少"), ("上昇", "低下"), ("減少", "増加"), ("減った", "増えた"), ("強化", "弱体化"), ("深化", "後退"), ("一致", "対立"), ("合意", "決裂"), ("支持", "反対"), ("歓迎", "非難"),
        ("促進", "阻害"), ("継続", "中断"), ("友好的", "敵対的"), ("友好", "敵対"), ("開始", "終了"), ("迅速", "遅延"), ("平和的", "軍事的"), ("与党", "野党"), ("野党", "与党"),
        ("認める", "拒む"), ("懸念", "満足"), ("全ての", "一部の"), ("一部", "全部"), ("以降", "以前"), ("過半数", "少数"), ("開設", "閉鎖"), ("統合", "分離"), ("豊富", "希少"),
        ("活発化", "停滞"), ("高まっ", "薄れ"), ("立ち上げ", "廃止し"), ("維持", "破棄"), ("貸し出す", "借り受ける"),
    ],
    "en": [
        ("rose", "fell"), ("fell", "rose"), ("increased", "declined"), ("declined", "increased"), ("strengthening", "weakening"), ("strengthen", "weaken"), ("deepening", "loosening"),
        ("support for", "opposition to"), ("supported", "opposed"), ("opposed", "supported"), ("welcomed", "criticised"), ("friendly", "hostile"), ("peaceful", "military"), ("peacefully", "by force"),
        ("opening", "closing"), ("opened", "closed"), ("closed", "opened"), ("agreed", "refused"), ("ruling", "opposition"), ("many", "few"), ("all", "few"), ("part of", "all of"), ("more than", "less than"),
        ("reduced", "increased"), ("postponed", "brought forward"), ("postpone", "bring forward"), ("bought", "sold"), ("purchased", "sold"), ("lent", "borrowed"), ("promoting", "hampering"), ("promote", "hamper"),
        ("abundant", "scarce"), ("concern", "satisfaction"), ("begin", "end"), ("launched", "abolished"), ("smoother", "harder"), ("growing", "shrinking"), ("after", "before"), ("exports", "imports"), ("imports", "exports"),
        ("north", "south"), ("east", "west"), ("continued", "stopped"), ("free and open", "closed"), ("won", "lost"), ("start", "end"),
    ],
}  # fmt: skip
_PAST = {"visited": "visit", "held": "hold", "expressed": "express", "announced": "announce", "welcomed": "welcome", "won": "win", "opened": "open", "agreed": "agree",
         "reached": "reach", "signed": "sign", "exchanged": "exchange", "launched": "launch", "issued": "issue", "urged": "urge", "discussed": "discuss", "met": "meet", "attended": "attend",
         "rose": "rise", "fell": "fall", "handled": "handle", "decided": "decide", "opposed": "oppose", "supported": "support", "told": "tell", "bought": "buy", "concurred": "concur", "paid": "pay",
         "marked": "mark", "increased": "increase", "received": "receive", "congratulated": "congratulate", "cost": "cost", "lent": "lend", "postponed": "postpone", "spoke": "speak", "came": "come", "led": "lead"}  # fmt: skip
_NEGATIONS_JA = [
    ("した。", "しなかった。"), ("された。", "されなかった。"), ("している。", "していない。"), ("られている。", "られていない。"), ("を行った。", "を行わなかった。"), ("している。", "していない。"), ("開かれた。", "開かれなかった。"), ("行われた。", "行われなかった。"),
    ("至った。", "至らなかった。"), ("しました。", "しませんでした。"), ("となった。", "とならなかった。"), ("有する。", "有しない。"), ("占める。", "占めない。"), ("できる。", "できない。"), ("結んだ。", "結ばなかった。"), ("迎えた。", "迎えなかった。"), ("訪れた。", "訪れなかった。"),
    ("しない", "する"), ("行わない", "行う"), ("認めず", "認め"), ("認めなかった", "認めた"), ("経由せず", "経由し"), ("通らずに", "通って"), ("終えると", "終えないと"), ("続けている。", "続けていない。"), ("進めている。", "進めていない。"), ("重要である。", "重要でない。"),
]  # fmt: skip
_NEGATIONS_EN = [
    (" was ", " was not "), (" were ", " were not "), (" has been ", " has not been "), (" is ", " is not "), (" are ", " are not "), (" have ", " have not "), (" has ", " has not "), (" would not ", " would "),
    (" did not recognize ", " recognized "), (" did not accept ", " accepted "), (" did not finish ", " finished "), ("no ship was", "every ship was"), (" must ", " need not "), ("without passing through", "passing through"), ("without going through", "going through"),
]  # fmt: skip
_TOGETHER = re.compile(r"^(?:\s*(?:と|や|及び|および|並びに|、|・|,|and|, and|or|-|–|対|vs\.?|as well as|，)\s*)+$")
_SYMMETRIC = re.compile(
    r"会談|懇談|議論|協議|意見交換|一致|署名|会合|との間|対立|電話|結ん|条約|\b(?:met|meet|meeting|talks?|talked|spoke|discuss|concur|agree|between|together|held|had|at odds|confrontation|exchanged|signed|treaty|convention|bilateral)"
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A true sentence and the passage that it is true of; `written` says that a person worded it anew."""

    text: str
    passage: str
    document: str
    written: bool


@dataclass(frozen=True, slots=True)
class Alteration:
    """A false sentence, the true one it was made from, and the kind of the change."""

    text: str
    kind: str
    sentence: Sentence


def true_sentences(documents: Sequence[Document]) -> list[Sentence]:
    """Every sentence of the documents, every rendering, every paraphrase written for them."""
    found = []
    known = {p.id: p for d in documents for p in d.passages if p.duplicate_of is None}
    for p in known.values():
        found += [Sentence(t, p.id, p.document, False) for t in (p.text, p.rendering) if t]
    return found + honest_sentences(known)


def honest_sentences(known: dict[str, Passage]) -> list[Sentence]:
    """The paraphrases and translations written by hand, of the passages that are known."""
    rows = [json.loads(line) for line in HONEST.read_text(encoding="utf-8").splitlines()]
    return [Sentence(r["text"], r["passage"], known[r["passage"]].document, True) for r in rows if r["passage"] in known]


def alterations(documents: Sequence[Document]) -> list[Alteration]:
    """All alterations of all true sentences, without repetition and without ones that stay true."""
    made: dict[tuple[str, str], Alteration] = {}
    for sentence in true_sentences(documents):
        glossary = load_glossary(sentence.document)
        for kind, text in _altered(sentence.text, glossary):
            if text != sentence.text:
                made.setdefault((text, sentence.passage), Alteration(text, kind, sentence))
    return list(made.values())


def _altered(text: str, glossary: Sequence[Term]) -> Iterator[tuple[str, str]]:
    language = language_of(text)
    yield from (("number", t) for t in _numbers(text))
    yield from (("month", t) for t in _months(text, language))
    yield from (("year", t) for t in _years(text))
    yield from (("country", t) for t in _countries(text, language))
    yield from (("name", t) for t in _names(text, language, glossary))
    yield from (("office", t) for t in _offices(text, language))
    yield from (("denial", t) for t in _denials(text, language))
    yield from (("opposite", t) for t in _opposites(text, language))
    yield from (("exchange", t) for t in _exchanges(text, language, glossary))


def _pick(options: Sequence[str], text: str, salt: str) -> str | None:
    """One of the options that the text does not hold, always the same one."""
    free = [o for o in options if o not in text]
    return free[zlib.crc32(f"{salt}{text}".encode()) % len(free)] if free else None


def _numbers(text: str) -> Iterator[str]:
    for m in re.finditer(r"(?<![0-9.,\-年])(?:[0-9]+(?:\.[0-9]+)?)(?![0-9,]|年|月|日|\))", text):
        if (
            re.match(r"(?:19|20)[0-9]{2}$", m[0])
            or text[max(0, m.start() - 3) : m.start()] in ("COP",)
            or text[m.end() : m.end() + 1] in (",", "万")
        ):
            continue
        other = f"{float(m[0]) + 1.3:.1f}" if "." in m[0] else str(int(m[0]) + 1 + zlib.crc32(text.encode()) % 3)
        yield text[: m.start()] + other + text[m.end() :]
    words = "two three four five six seven eight nine ten".split()
    for m in re.finditer(r"\b(?:three|four|five|seven|nine|[Nn]ine|ninth|fifth|fifteenth)\b", text):
        word = {"ninth": "eighth", "fifth": "sixth", "fifteenth": "fourteenth"}.get(m[0]) or _pick(words[1:], text.lower(), m[0])
        if word:
            yield text[: m.start()] + (word.capitalize() if m[0][0].isupper() else word) + text[m.end() :]


def _months(text: str, language: str) -> Iterator[str]:
    if language == "ja":
        for m in re.finditer(r"(?<![0-9])(1[0-2]|[1-9])月(?!間)", text):
            yield text[: m.start()] + f"{int(m[1]) % 12 + 1}月" + text[m.end() :]
    else:
        for m in re.finditer(rf"\b({'|'.join(_MONTHS)})\b", text):
            yield text[: m.start()] + _MONTHS[(_MONTHS.index(m[1]) + 1) % 12] + text[m.end() :]


def _years(text: str) -> Iterator[str]:
    for m in re.finditer(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])", text):
        if "Expo 2025" not in text:
            yield text[: m.start()] + str(int(m[0]) + 1) + text[m.end() :]
    for m in re.finditer(r"(平成|令和)([0-9]+)年", text):
        yield text[: m.start()] + f"{m[1]}{int(m[2]) + 2}年" + text[m.end() :]


def _countries(text: str, language: str) -> Iterator[str]:
    for e in find_entities(text):
        if e.kind == "country" and len(e.text) > 2 and e.text[:1].isupper() | (language == "ja"):
            other = _pick(_COUNTRIES[language], text, e.text)
            if other:
                yield text[: e.start] + other + text[e.end :]


def _names(text: str, language: str, glossary: Sequence[Term]) -> Iterator[str]:
    """A person or an organisation by another of the glossary, and by one nobody named."""
    for term in glossary:
        name = next((n for n in ((term.ja,) if language == "ja" else term.en) if n in text and len(n) > 1), None)
        if name is None or term.kind not in ("person", "organisation"):
            continue
        for options in (_others(term, name, text, glossary, language), _NAMES[language] if term.kind == "person" else []):
            other = _pick(options, text, name)
            if other:
                yield text.replace(name, other)
    if not glossary:
        for m in re.finditer(r"Solberg|Reyes|Holm|Brandt|Gdynia|田代|白石|豊川|大宮|東亜|南沢", text):
            other = _pick(_NAMES[language], text, m[0])
            if other:
                yield text[: m.start()] + other + text[m.end() :]


def _others(term: Term, name: str, text: str, glossary: Sequence[Term], language: str) -> list[str]:
    """Names of the same kind that share no word with this one and are not in the text under any name."""
    like = [(t.ja if language == "ja" else t.en[0]) for t in glossary if t.kind == term.kind and t is not term]
    words = set(re.findall(r"\w+", name.lower()))
    return [
        o
        for o in like
        if not words & set(re.findall(r"\w+", o.lower())) and name not in o and not _variant(o, text, glossary, language)
    ]


def _variant(name: str, text: str, glossary: Sequence[Term], language: str) -> bool:
    """Whether the text names the same by another name: 外務省 and Foreign Ministry, EU and 欧州連合."""
    groups = [{t.ja, *t.en} for t in glossary if name in (t.ja, *t.en)]
    return any(n in text for g in groups for n in g)


def _offices(text: str, language: str) -> Iterator[str]:
    for office in sorted(_OFFICES[language], key=len, reverse=True):
        if office in text:
            other = _pick(_OFFICES[language], text, office)
            if other:
                yield text.replace(office, other, 1)
            return


def _denials(text: str, language: str) -> Iterator[str]:
    if language == "ja":
        for plain, denied in _NEGATIONS_JA:
            if plain in text:
                at = text.rfind(plain)
                yield text[:at] + denied + text[at + len(plain) :]
                return
        return
    for plain, denied in _NEGATIONS_EN:
        if plain in text and " not" not in text[text.find(plain) + len(plain) - 1 :][:5]:
            yield text.replace(plain, denied, 1)
            break
    for m in re.finditer(rf"(?<!did not )\b({'|'.join(_PAST)})\b", text):
        if re.search(r"\b(?:was|were|been|had|has|have|be|provisionally) $", text[: m.start()]) or text[m.end() :].startswith(
            (" by ", " at ")
        ):
            continue
        yield text[: m.start()] + f"did not {_PAST[m[1]]}" + text[m.end() :]
        break


def _opposites(text: str, language: str) -> Iterator[str]:
    for word, other in _OPPOSITES[language]:
        pattern = rf"\b{word}\b" if language == "en" else re.escape(word)
        if re.search(pattern, text) and other not in text:
            yield re.sub(pattern, other, text, count=1)


def _exchanges(text: str, language: str, glossary: Sequence[Term]) -> Iterator[str]:
    """Two persons, countries or months of one sentence exchanged, unless it stays true that way."""
    persons = [
        (text.find(n), text.find(n) + len(n))
        for t in glossary
        if t.kind == "person"
        for n in ((t.ja,) if language == "ja" else t.en)
        if n in text
    ]
    persons = [s for s in persons if not any(o != s and o[0] <= s[0] and s[1] <= o[1] for o in persons)]
    months = [
        (m.start(), m.end())
        for m in re.finditer(r"(?<![0-9])(?:1[0-2]|[1-9])月" if language == "ja" else "|".join(_MONTHS), text)
    ]
    countries = [(e.start, e.end) for e in find_entities(text) if e.kind == "country" and e.key != "c:JP"]
    for spans in (persons, months, countries):
        ordered = sorted(set(spans))
        for (a, b), (c, d) in pairwise(ordered):
            between = text[b:c]
            if (
                text[a:b] == text[c:d]
                or c < b
                or _TOGETHER.match(between)
                or "及び" in between
                or " and " in between[:5]
                or _stays_true(text, spans is persons)
            ):
                continue
            yield text[:a] + text[c:d] + text[b:c] + text[a:b] + text[d:]


def _stays_true(text: str, persons: bool) -> bool:
    """Who met whom is the same either way, as long as no office goes with the names."""
    titled = re.search(r"相|大臣|次官|政務官|議長|書記|大統領|Minister|President|Speaker|Secretary|Mayor|mayor", text)
    return bool(_SYMMETRIC.search(text)) and not (persons and titled)
