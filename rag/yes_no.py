"""はい or いいえ, where the quoted sentence settles a question that expects one; otherwise nothing is said.

The question is made a statement and held against the sentence by the checks that a language
model's statements pass (`rag.support`), and by stricter ones: all it says must stand in one
clause, in words that mean the same, and nothing may limit or take back what is said. What passes is
affirmed. What fails by a denial or an opposite alone, or by one number, time or country in the place
of another, is denied. Everything else stays open: a quote alone is never wrong.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from index.local import LocalIndex
from index.normalise import normalise
from rag.alignment import MEANING, Hit
from rag.grounds import Grounds, Side
from rag.meaning import LIGHT
from rag.polarity import denials, denying_words
from rag.predicates import predicates
from rag.question import Question
from rag.support import Supporter
from source.document import Passage

Settled = Literal["yes", "no", ""]

_ENDING_JA = re.compile(r"(?:は)?(?:本当|事実)?(?:な?の|ん)?(?:です|でしょう)?か(?:どうか)?[?？。\s]*$|(?:なの|の)?[?？。\s]+$")
_OPENING_EN = re.compile(
    r"^\s*(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should)\s+(?:it true that\s+|there\s+)?", re.IGNORECASE
)
# What takes back all that a sentence says before it.
_FRUSTRATED = re.compile(
    r"見送|持ち越|退け|却下|取りや?め|中止|延期|断念|断[りっ]|実現し|至ら|否決|無効|失効|拒否|拒ん|撤回|凍結|停止|及ば|代わ[りっ]|代理|ものの|ではなく"
    r"|\b(?:cancel\w*|postpone\w*|withdr\w*|reject\w*|fail\w*|refus\w*|declin\w*|instead|although|though)\b",
    re.IGNORECASE,
)
# What limits the clause that it stands in.
_LIMITED = re.compile(
    r"とど(?:ま|め)|予定|見通し|目途|一方で|対象外|以外|欠席|除[きい]|除外|のみ|だけ|限[りっ定]|異なり|対し(?:て)?、|が、|当初|途中|検討|求め|提案|案[がをはで]|可能性"
    r"|\b(?:but|however|rather|only|except|until|plan\w*|propos\w*|would|if|unless|while|whereas|expected|scheduled)\b",
    re.IGNORECASE,
)
# Words of a statement that decide it by themselves, so that the sentence must have the same.
_DECISIVE = re.compile(
    r"全[てく部員国]|すべて|初めて|初の|最初|最後|以前|これまで|かつて|従来|今回|前に|前から|まだ|もう|既に|同じ|一番|最も|最[大小高低多少]|だけ|のみ|より|過半|半[分数]|ほとんど|必ず|自[らか]|単独|独自|予定どおり"
    r"|正式|一緒|共に|双方|両方|どちらも|いずれも|とも|続[けき]|再び|また|毎年|毎月|直接|無料|無償|有料|別の|ほか|他の|新し|さらに"
    r"|\b(?:all|every|first|last|before|already|still|same|most|only|more|less|fewer|than|majority|half|always|never|alone|both|either|again|also|other|another|any|new)\b",
    re.IGNORECASE,
)
_LEAST = 0.85
_LEAST_DENIED = 0.7
_LEAST_WORD = 0.9
_KINDS = "ymdn"


def statement_of(question: Question) -> str:
    """What a yes-or-no question asks whether it holds, as a statement as far as the checks need one.

    >>> from rag.question import understand
    >>> statement_of(understand("会合は6月に開かれましたか。")), statement_of(understand("Did the ministers meet in June?"))
    ('会合は6月に開かれました', 'the ministers meet in June')
    """
    if question.language == "en":
        return _OPENING_EN.sub("", question.text).strip(" ?")
    return _ENDING_JA.sub("", question.text.strip())


class YesNo:
    """Settles questions by passages of one index."""

    def __init__(self, index: LocalIndex) -> None:
        self._supporter = Supporter(index)

    def settle(self, question: Question, passage: Passage) -> Settled:
        """`yes` where the passage says it, `no` where it says otherwise in one respect, else empty."""
        statement = statement_of(question)
        if question.answer_type != "yes-no" or (question.language == "en" and not passage.rendering):
            return ""
        verdict = self._supporter.check(statement, (passage,))
        if verdict.reason == "opposite" or verdict.reason.startswith("no denial of"):
            return "no" if verdict.score >= _LEAST_DENIED else ""
        if not verdict.reason:
            return "yes" if verdict.score >= _LEAST and self._says(statement, passage) else ""
        return "no" if any(self._says(s, passage) for s in self._mended(statement, passage)) else ""

    def _says(self, statement: str, passage: Passage) -> bool:
        """Whether the passage says a statement outright, in one clause."""
        if self._supporter.check(statement, (passage,)).reason:
            return False
        side, grounds, hits = self._supporter.aligned(statement, (passage,))
        source = grounds.first
        return (
            not (denials(side.text) or denying_words(side.text)) and _outright(side, grounds, hits) and _plain(side, source, hits)
        )

    def _mended(self, statement: str, passage: Passage) -> Iterator[str]:
        """The statement with its one foreign number, time or country replaced by one of the passage's that is of its kind."""
        side, grounds, _ = self._supporter.aligned(statement, (passage,))
        source = grounds.first
        wrong = [(q.key[0], q.start, q.end) for q in side.quantities if q.key not in grounds.quantities]
        wrong += [("country", a.start, a.end) for a in side.countries if a.key not in grounds.countries]
        if len(wrong) != 1:
            return
        kind, start, end = wrong[0]
        if kind == "country":
            yield from (
                side.text[:start] + source.text[a.start : a.end] + side.text[end:] for a in source.countries if a.key != "c:JP"
            )
        elif kind in _KINDS:
            like = [
                q
                for q in source.quantities
                if q.key[0] == kind and _unit(kind, source.text, q.end) == _unit(kind, side.text, end)
            ]
            yield from (side.text[:start] + source.text[q.start : q.end] + side.text[end:] for q in like)


def _unit(kind: str, text: str, end: int) -> str:
    """What is counted by the number that ends there: a character, or a word of English; times carry theirs."""
    if kind != "n":
        return ""
    m = re.match(r"\s*(?:[A-Za-z]+|.)?", text[end:])
    return m[0].strip() if m else ""


def _outright(side: Side, grounds: Grounds, hits: Sequence[Hit]) -> bool:
    """Whether every word has its like, the verbs one that is no light word."""
    asserted = predicates(side)
    for word, hit in zip(side.words, hits, strict=True):
        if hit.value < (MEANING if word in asserted or word.name else _LEAST_WORD) or (
            word in asserted and (not hit.offsets or LIGHT in word.concepts)
        ):
            return False
    return bool(side.words)


def _plain(side: Side, source: Side, hits: Sequence[Hit]) -> bool:
    """Whether nothing decides the statement that the sentence does not say, or takes the clause back that says it."""
    text = normalise(source.text).text
    if any(m[0].lower() not in text.lower() for m in _DECISIVE.finditer(normalise(side.text).text)):
        return False
    start, end = _clause(source.text, [o for h in hits for o in h.offsets[:1]])
    clause, rest = normalise(source.text[start:end]).text, normalise(source.text[start:]).text
    taken = [*_LIMITED.findall(clause), *_FRUSTRATED.findall(rest)]
    return all(t in side.text for t in taken) and not denials(rest) and not denying_words(rest)


def _clause(text: str, offsets: Sequence[int]) -> tuple[int, int]:
    """From the clause where the words begin to the end of the one after those where they stand."""
    if not offsets:
        return 0, len(text)
    ends = [m.end() for m in re.finditer(r"[、,;。]", text) if m.start() > max(offsets)]
    return max(text.rfind(c, 0, min(offsets)) for c in "、,;。") + 1, ends[1] if len(ends) > 1 else len(text)
