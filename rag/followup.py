"""Follow-up questions made to stand by themselves, without a language model.

Three general mechanisms: a pronoun takes the thing it points at (what was asked about, or what
was answered); a new name or time replaces the one of the same kind; a fragment (いつ?, With
whom?) is asked of the subject before. A question that names its own subject is left alone.
"""

import re
from dataclasses import dataclass

from index.entities import Entity, find_entities
from index.normalise import normalise
from index.tokenise import Tokeniser, language_of

_LEAD_JA = re.compile(r"^\s*(?:では|じゃあ?|それでは|それなら|ならば|なら|で|また|そして|さらに|あと|ちなみに|一方)[、,\s]*")
_LEAD_EN = re.compile(
    r"^\s*(?:and|but|so|ok(?:ay)?|then|also)?[,\s]*(?:(?:what|how) about|and|but|then|also)\b[,\s]*", re.IGNORECASE
)
_COUNTRY_JA = re.compile(r"その国|この国|同国|あの国|当該国")
_PLACE_JA = re.compile(r"そこ(?!で(?:は|、))|あそこ|その(?:場所|都市|地域|町|会場)|現地|同地")
_PERSON_JA = re.compile(r"その人(?:物)?|彼女?(?!ら)|同氏|氏は|その(?:大臣|次官|大統領|議長|外相|首相|副大臣|政務官)|本人")
_THING_JA = re.compile(
    r"それら?|これら?|あれ|その(?:[一-龠ァ-ヶー]{1,8})?|この(?=[一-龠ァ-ヶー])|同(?=[一-龠])|両者|両国|両氏|双方|相手"
)
_PRONOUN_EN = re.compile(
    r"\b(?:that|this|the) (?:country|visit|meeting|talks|dialogue|programme|program|treaty|agreement|organi[sz]ation|person|official|minister|place|city|event|same)\b"
    r"|\b(?:it|its|they|them|their|he|him|his|she|her|those|these|both|there|that|this)\b",
    re.IGNORECASE,
)
_RELATIVE = {
    "翌月": 1,
    "次の月": 1,
    "前月": -1,
    "先月": -1,
    "前の月": -1,
    "the next month": 1,
    "the following month": 1,
    "the month after": 1,
    "next month": 1,
    "the previous month": -1,
    "the month before": -1,
}
_MONTHS_EN = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_QUESTION_END = re.compile(
    r"(?:のは|は)?(?:、)?(?:いつ|誰|だれ|どなた|どこ|何|なに|どの|どう|どんな|なぜ|いくつ|いくら)[^、。]*$|(?:です|ます|でした|ました|でしょう)?か?[?。]*$"
)
_FRAGMENT_EN = re.compile(
    r"^\s*(?:and\s+)?(?:with|by|to|from|for|in|at|on|about)?\s*(?:who|whom|when|where|why|how|what|which)\b[\w\s]{0,24}\??\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question as it stood by itself, and the short answer it got, if any."""

    standalone: str
    short_answer: str | None = None
    quote: str = ""


class FollowUps:
    """Resolves a question against the turns before it."""

    def __init__(self, tokeniser: Tokeniser) -> None:
        self._tokeniser = tokeniser

    def resolve(self, question: str, turns: list[Turn]) -> str:
        """The question as it would be asked on its own; itself where it already is."""
        if not turns:
            return question
        last = turns[-1]
        language = language_of(question)
        shifted = self._relative_month(question, last)
        if shifted:
            return shifted
        bare = (_LEAD_JA if language == "ja" else _LEAD_EN).sub("", question)
        led = bare != question
        if replaced := self._replacement(bare, last, led):
            return replaced
        pronoun = self._pronoun(bare, last, language)
        if pronoun:
            return pronoun
        return self._with_topic(bare, last, language) if self._is_fragment(bare, language) else question

    def _content(self, text: str) -> list[str]:
        return [t.term for t in self._tokeniser.words(text)]

    def _is_fragment(self, bare: str, language: str) -> bool:
        """Too little to be asked alone: no named thing and hardly a content word."""
        entities = [e for e in find_entities(bare) if e.kind != "ordinal"]
        if language == "en":
            return not entities and bool(_FRAGMENT_EN.match(bare))
        return (
            not entities
            and len(normalise(bare).text) <= 22
            and len(set(self._content(bare))) <= 2
            and not _names(self._tokeniser, bare)
        )

    def _relative_month(self, question: str, last: Turn) -> str | None:
        """翌月は? after a question about 5月 asks the same of 6月."""
        low = question.lower()
        step = next((s for word, s in _RELATIVE.items() if word in low), None)
        month = next((e for e in find_entities(last.standalone) if e.kind == "month"), None)
        if step is None or month is None:
            return None
        number = (int(month.key[2:]) - 1 + step) % 12 + 1
        new = f"{number}月" if language_of(last.standalone) == "ja" else _MONTHS_EN[number - 1]
        return last.standalone[: month.start] + new + last.standalone[month.end :]

    def _replacement(self, bare: str, last: Turn, led: bool) -> str | None:
        """では、キルギスは? / What about Georgia?: a bare name takes the place of its like."""
        subject = _bare_subject(bare)
        if subject is None or not (led or len(subject) <= 12):
            return None
        new = find_entities(subject)
        if not new:
            return self._append_subject(subject, last) if led else None
        old = [e for e in find_entities(last.standalone) if e.kind == new[0].kind]
        if not old:
            return self._append_subject(subject, last)
        text = last.standalone
        for e in reversed(old[:1] if len(old) > 1 and new[0].kind == "country" and old[0].key != "c:JP" else _not_japan(old)):
            text = text[: e.start] + subject + text[e.end :]
        return text

    def _append_subject(self, subject: str, last: Turn) -> str:
        """A subject of a kind the last question did not have: asked of it, topic first."""
        if language_of(subject) == "ja" or language_of(last.standalone) == "ja":
            replaced = re.sub(r"^[^、。?]{1,20}?(?=は|が)", subject, last.standalone, count=1)
            return replaced if replaced != last.standalone else f"{subject}は、{last.standalone}"
        return f"{last.standalone.rstrip('? ')} — {subject}?"

    def _pronoun(self, bare: str, last: Turn, language: str) -> str | None:
        if language == "en":
            return f"{bare.rstrip()} ({_topic_en(last)})" if _PRONOUN_EN.search(bare) and not _own_subject_en(bare) else None
        for pattern, kinds in ((_COUNTRY_JA, ("country",)), (_PLACE_JA, ("country",))):
            m = pattern.search(bare)
            antecedent = _entity_of(last, kinds)
            if m and antecedent:
                return bare[: m.start()] + antecedent + bare[m.end() :]
        if _PERSON_JA.search(bare):
            return self._person(bare, last)
        return self._with_topic(bare, last, language) if _THING_JA.search(bare) else None

    def _person(self, bare: str, last: Turn) -> str:
        names = _names(self._tokeniser, last.short_answer or "") or _names(self._tokeniser, last.standalone)
        return _PERSON_JA.sub(names[-1], bare, count=1) if names else self._with_topic(bare, last, "ja")

    def _with_topic(self, bare: str, last: Turn, language: str) -> str:
        if language == "ja":
            return f"{_topic_ja(last)}について、{bare}"
        return f"{bare.rstrip()} ({_topic_en(last)})"


def _bare_subject(bare: str) -> str | None:
    """The subject of 「Xは?」 「Xの場合は?」 "Georgia?"; None where more is asked."""
    m = re.match(
        r"^(.{1,24}?)(?:の(?:場合|ほう|方)?)?(?:とは|は|では|には|も)?(?:どう(?:です|でした)?か?)?[?？。\s]*$", bare.strip()
    )
    if not m or re.search(r"[、。]|誰|何|いつ|どこ|どの|なぜ|どんな", m[1]):
        return None
    if language_of(bare) == "en":
        words = re.sub(r"^(?:in|with|to|of|for|the)\s+", "", m[1].strip(" ?"), flags=re.IGNORECASE)
        return words if len(words.split()) <= 3 and not _FRAGMENT_EN.match(bare) else None
    return m[1] if re.search(r"(?:は|も)[^は]{0,8}$|[?？]$", bare) else None


def _not_japan(entities: list[Entity]) -> list[Entity]:
    """日本 is the constant of a bluebook: another country replaces the other country."""
    return [e for e in entities if e.key != "c:JP"][:1] or entities[:1]


def _entity_of(last: Turn, kinds: tuple[str, ...]) -> str | None:
    """The thing a pronoun points at: what was answered, else what was asked about."""
    for text in (last.short_answer or "", last.standalone, last.quote):
        found = [e for e in find_entities(text) if e.kind in kinds and e.key != "c:JP"]
        if found:
            return found[0].text if text == last.quote else found[-1].text
    return None


def _names(tokeniser: Tokeniser, text: str) -> list[str]:
    from rag.spans import candidate_spans

    return [text[s.start : s.end] for s in candidate_spans(text, "person", tokeniser)]


def _topic_ja(last: Turn) -> str:
    topic = _QUESTION_END.sub("", last.standalone).strip("、。?？ ")
    return topic or last.standalone.strip("?？。 ")


def _topic_en(last: Turn) -> str:
    return last.standalone.strip(" ?？。")


def _own_subject_en(bare: str) -> bool:
    """Whether a pronoun points at nothing: "there" in "is there", "it" in "is it true"."""
    return bool(re.search(r"\b(?:is|are|was|were) there\b|\bis it (?:true|the case)\b", bare, re.IGNORECASE)) and not re.search(
        r"\b(?:that|this) (?:country|visit|meeting)|\b(?:they|them|he|she|its|their)\b", bare, re.IGNORECASE
    )
