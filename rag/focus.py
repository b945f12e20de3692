"""The focus of a question: the noun it asks for, such as 首都 in キルギスの首都はどこですか.

A passage about Kyrgyzstan that has no word for a capital does not answer that question, however
many of its other words it shares.
"""

import re

from index.normalise import fold
from rag.question import Question

_NOUN = r"([^\sはがをにでとのも、。「」]{1,14})"
_ASKED = r"(?:いったい)?(?:誰|だれ|どなた|何|なに|なん|いつ|どこ|どちら|どの|どれ|どう|どんな|いくら|いくつ)"
_JA = (
    re.compile(rf"{_NOUN}(?:は|って|とは)、?{_ASKED}"),
    re.compile(r"(?:どの|どんな|何という|どのような|いかなる|なんという|どういう)([一-龠ァ-ヶーA-Za-z]{1,10})"),
    re.compile(rf"{_NOUN}(?:を|について)(?:教え|知り|挙げ|述べ|説明|示し)"),
    re.compile(rf"(?:の|^){_NOUN}(?:は|って)?[?。]*$"),
)
_EN_LEAD = re.compile(
    r"^.*?\b(?:what|which|whose|how many|how much|who (?:is|was|are|were))\b\s*(?:else\s+)?(?:(?:is|are|was|were|did|do|does|has|have|had|will|the|its|their|a|an)\s+)*"
)
_EN_STOP = re.compile(
    r"^(?:of|in|on|at|for|to|from|by|with|between|among|into|about|did|do|does|is|are|was|were|has|have|had|will|can|that|who|when|and|or|the|a|an|it|he|she|they)$"
)
# Nouns that only say what type of answer is wanted.
_TYPE_WORDS = re.compile(
    r"^(?:人物?|方|者|名前|氏名|国名?|国々|場所|都市|地域|所|時期|日付|日|年|月|名|こと|もの|の|内容|理由|目的|数|回数|人数|機関|組織"
    r"|person|people|officials?|countr(?:y|ies)|cit(?:y|ies)|place|year|month|date|day|time|name|things?|kind|type|reason|organi[sz]ations?)$"
)

# A clause or its polite ending, caught where no noun was asked for.
_VERB_END = re.compile(r"(?:か|ください|下さい|ます|です|した|たい|って|て|いる|ある|する|る|た)$")


def focus_of(question: Question) -> str | None:
    """The noun asked for; None where the question word alone says it (who, when, where)."""
    if question.language == "en":
        return _english_focus(question.text)
    folded = fold(question.text).strip()
    for pattern in _JA:
        m = pattern.search(folded)
        if m and not _TYPE_WORDS.match(m[1]) and not _VERB_END.search(m[1]):
            return m[1]
    return None


def _english_focus(text: str) -> str | None:
    """The first words after the question word, up to a preposition, a verb's auxiliary or a name."""
    lead = _EN_LEAD.match(text[:1].lower() + text[1:])
    if not lead:
        return None
    found: list[str] = []
    for word in re.findall(r"[A-Za-z][\w'-]*", text[lead.end() :]):
        if word[0].isupper() or _EN_STOP.match(word) or len(found) == 3:
            break
        found.append(word)
    nouns = [w for w in found if not _TYPE_WORDS.match(w)]
    return " ".join(nouns[:2]) if nouns and len(nouns) == len(found) else None
