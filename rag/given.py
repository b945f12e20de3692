"""An earlier turn of a conversation, as a follow-up sees it, and what it is given to speak of."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from index.entities import find_entities
from index.normalise import fold
from index.tokenise import Tokeniser, is_content, language_of

WH_JA = r"(?:誰|だれ|どなた|何|なに|なん(?=[ですのとでに])|いつ|どこ|どの|どれ|どちら|どう|どんな|なぜ|いくつ|いくら)"
# A name by its script: a run of katakana, Latin letters or digits.
_BY_SCRIPT = re.compile(r"[ァ-ヶー]{3,}|[A-Za-z][A-Za-z0-9]+|[0-9]+")
# A question word with the kind of thing that it asks for: どこの国, 何人, どの街.
_ASKING = re.compile(
    rf"{WH_JA}(?:の|という)?(?:国|人|街|町|市|県|州|年|月|日|件|回|方|名前|場所)?|^(?:how (?:many|much|long)|which|what|who|when|where)\b"
)
_HOME = "日本"
_CAPITALISED = re.compile(r"\b[A-Z][\w'-]*")
_MONTHS_AND_SUCH = ("year", "month", "day", "ordinal")
# How much of a question the turn before must have said for it to go on with that.
_GIVEN = 0.5


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question as it stood by itself, and what answered it, if anything did.

    `quote` is the sentence that answered, `context` its paragraph, `heading` the nearest one above.
    """

    standalone: str
    short_answer: str | None = None
    quote: str = ""
    context: str = ""
    heading: str = ""

    @property
    def latest(self) -> tuple[str, str]:
        """What was said last of all, the answer, and before it the question."""
        return self.short_answer or "", self.standalone

    @property
    def said(self) -> str:
        """All that the turn has brought up."""
        return " ".join((self.standalone, self.short_answer or "", self.quote, self.context, self.heading))


def goes_on(question: str, turn: Turn, tokeniser: Tokeniser) -> bool:
    """Whether a question speaks of what the turn before spoke of.

    It names nothing that is new, and what it says at all is a word or was mostly said before.
    """
    said = turn.said
    held = fold(said)
    if any(name != _HOME and not _stands(name, held) for name in names_of(question, tokeniser)):
        return False
    rest = _ASKING.sub("", question)
    terms = content(rest, tokeniser) - {_HOME}
    if len(terms) <= 1 or not _nouns(rest, tokeniser):
        return True
    known, concepts = _all_words(said, tokeniser), set(tokeniser.concepts(said))
    given = sum(t in known or not concepts.isdisjoint(tokeniser.concepts(t)) for t in terms)
    return given >= _GIVEN * len(terms)


def names_of(text: str, tokeniser: Tokeniser) -> list[str]:
    """The names and numbers of a text, folded. In English what opens a sentence is no name for its capital."""
    if language_of(text) == "en":
        opening = text.lstrip()[:1] and len(text) - len(text.lstrip())
        found: Iterable[str] = (m[0] for m in _CAPITALISED.finditer(text) if m.start() != opening or len(m[0]) < 2)
        return [fold(n) for n in found] + re.findall(r"[0-9]+", text)
    proper = [t.surface for t in tokeniser.tokens(text) if "固有名詞" in t.pos]
    return [fold(n) for n in (*proper, *_BY_SCRIPT.findall(text))]


def has_name(text: str, tokeniser: Tokeniser) -> bool:
    """Whether a text names anything: a proper name, a country, a number."""
    return bool(names_of(text, tokeniser)) or any(e.kind not in _MONTHS_AND_SUCH for e in find_entities(text))


def _stands(name: str, text: str) -> bool:
    """Whether a text has a name; a number must stand there whole."""
    return bool(re.search(rf"(?<![0-9]){name}(?![0-9])", text)) if name.isdecimal() else name in text


def _nouns(text: str, tokeniser: Tokeniser) -> bool:
    """Whether a text has a noun that means something; in English every word may be one."""
    return language_of(text) == "en" or any(t.pos[0] == "名詞" and t.term != _HOME for t in tokeniser.words(text))


def content(text: str, tokeniser: Tokeniser) -> set[str]:
    """The content words of a text, as terms; a compound is one."""
    if language_of(text) == "ja":
        return {t.term for t in tokeniser.tokens(text) if is_content(t)}
    return set(tokeniser.fields(text)["english"])


def _all_words(text: str, tokeniser: Tokeniser) -> set[str]:
    """The content words of a text and their parts, in both languages where it has both."""
    return {t.term for t in tokeniser.words(text)} | set(tokeniser.fields(text)["english"])
