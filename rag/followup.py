"""Follow-up questions made to stand by themselves, without a language model.

Four general mechanisms: a new name or time replaces the one of the same kind; a pronoun takes the
thing it points at (what was asked about, or what was answered); a fragment takes the rest of the
question before; and what names nothing new and speaks of what was said is asked of that topic. A
question that brings its own subject is left alone.
"""

import re

from index.entities import find_entities
from index.tokenise import Tokeniser, language_of
from rag.antecedent import point_out
from rag.given import WH_JA, Turn, content, goes_on, names_of
from rag.relative_time import shifted
from rag.replacement import is_relative, replaced
from rag.topic import ABOUT_JA, surroundings, topic_of
from source.document import Passage

__all__ = ["FollowUps", "Turn", "heading_of"]

_NEW_TOPIC = re.compile(
    r"^\s*(?:ところで|話は(?:変わ|かわ)\w*|話を変え\w*|話題を変え\w*|別の(?:話|質問)\w*|別件\w*|それはそうと|さて)[、,\s]*"
    r"|^\s*(?:by the way|changing (?:the )?(?:subject|topic)|on (?:another|a different) (?:topic|subject|note|matter)"
    r"|(?:a )?(?:different|new|unrelated) (?:question|topic)|incidentally)\b\s*[,:;—-]*\s*",
    re.IGNORECASE,
)
_LEAD_JA = re.compile(
    r"^\s*(?:では|じゃあ?|それでは|それなら|それで|ならば|なら|で(?=[、,])|また|そして|さらに|あと|ちなみに|一方)[、,\s]*"
)
_LEAD_EN = re.compile(
    r"^\s*(?:and|but|so|ok(?:ay)?|then|also)?[,\s]*(?:(?:what|how) about|and|but|then|also)\b[,\s]*", re.IGNORECASE
)
_PRONOUN_EN = re.compile(
    r"\b(?:that|this|those|these) (?-i:[a-z]+)\b|\bthe (?:same|other|latter|former)\b"
    r"|\b(?:it|its|they|them|their|he|him|his|she|her|those|these|both|there|that|this)\b",
    re.IGNORECASE,
)
# Words that look like pronouns and point at nothing before: "there" of "is there", "its" after what it is of.
_IMPERSONAL_EN = re.compile(
    r"\b(?:is|are|was|were) there\b|\bis it (?:true|the case)\b|(?<=[a-z] )that(?= (?-i:[A-Z]))|\bthat\b(?= \w+ed\b)"
    r"|(?:(?-i: [A-Z]\w+)| the \w+)[^,;?]* (?:its|their|his|her)\b",
    re.IGNORECASE,
)
_FRAGMENT_EN = re.compile(
    r"^\s*(?P<wh>(?:(?:with|by|to|from|for|in|at|on|about|of)\s+)?(?:who|whom|whose|when|where|why|how|what|which)\b"
    r"(?:\s+(?:not|many|much|long|often|far|year|month|day|date|city|country|place|reason|organi[sz]ation)){0,2})\s*\??\s*$",
    re.IGNORECASE,
)
_REST_EN = re.compile(
    r"^(?:\w+\s+){0,1}?(?:who|whom|what|which|when|where|why|how)(?:\s+(?!did|does|do|is|are|was|were|has|have|will)\w+){0,3}\s+"
    r"(?P<rest>(?:did|does|do|is|are|was|were|has|have|had|will|would|can)\s+.{3,})$",
    re.IGNORECASE,
)
_SUBJECT_JA = re.compile(
    r"^(?P<subject>[^、。?？]{1,24}?)(?P<case>の(?:場合|ほう|方))?(?:とは|は|では|には|も|だと)?(?:どう(?:です|でした)?か?)?[?？。\s]*$"
)


_NUMBERING = re.compile(
    r"^(?:[(（]?[0-9０-９一二三四五六七八九十ア-ン]{1,3}[)）.．、 　]\s*|第[0-9一二三四五六七八九十]+[章節部編]\s*|コラム\s*)+"
)


def heading_of(passage: Passage) -> str:
    """The nearest heading above a passage, without its number."""
    return _NUMBERING.sub("", passage.headings[-1]).strip() if passage.headings else ""


class FollowUps:
    """Resolves a question against the turns before it."""

    def __init__(self, tokeniser: Tokeniser) -> None:
        self._tokeniser = tokeniser

    def resolve(self, question: str, turns: list[Turn]) -> str:
        """The question as it would be asked on its own; itself where it already is."""
        if not turns:
            return question
        last = turns[-1]
        if (rest := _NEW_TOPIC.sub("", question)) != question and rest.strip():
            return rest[:1].upper() + rest[1:]
        if moved := shifted(question, last.standalone):
            return moved
        english = language_of(question) == "en"
        bare = (_LEAD_EN if english else _LEAD_JA).sub("", question)
        led = bare != question and bool(bare.strip(" ?？。"))
        return (self._english if english else self._japanese)(bare if led else question, last, led) or question

    def _japanese(self, bare: str, last: Turn, led: bool) -> str | None:
        if pointed := point_out(bare, last, self._tokeniser):
            return pointed
        subject = self._subject(bare)
        if subject and (asked := self._asked_of(subject, last, led)):
            return asked
        beside = subject is not None and is_relative(subject)
        return self._of_topic(bare, last, subject) if beside or goes_on(bare, last, self._tokeniser) else None

    def _asked_of(self, subject: str, last: Turn, led: bool) -> str | None:
        """The question before, asked of another subject."""
        if found := replaced(subject, last.standalone, self._tokeniser):
            return self._placed(found, subject, last)
        if (
            not is_relative(subject)
            and names_of(subject, self._tokeniser)
            and (led or not goes_on(subject, last, self._tokeniser))
        ):
            return f"{subject}は、{last.standalone}"
        return None

    def _placed(self, question: str, subject: str, last: Turn) -> str:
        """A question that says hardly more than its subject, told by where the answer before stood."""
        rest = content(question, self._tokeniser) - content(subject, self._tokeniser)
        place = "" if len(rest) > 1 or ABOUT_JA in question else surroundings(last, self._tokeniser)
        return f"{place}{ABOUT_JA}{question}" if place and place not in question else question

    def _subject(self, bare: str) -> str | None:
        """X of 「Xは?」 and 「Xの場合は?」, where X is a noun or two; None where more is asked."""
        m = _SUBJECT_JA.match(bare.strip())
        if not m or re.search(WH_JA, m["subject"]) or not re.search(r"(?:は|も|だと|か)[?？。\s]*$|[?？]\s*$", bare):
            return None
        tokens = self._tokeniser.tokens(m["subject"])
        simple = all(t.pos[0] not in ("動詞", "形容詞", "助動詞") and t.surface not in "をがは" for t in tokens)
        # A noun of a noun with a name of its own is a whole question: 6月の総選挙の投票率は.
        whole = "の" in m["subject"] and bool(names_of(m["subject"], self._tokeniser))
        return m["subject"] if simple and not whole else None

    def _of_topic(self, bare: str, last: Turn, subject: str | None) -> str:
        topic = topic_of(last, self._tokeniser)
        if not topic or topic in bare:
            return bare
        if subject and len(topic) <= 24 and "、" not in topic:
            return f"{topic}の{subject}は?"
        return f"{topic}{ABOUT_JA}{bare}"

    def _english(self, bare: str, last: Turn, led: bool) -> str | None:
        topic = topic_of(last, self._tokeniser)
        if m := _FRAGMENT_EN.match(bare):
            rest = _REST_EN.match(last.standalone.strip(" ?"))
            asked = re.sub(r"\s+not$", "", m["wh"][:1].upper() + m["wh"][1:])
            return f"{asked} {rest['rest']}?" if rest else f"{asked}? ({topic})"
        subject = bare.strip(" ?？。")
        if (
            (led or find_entities(subject))
            and len(subject.split()) <= 5
            and not re.match(r"(?:wh|how|did|was|is|are|do)", subject, re.I)
        ):
            return replaced(subject, last.standalone, self._tokeniser) or f"{last.standalone.rstrip('? ')} — {subject}?"
        points = _PRONOUN_EN.search(_IMPERSONAL_EN.sub("", bare))
        return f"{bare.rstrip()} ({topic})" if points or goes_on(bare, last, self._tokeniser) else None
