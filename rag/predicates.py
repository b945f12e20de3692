"""The words of a statement that assert something: its verbs, as far as their form tells."""

import re

from rag.grounds import Side
from rag.words import Word

_IRREGULAR = frozenset(
    "met held led won lost rose fell bought sold built began became left took gave sent spoke came went paid lent told said grew shut cut set got "
    "made put ran saw taught thought wrote stood kept broke chose drew drove fought found hit hurt knew meant read sought spent struck swore won".split()
)
_AUXILIARY = re.compile(
    r"\b(?:will|would|shall|should|can|could|may|might|must|to|did|does|do|not|n't|has|have|had|was|were|is|are|been|be)\s+(?:\w+ly\s+)?$"
)
# "the rebuilt quay", "of treated water": a form of a verb that describes a thing.
_DESCRIBES = re.compile(
    r"\b(?:the|a|an|its|their|his|her|of|with|by|in|on|no|any|some|all|both|several|many|more|as)\s+(?:[\w-]+\s+)?$"
)
_THING = re.compile(
    r"\s+(?!(?:to|by|in|on|at|with|for|from|of|that|as|and|the|a|an|into|over|up|down|out|its|their|his|her)\b)[A-Za-z]"
)
# 懸念を示す, "expressed concern": what is done is said by the noun.
_SAYING_JA = re.compile(r"を(?:示|表明|表し|表す|述べ|伝え|抱|覚え|与え|得)")
_SAYING_EN = re.compile(r"\b(?:express|voic|convey|show|declar|announc)\w*\s+(?:\w+\s+)?$")
_FORM = re.compile(r"[a-z]{2,}(?:ed|ied)$")
_VERBAL_JA = re.compile(
    r"(?:を)?(?:する|した|して|しない|しなかった|される|された|させ|し(?=、|。|$)|いる|いた|った|んだ|いだ|える|えた|める|めた|れる|れた|げる|げた|ける|けた|る。|う。|く。|す。)"
)


def predicates(side: Side) -> list[Word]:
    """The content words that are verbs by their form or by what stands beside them."""
    read = _japanese if side.language == "ja" else _english
    return [w for w in side.words if not w.name and read(side.text, w)]


def _english(text: str, word: Word) -> bool:
    plain = word.text.lower()
    if plain != word.text:
        return False
    before = text[: word.start]
    if _FORM.search(plain) and _DESCRIBES.search(before.lower()) and _THING.match(text, word.end):
        return False
    if plain in _IRREGULAR or _FORM.search(plain) or _SAYING_EN.search(before.lower()):
        return True
    return (bool(_AUXILIARY.search(before.lower())) and not re.search(r"\b(?:is|are|was|were|be|been|to)\s+$", before)) or bool(
        re.search(r"\b(?:will|would|did not|not|must|can|could|may)\s+$", before.lower())
    )


def _japanese(text: str, word: Word) -> bool:
    """A verb, or a noun that する follows, at the end of its clause."""
    return bool(_VERBAL_JA.match(text, word.end) or _SAYING_JA.match(text, word.end))
