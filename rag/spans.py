"""Spans of a sentence that could be an answer of a given type, by form and part of speech."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from index.entities import find_entities
from index.normalise import fold, normalise
from index.tokenise import Token, Tokeniser, language_of
from rag.focus import focus_of
from rag.question import Question
from rag.spans_en import PATTERNS

_OFFICE = (
    r"(?:国務|外務|経済産業|防衛|財務|内閣|総理|首席|筆頭|第一|副|前|元|新|現)*(?:総理大臣|大臣政務官|副大臣|政務官|外務大臣|大臣|首相|大統領|国王|皇太子|議長|"
    r"外相|蔵相|財務相|国防相|次官|長官|事務総長|総裁|会長|社長|理事長|書記|知事|市長|副市長|大使|公使|領事|報道官|議員|委員長|代表|教授|博士|氏|さん)"
)
_NUMBER = re.compile(
    r"(?:約|およそ|第)?[0-9]+(?:[.,・][0-9]+)*(?:兆|億|万|千|百)?(?:余り|余)?(?:か国|カ国|ヶ国|か月|回目|パーセント|本柱|(?![年月日])[一-龠%a-zァ-ヶ]{1,4})"
)
_MONEY = re.compile(r"(?:約|およそ)?[0-9][0-9,.]*(?:兆|億|万|千|百)*(?:円|米?ドル|ユーロ|ポンド|元|ウォン|ルーブル)")
# The unit that a question asks for: 何人 wants a number of 人, 何日 a day and not a month.
_UNIT = re.compile(r"何(か国|カ国|ヶ国|か月|[一-龠%])|何(パーセント)")
_UNIT_EN = re.compile(r"\b(?:what|which) (year|month|day|date)\b")
_COUNTED_EN = re.compile(
    r"\bhow many (?:[a-z-]+ )?(people|workers|persons|officials|countries|nations|states|seats|times|meetings|votes)\b"
)
_COUNTERS = {"countries": "国", "nations": "国", "states": "国", "seats": "議席", "times": "回", "meetings": "回", "votes": "票"}
_UNITS_EN = {"year": "年", "month": "月", "day": "日", "date": "日"}
_YEAR_RANGE = re.compile(r"[0-9]{4}年?\s*[-~〜～から]+\s*[0-9]{4}年(?:まで|末)?")
_DATE = re.compile(
    r"(?:(?:令和|平成|昭和|大正|明治)(?:元|[0-9]+)年|[12][0-9]{3}年)(?:[0-9]{1,2}月(?:[0-9]{1,2}日)?)?(?:末|初め|初頭|前半|後半|春|夏|秋|冬)?"
    r"|[0-9]{1,2}月(?:[0-9]{1,2}日)?(?:末|上旬|中旬|下旬)?|[0-9]{1,2}世紀"
)
_ORGANISATION = re.compile(
    r"[一-龠ァ-ヶー・A-Za-z()]{1,24}(?:機構|連合|共同体|委員会|理事会|議会|連盟|協会|同盟|省|庁|党|銀行|大学|センター|基金|財団|会社|社|機関|フォーラム|協議会)"
    r"(?:\([A-Za-z]+\))?|[A-Z]{2,8}"
)
_REASON = re.compile(r"[^、。]{4,}?(?:ため|ことにより|によって|により|ことから|として|を受け|を目的に|に向け(?:て)?)(?=[、。で])")


@dataclass(frozen=True, slots=True)
class TypedSpan:
    """A half-open range of a text."""

    start: int
    end: int


_EXPANSION = re.compile(r"(?P<short>[A-Za-z]{2,10})\s*:\s*(?P<full>\S.*)$")
_BRACKETED = re.compile(r"(?P<full>[一-龠ァ-ヶーA-Za-z0-9第]{3,40})\((?P<short>[A-Z][A-Za-z0-9]{1,9})\)")
# Types whose answers have no form that could be looked for.
_FORMLESS = ("thing", "topic", "yes-no", "reason")


def has_answer_type(question: Question, text: str, tokeniser: Tokeniser) -> float:
    """Whether a span of the asked type, not named in the question itself, is there; 0.5 for types without a form."""
    if question.answer_type in _FORMLESS:
        return 0.5
    if question.answer_type == "definition":
        return 1.0 if definition(question, text) else 0.5
    if asks_identity(question):
        return float(bool(holders_of_office(question, text, candidate_spans(text, "person", tokeniser), tokeniser)))
    asked = fold(question.text)
    spans = [text[s.start : s.end] for s in candidate_spans(text, question.answer_type, tokeniser)]
    unit = _asked_unit(asked) if language_of(text) == "ja" else None
    return float(any(fold(s) not in asked and (unit is None or unit in fold(s)) for s in spans))


# "Who is the minister" asks for the very office it names; "whom did the minister meet" does not.
_IDENTITY = re.compile(
    r"(?:は|って|とは|の名前は|の氏名は)(?:誰|だれ|どなた|何という)|^\s*who(?:'s| is| was| are| were) |の(?:名前|氏名)"
)


def asks_identity(question: Question) -> bool:
    """Whether a question asks who holds an office that it names."""
    return question.answer_type == "person" and focus_of(question) is not None and bool(_IDENTITY.search(fold(question.text)))


def holders_of_office(question: Question, text: str, spans: list[TypedSpan], tokeniser: Tokeniser) -> list[TypedSpan]:
    """The person spans that carry the office asked for, as a word or a concept: 首相 is not 副首相."""
    office = focus_of(question) or ""
    concepts = set(tokeniser.concepts(office))
    # The lexicon knows "prime minister" as a whole; its single words would let any minister in.
    wanted = {c for c in concepts if c.startswith("l:")} or concepts | {t.term for t in tokeniser.tokens(office)}
    wanted |= {t.term for t in tokeniser.tokens(office) if question.language == "ja"}
    return [s for s in spans if wanted & _long_terms(text[s.start : s.end], tokeniser)]


def _long_terms(text: str, tokeniser: Tokeniser) -> set[str]:
    """Words in mode C and their concepts: the long form of a compound, not its parts; 相 is a 大臣."""
    terms: set[str] = set()
    for token in tokeniser.tokens(text):
        word = "大臣" if token.surface == "相" else token.surface
        terms |= {token.term, word, *token.concepts}
        if len(tokeniser.words(word)) == 1:
            terms |= set(tokeniser.concepts(word))
    return terms


def _asked_unit(folded: str) -> str | None:
    """The counter or unit that the answer must carry, where the question names one."""
    if m := _UNIT_EN.search(folded):
        return _UNITS_EN[m[1]]
    if m := _COUNTED_EN.search(folded):
        return _COUNTERS.get(m[1], "人")
    m = _UNIT.search(folded)
    return (m[1] or m[2]) if m else None


def candidate_spans(text: str, answer_type: str, tokeniser: Tokeniser) -> list[TypedSpan]:
    """Spans of `text` of a type, in order. Types without a form of their own give none."""
    return list(_candidate_spans(text, answer_type, tokeniser))


@lru_cache(maxsize=20000)
def _candidate_spans(text: str, answer_type: str, tokeniser: Tokeniser) -> list[TypedSpan]:
    """The same passages are looked through for every question: what is in them is kept. The list must not be changed."""
    if language_of(text) == "en" and answer_type != "country":
        return _matches(text, PATTERNS.get(answer_type, ()), fold_first=False)
    finders = {"person": _persons, "place": _places, "country": _countries}
    if answer_type in finders:
        return list(finders[answer_type](text, tokeniser))
    patterns = {
        "date": (_YEAR_RANGE, _DATE),
        "duration": (_YEAR_RANGE, _NUMBER, _DATE),
        "amount": (_MONEY,),
        "count": (_NUMBER,),
        "organisation": (_ORGANISATION,),
        "reason": (_REASON,),
    }
    return _matches(text, patterns.get(answer_type, ()))


def _matches(text: str, patterns: tuple[re.Pattern[str], ...], *, fold_first: bool = True) -> list[TypedSpan]:
    """Matches of the first pattern that matches at all, in the text's own offsets."""
    n = normalise(text)
    for pattern in patterns:
        if fold_first:
            found = [TypedSpan(*n.original(m.start(), m.end())) for m in pattern.finditer(n.text)]
        else:
            found = [TypedSpan(m.start(), m.end()) for m in pattern.finditer(text)]
        if found:
            return found
    return []


def _countries(text: str, tokeniser: Tokeniser) -> Iterator[TypedSpan]:
    yield from (TypedSpan(e.start, e.end) for e in find_entities(text) if e.kind == "country")


def _persons(text: str, tokeniser: Tokeniser) -> Iterator[TypedSpan]:
    """A name with the office that follows it: 辻󠄀清人外務副大臣, イブラエフ・エネルギー相."""
    tokens = tokeniser.tokens(text)
    i = 0
    while i < len(tokens):
        j = _name_end(tokens, i)
        if j > i:
            end = _office_end(text, tokens, j)
            if end or any(_is_person(t) for t in tokens[i:j]):
                yield TypedSpan(tokens[i].start, end or tokens[j - 1].end)
            i = j
        else:
            i += 1


def _is_person(token: Token) -> bool:
    return "人名" in token.pos


def _name_end(tokens: Sequence[Token], i: int) -> int:
    """Where a run of name-like tokens that begins at `i` ends."""
    j = i
    while j < len(tokens) and (_is_person(tokens[j]) or _is_katakana_name(tokens[j]) or (j > i and tokens[j].surface in "・()")):
        j += 1
    return j


def _is_katakana_name(token: Token) -> bool:
    return bool(re.fullmatch(r"[ァ-ヶー]{2,}", token.surface)) and "地名" not in token.pos


def _office_end(text: str, tokens: Sequence[Token], j: int) -> int:
    """The end of an office that follows token j-1, or 0."""
    start = tokens[j - 1].end
    m = re.match(rf"(?:[・]?[一-龠ァ-ヶー・]{{0,12}}?)(?:{_OFFICE}|相)(?:兼(?:{_OFFICE}|外相))?", text[start : start + 30])
    return start + m.end() if m else 0


def _places(text: str, tokeniser: Tokeniser) -> Iterator[TypedSpan]:
    """Runs of place names; a country at either end is left out: アゼルバイジャン・バクー is the place バクー."""
    tokens = tokeniser.tokens(text)
    countries = {(e.start, e.end) for e in find_entities(text) if e.kind == "country"}
    i = 0
    while i < len(tokens):
        j = i
        while j < len(tokens) and (
            "地名" in tokens[j].pos
            or (j > i and tokens[j].surface == "・" and j + 1 < len(tokens) and "地名" in tokens[j + 1].pos)
        ):
            j += 1
        first, last = i, j - 1
        while first < last and (_country_token(tokens[first], countries) or tokens[first].surface == "・"):
            first += 1
        while last > first and (_country_token(tokens[last], countries) or tokens[last].surface == "・"):
            last -= 1
        if j > i:
            yield TypedSpan(tokens[first].start, tokens[last].end)
        i = max(j, i + 1)


def _country_token(token: Token, countries: set[tuple[int, int]]) -> bool:
    return (token.start, token.end) in countries


def definition(question: Question, text: str) -> tuple[int, int] | None:
    """The other half of `SCO: Shanghai …` or of 上海協力機構(SCO)."""
    n = normalise(text)
    asked = fold(question.text)
    for pattern in (_EXPANSION, _BRACKETED):
        for m in re.finditer(pattern.pattern, n.text, re.IGNORECASE):
            if re.search(rf"(?<![a-z]){re.escape(m['short'])}(?![a-z])", asked) and m["full"] not in asked:
                return n.original(m.start("full"), m.end("full"))
            if m["full"] in asked:
                return n.original(m.start("short"), m.end("short"))
    return None
