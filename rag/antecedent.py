"""Japanese pronouns and what they point at: what was answered, else what was asked about, else what was quoted."""

import re
from collections.abc import Iterable

from index.entities import find_entities
from index.tokenise import Tokeniser
from rag.given import Turn
from rag.replacement import noun_phrases
from rag.spans import candidate_spans
from rag.topic import ABOUT_JA, topic_of

_COUNTRY = re.compile(r"(?<!よ)その国|(?<!ど)この国|同国|あの国|当該国")
_PLACE = re.compile(r"(?<!あ)(?<!こ)そこ(?!で(?:は|、)?$)|あそこ|(?<!よ)その(?:場所|都市|地域|町|会場)|現地|同地|同市")
_PERSON = re.compile(
    r"その人(?:物)?|彼女?(?!ら)|同氏|(?:^|(?<=[、。]))氏(?=は)|その(?:大臣|次官|大統領|議長|外相|首相|副大臣|政務官)|(?<!日)本人(?!確認)"
)
_TIME = re.compile(r"(?:同じ|その|同)(?P<unit>年|月|日)(?!本|間|数|語|程)")
_KINDS = {"年": "year", "月": "month", "日": "day"}
_DEFINITE = re.compile(r"(?:その|(?<!ど)この|あの|当該|同(?=[一-龠]{2}))(?P<noun>[一-龠ァ-ヶー]{1,8})")
_RELATION = re.compile(r"^(?:他|次|後|前|翌|うち|中|内|際|時|ほか|結果|理由|原因|内容|目的|額|数|場|人)")
_THING = re.compile(
    r"それ(?!ぞれ|まで|以)ら?|(?<!か)(?<!ど)これ(?!ら?まで|から)ら?|あれ|(?<!よ)その(?!他|ほか)|(?<!ど)この(?=[一-龠ァ-ヶー])|両者|両国|両氏|双方|二人|2人|三者|相手(?:国|側)?"
)


def point_out(question: str, turn: Turn, tokeniser: Tokeniser) -> str | None:
    """The question with its pronoun put into words; None where it has none."""
    for put in (_time, _country, _place, _person, _definite):
        if (found := put(question, turn, tokeniser)) is not None:
            return found
    return with_topic(question, turn, tokeniser) if _THING.search(question) else None


def with_topic(question: str, turn: Turn, tokeniser: Tokeniser) -> str:
    """The question, asked about the topic of a turn."""
    topic = topic_of(turn, tokeniser)
    return f"{topic}{ABOUT_JA}{question}" if topic and topic not in question else question


def _put(question: str, m: re.Match[str], thing: str) -> str:
    return question[: m.start()] + thing + question[m.end() :]


def _time(question: str, turn: Turn, tokeniser: Tokeniser) -> str | None:
    m = _TIME.search(question)
    if not m:
        return None
    if not re.search(r"\w", question[m.end() :].lstrip("は")):
        return with_topic(question, turn, tokeniser)
    for text in (turn.standalone, turn.short_answer or "", turn.quote):
        named = [e.text for e in find_entities(text) if e.kind == _KINDS[m["unit"]]]
        if named:
            return _put(question, m, named[0])
    return with_topic(question, turn, tokeniser)


def _country(question: str, turn: Turn, tokeniser: Tokeniser) -> str | None:
    m = _COUNTRY.search(question)
    if not m:
        return None
    country = _first_country(turn)
    return _put(question, m, country) if country else with_topic(question, turn, tokeniser)


def _first_country(turn: Turn) -> str:
    """What was answered, else what was asked about last, else what the quote is about."""
    for text, which in (*((text, -1) for text in turn.latest), (turn.quote, 0), (turn.context, 0)):
        found = [e.text for e in find_entities(text) if e.kind == "country" and e.key != "c:JP"]
        if found:
            return found[which]
    return ""


def _place(question: str, turn: Turn, tokeniser: Tokeniser) -> str | None:
    m = _PLACE.search(question)
    if not m:
        return None
    return _typed(question, m, "place", turn, tokeniser)


def _person(question: str, turn: Turn, tokeniser: Tokeniser) -> str | None:
    m = _PERSON.search(question)
    if not m:
        return None
    return _typed(question, m, "person", turn, tokeniser)


def _typed(question: str, m: re.Match[str], kind: str, turn: Turn, tokeniser: Tokeniser) -> str:
    """With what was named last of a type, or first in the quote; Japan itself is not meant by そこ."""
    for text in (*turn.latest, turn.quote):
        found = [text[s.start : s.end] for s in candidate_spans(text, kind, tokeniser)]
        found = [f for f in found if f != "日本"]
        if found:
            return _put(question, m, found[-1] if text != turn.quote else found[0])
    return with_topic(question, turn, tokeniser)


def _definite(question: str, turn: Turn, tokeniser: Tokeniser) -> str | None:
    """その会談: the compound that ends in 会談 and was said before."""
    m = _DEFINITE.search(question)
    if not m or _RELATION.match(m["noun"]):
        return None
    for text in (*turn.latest, turn.quote):
        found = list(_ending_in(m["noun"], text, tokeniser))
        if found:
            return _put(question, m, max(found, key=len))
    return with_topic(question, turn, tokeniser)


def _ending_in(noun: str, text: str, tokeniser: Tokeniser) -> Iterable[str]:
    """The compounds of a text that end in a noun and say more than it."""
    for start, end in noun_phrases(text, tokeniser):
        if text[start:end].endswith(noun) and end - start > len(noun):
            yield text[start:end]
