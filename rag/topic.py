"""What an earlier question was about, as a phrase that a follow-up can carry along."""

import re

from index.entities import find_entities
from index.tokenise import Tokeniser, language_of
from rag.given import WH_JA, Turn, has_name
from rag.question import understand

_BEFORE_WH = re.compile(rf"^(?P<head>.*?)(?P<cleft>の(?:は|が))?(?P<case>[はがをにでとへも、]|から|まで|より|って|とは)*{WH_JA}")
_ENDING = re.compile(
    r"(?:について)?(?:を?(?:教えて|知りたい).*|(?:の)?(?:です|でした|でしょう|だった)か?|(?<=[たるい])の|か|は|って|とは|、|の(?:は|が))+$"
)
# How a resolved follow-up carries its topic.
ABOUT_JA = "について、"
_EDGE = " 、。?？\u3000"
_CLAUSE = re.compile(r"(?:[たるくうすつぬむぶ]|ない|だ|だった)$")
_NAMED = ("person", "country", "organisation", "place")
_LONGEST_NAME, _LONGEST_HEADING = 30, 24
_WH_EN = re.compile(
    r"^(?:(?:and|but|so)\s+)?(?:(?:in|on|at|to|from|with|by|for|of)\s+)?(?:who|whom|whose|what|which|when|where|why|how)\b"
    r"(?:\s+(?:many|much|long|often|far|old|big|large|high|deep|soon|year|month|day|date|time|country|city|kind of|percentage of))?\s*"
    r"(?:(?:is|are|was|were|did|do|does|has|have|had|will|would|can|could)\b\s*)?",
    re.IGNORECASE,
)


def topic_of(turn: Turn, tokeniser: Tokeniser) -> str:
    """The topic of a turn, in its question's language; one without a name is told by where its answer stands."""
    if language_of(turn.standalone) == "en":
        return _english(turn)
    before, _, own = turn.standalone.rpartition(ABOUT_JA)
    topic = _japanese(own, turn, answered=not before)
    if has_name(topic, tokeniser):
        return topic
    name = before or surroundings(turn, tokeniser)
    return f"{name}の{topic}" if name and topic and topic not in name else topic or name


def surroundings(turn: Turn, tokeniser: Tokeniser) -> str:
    """What tells where an answer stands: a name in the opening of its sentence, else the heading."""
    opening = re.split("[、は]", turn.quote, maxsplit=1)[0]
    countries = [e.text for e in find_entities(opening) if e.kind == "country" and e.key != "c:JP" and len(e.text) > 1]
    if countries and language_of(countries[0]) == "ja":
        return countries[0]
    return turn.heading if language_of(turn.heading) == "ja" and len(turn.heading) <= _LONGEST_HEADING else ""


def _japanese(question: str, turn: Turn, *, answered: bool) -> str:
    text = question.strip(_EDGE)
    m = _BEFORE_WH.match(text)
    head = (m["head"] if m else _ENDING.sub("", text)).strip(_EDGE)
    answer = _answer(turn) if answered else ""
    if m and not head:
        return _with_answer(text, answer)
    clause = bool(m and m["cleft"]) or bool(not m and re.search(r"の(?:は|が)$", text)) or bool(_CLAUSE.search(head))
    if clause:
        return head + (answer or "こと")
    if answer and m and _asks_which(text[m.end("head") :]):
        return f"{head}の{answer}"
    subject, _, rest = head.partition("は")
    return subject if subject and rest and not find_entities(rest) and not re.search("[ァ-ヶー]{3}", rest) else head


def _asks_which(rest: str) -> bool:
    """Whether nothing but the question word follows: 議長は誰ですか."""
    return bool(re.fullmatch(rf"(?:は|って|とは)?、?{WH_JA}[^のはがをにで、]{{0,6}}?(?:です|でした|だ|だった|なの)?か?", rest))


def _with_answer(text: str, answer: str) -> str:
    """A question that its question word opens: the answer in its place."""
    rest = re.sub(rf"^{WH_JA}(?:の[^\s、はがを]{{1,6}}(?=[はがをにで]))?", answer, text)
    rest = _ENDING.sub("", rest).strip(_EDGE)
    rest = rest if answer else re.sub(r"^(?:から|まで|[はがをにでとへも人年月日回件])+", "", rest)
    return rest + "こと" if _CLAUSE.search(rest) else rest


def _answer(turn: Turn) -> str:
    """The short answer where it is a name that can stand in a phrase; empty otherwise."""
    short = turn.short_answer or ""
    named = understand(turn.standalone).answer_type in _NAMED and language_of(short or "a") == "ja"
    return short if named and len(short) <= _LONGEST_NAME and short not in turn.standalone else ""


def _english(turn: Turn) -> str:
    m = re.fullmatch(r"(.*?)\??\s*\((.*)\)", turn.standalone.strip())
    own, before = (m[1], m[2]) if m else (turn.standalone.strip(" ?？。"), "")
    topic = re.sub(r"\s+(?:are|is|was|were) there$", "", _WH_EN.sub("", own)).strip() or own
    return f"{topic}, {before}" if before and topic != own else before or topic
