"""Spans of a sentence that could be an answer of a given type, by form and part of speech."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from index.entities import find_entities
from index.normalise import normalise
from index.tokenise import Token, Tokeniser

_OFFICE = (
    r"(?:国務|外務|経済産業|防衛|財務|内閣|総理|首席|筆頭|第一|副|前|元|新|現)*(?:総理大臣|大臣政務官|副大臣|政務官|外務大臣|大臣|首相|大統領|国王|皇太子|議長|"
    r"外相|蔵相|財務相|国防相|次官|長官|事務総長|総裁|会長|社長|理事長|書記|知事|市長|副市長|大使|公使|領事|報道官|議員|委員長|代表|教授|博士|氏|さん)"
)
_NUMBER = re.compile(
    r"(?:約|およそ|第)?[0-9]+(?:[.,・][0-9]+)*(?:兆|億|万|千|百)?(?:余り|余)?"
    r"(?:年代|年間|周年|か国|カ国|ヶ国|か月|回目|回|人|名|社|校|件|本|つ|個|点|票|議席|%|パーセント|割|円|ドル|ユーロ|トン|キロ|km|メートル|m|度|歳|日間|日|時間|分|番目|位|本柱|種類|世帯|隻|機|台)+"
)
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


def candidate_spans(text: str, answer_type: str, tokeniser: Tokeniser) -> list[TypedSpan]:
    """Spans of `text` of a type, in order. Types without a form of their own give none."""
    finders = {"person": _persons, "place": _places, "country": _countries}
    if answer_type in finders:
        return list(finders[answer_type](text, tokeniser))
    patterns = {
        "date": (_YEAR_RANGE, _DATE),
        "duration": (_YEAR_RANGE, _NUMBER, _DATE),
        "count": (_NUMBER,),
        "organisation": (_ORGANISATION,),
        "reason": (_REASON,),
    }
    return _matches(text, patterns.get(answer_type, ()))


def _matches(text: str, patterns: tuple[re.Pattern[str], ...]) -> list[TypedSpan]:
    """Matches of the first pattern that matches at all, in the text's own offsets."""
    n = normalise(text)
    for pattern in patterns:
        found = [TypedSpan(*n.original(m.start(), m.end())) for m in pattern.finditer(n.text)]
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


def _name_end(tokens: list[Token], i: int) -> int:
    """Where a run of name-like tokens that begins at `i` ends."""
    j = i
    while j < len(tokens) and (_is_person(tokens[j]) or _is_katakana_name(tokens[j]) or (j > i and tokens[j].surface in "・()")):
        j += 1
    return j


def _is_katakana_name(token: Token) -> bool:
    return bool(re.fullmatch(r"[ァ-ヶー]{2,}", token.surface)) and "地名" not in token.pos


def _office_end(text: str, tokens: list[Token], j: int) -> int:
    """The end of an office that follows token j-1, or 0."""
    start = tokens[j - 1].end
    m = re.match(rf"(?:[・]?[一-龠ァ-ヶー・]{{0,12}}?)(?:{_OFFICE}|相)(?:兼(?:{_OFFICE}|外相))?", text[start : start + 30])
    return start + m.end() if m else 0


def _places(text: str, tokeniser: Tokeniser) -> Iterator[TypedSpan]:
    """Runs of place names."""
    tokens = tokeniser.tokens(text)
    i = 0
    while i < len(tokens):
        j = i
        while j < len(tokens) and (
            "地名" in tokens[j].pos
            or (j > i and tokens[j].surface == "・" and j + 1 < len(tokens) and "地名" in tokens[j + 1].pos)
        ):
            j += 1
        if j > i:
            yield TypedSpan(tokens[i].start, tokens[j - 1].end)
        i = max(j, i + 1)
