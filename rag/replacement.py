"""A new thing in the place of its like: では、キルギスは? asks of Kyrgyzstan what was asked before."""

import re
from collections.abc import Iterator
from functools import lru_cache

from index.entities import Entity, find_entities
from index.lexicon import default_lexicon
from index.normalise import fold
from index.tokenise import Token, Tokeniser, language_of
from rag.given import WH_JA, has_name
from rag.topic import ABOUT_JA

_NOUNS = ("名詞", "接頭辞", "接尾辞", "形状詞")
# What is asked of a thing rather than a thing: by its last character, or as the noun of an act.
_ATTRIBUTE = re.compile(
    r"(?:[額数率費料金量値比差日年月期先元者長相員使名地国点策法語的力性度]|理由|原因|目的|場所|会場|内容|金額|結果|背景|割合|規模|条件|対象|相手|代表|司会|成立|開始|終了|発足)$"
)
# What points beside the thing before rather than at another one.
_RELATIVE = re.compile(
    r"^(?:次|次回|その次|今回|前回|今|今年|以前|現在|実際|当初|残り|他|ほか|もう(?:一人|一つ|一方)|最初|最後|初日|後半|前半|後|前|元|逆|反対|全体|合計|全部"
    r"|[0-9一二三四五]+(?:番目|回目|年目|人目|位|つ目))$"
)
_EVENT = re.compile(
    r"(?:式|会|会議|会談|選挙|開会|閉会|協議|就任|発足|成立|発効|署名|開始|終了|完成|公開|開業|着工|採択|施行|批准|締結|訪問|訪日|交渉)$"
)
# Those who act, by their last character.
_ACTOR = re.compile(r"(?:政府|側|国|省|庁|党|者|民|社|大臣|首相|外相|大統領|議会|[市県町村軍人])$")
_WHEN_OR_WHERE = re.compile(r"いつ|どこで|何[年月日]")
_TIMES = ("year", "month", "day")
_PREPOSITIONS = r"in|on|at|to|from|with|by|for|of|about|under|during|after|before|since|among|between|against"


def replaced(subject: str, last: str, tokeniser: Tokeniser) -> str | None:
    """`last` asked of `subject` instead of its like; None where it has none.

    `subject` may carry a particle or a preposition, as in 2月には or "in June".
    """
    english = language_of(last) == "en"
    bare, own = _parted(subject, english)
    if not bare or is_relative(bare):
        return None
    if english:
        return _by_entity(re.sub(r"^(?:the|an?) ", "", bare), last) or _english(bare, own, last)
    # What is asked comes before the topic that it is asked of.
    about, mark, asked = last.rpartition(ABOUT_JA)
    found = _by_entity(bare, asked) or _by_phrase(bare, asked, tokeniser)
    return about + mark + found if found else _by_entity(bare, last)


def is_relative(noun: str) -> bool:
    """Whether a noun says only how a thing stands to the one before: 次, 残り, もう一人, 2番目."""
    return bool(_RELATIVE.match(noun))


def is_attribute(noun: str) -> bool:
    """Whether a noun is something asked of a thing, such as 総額 or 議長, rather than a thing."""
    return fold(noun) in _attributes() or bool(_ATTRIBUTE.search(noun))


@lru_cache(maxsize=1)
def _attributes() -> frozenset[str]:
    return frozenset(fold(a.name) for a in default_lexicon().attributes)


def _parted(subject: str, english: bool) -> tuple[str, str]:
    """The thing and its particle or preposition."""
    if english:
        m = re.match(rf"^(?:({_PREPOSITIONS})\s+)?(.+)$", subject, re.IGNORECASE)
        return (m[2], (m[1] or "").lower()) if m else ("", "")
    m = re.match(r"^(.+?)(から|まで|より|のとき|に|で|と|へ|の)?$", subject)
    return (m[1], m[2] or "") if m else ("", "")


def _by_entity(bare: str, last: str) -> str | None:
    """Countries take the place of countries, times of times of their kind."""
    new = find_entities(bare)
    if not new:
        return None
    first, lead = new[0], bare[: new[0].start]
    if first.kind in _TIMES and not lead:
        return _by_time(bare, new, last)
    old = [e for e in find_entities(last) if e.kind == first.kind]
    if first.kind == "country" and first.key != "c:JP":
        old = [e for e in old if e.key != "c:JP"] or old
    if not old or lead:
        return None
    tail = bare[first.end :]
    end = old[0].end + (len(tail) if tail and last.startswith(tail, old[0].end) else 0)
    return last[: old[0].start] + bare + last[end:] if end > old[0].end or not tail else None


def _by_time(bare: str, new: tuple[Entity, ...], last: str) -> str | None:
    """2月8日 for 1月20日: the whole expression, but a year that is not named again stays."""
    if any(e.kind not in _TIMES for e in new) or new[-1].end < len(bare.rstrip()):
        return None
    old = [e for e in find_entities(last) if e.kind in _TIMES]
    at = next((i for i, e in enumerate(old) if e.kind == new[0].kind), None)
    if at is None:
        return None
    end = at
    while end + 1 < len(old) and last[old[end].end : old[end + 1].start].strip() == "":
        end += 1
    return last[: old[at].start] + bare + last[old[end].end :]


def _by_phrase(bare: str, last: str, tokeniser: Tokeniser) -> str | None:
    """A thing for the first thing of its like; an attribute for the attribute that was asked for."""
    phrases = [(s, e) for s, e in noun_phrases(last, tokeniser) if not re.search(WH_JA, last[s:e])]
    for start, end in phrases:
        if _alike(bare, last[start:end], tokeniser):
            return last[:start] + bare + last[end:]
    if is_attribute(bare):
        m = re.match(
            rf"^(?P<of>.{{1,40}}(?<![へとでらり])の)(?P<asked>[^\sのはがをに、]{{1,12}})(?=は|が|[?？。]*$|、?{WH_JA})", last
        )
        if m and is_attribute(m["asked"]):
            return f"{m['of']}{bare}は?"
    topic = re.match(r"^(?P<thing>[^\sのはがをに、]{1,16})(?=の[^は]{1,12}は|は)", last)
    if not topic or not phrases or is_attribute(topic["thing"]) != is_attribute(bare):
        return None
    sibling = bool(_EVENT.search(bare)) and bool(_WHEN_OR_WHERE.search(last))
    named = all(has_name(t, tokeniser) for t in (bare, topic["thing"])) or all(_ACTOR.search(t) for t in (bare, topic["thing"]))
    return bare + last[topic.end() :] if sibling or named else None


def _alike(one: str, other: str, tokeniser: Tokeniser) -> bool:
    """Two compounds with one last word (菅波委員 and 北川委員), or two proper names in like script."""
    if fold(one) == fold(other):
        return False
    mine, theirs = tokeniser.tokens(one), tokeniser.tokens(other)
    if not mine or not theirs:
        return False
    if len(mine) > 1 and len(theirs) > 1 and mine[-1].surface == theirs[-1].surface:
        return True
    if len(one) > 2 and len(other) > 2 and one[-2:] == other[-2:]:
        return True
    latin = [bool(re.fullmatch(r"[A-Za-z0-9+-]{2,}", t)) for t in (one, other)]
    return all(latin) or (_proper(mine) and _proper(theirs))


def _proper(tokens: tuple[Token, ...]) -> bool:
    return len(tokens) <= 2 and "固有名詞" in tokens[0].pos and "地名" in tokens[0].pos


def noun_phrases(text: str, tokeniser: Tokeniser) -> Iterator[tuple[int, int]]:
    """The ranges of compounds: runs of nouns with their prefixes and suffixes."""
    start, end = -1, -1
    for t in tokeniser.tokens(text):
        letters = t.surface.isascii() and t.surface.isalnum()
        noun = t.pos[0] in _NOUNS or letters or (start >= 0 and t.surface == "・")
        if noun and start >= 0 and t.start == end:
            end = t.end
        else:
            if start >= 0:
                yield start, end
            start, end = (t.start, t.end) if noun else (-1, -1)
    if start >= 0:
        yield start, end


def _english(bare: str, preposition: str, last: str) -> str | None:
    """What stands after the same preposition, a name for a name, or the thing asked about gives way."""
    text = last.rstrip(" ?")
    if preposition:
        m = re.search(rf"\b{preposition}\s+(?:the |a |an )?[\w'-]+(?:\s+[A-Z][\w'-]*)*(?=$|\s+(?:{_PREPOSITIONS})\b)", text)
        if m:
            return f"{text[: m.start()]}{preposition} {bare}{text[m.end() :]}?"
        return f"{text} {preposition} {bare}?"
    return _by_capital(bare, text) or _after_verb(bare, text)


def _by_capital(bare: str, text: str) -> str | None:
    """A capitalised name, with its article, for the last capitalised name."""
    if not re.match(r"(?:the |an? )?[A-Z]", bare):
        return None
    names = list(re.finditer(r"(?<=\s)(?:the |an? )?[A-Z][\w'-]*(?:\s+[A-Z][\w'-]*)*(?!\S*\s+[a-z]+\s*$)", text)) or list(
        re.finditer(r"(?<=\s)(?:the |an? )?[A-Z][\w'-]*(?:\s+[A-Z][\w'-]*)*", text)
    )
    if not names:
        return None
    rest = text[names[-1].end() :].removeprefix(f" {bare.split()[-1]}")
    return f"{text[: names[-1].start()]}{bare}{rest}?"


def _after_verb(bare: str, text: str) -> str | None:
    """A thing for the thing that follows the verb: Where was [the meeting] held, Who builds [the runway]."""
    m = re.match(
        r"^(?P<lead>(?:\w+\s){1,4}?(?:is|are|was|were|did|does|do|will)\s)(?P<thing>(?:the|an?|its|their)\s.+?)(?P<rest>\s\w+)?$",
        text,
    )
    if m:
        return f"{m['lead']}{bare}{m['rest'] or ''}?"
    m = re.match(r"^(?P<lead>(?:who|which \w+|what)\s\w+\s)(?P<thing>(?:the|an?|its|their)\s.+)$", text, re.IGNORECASE)
    return f"{m['lead']}{bare}?" if m else None
