"""Whether a text has the form of a statement at all: words without a verb and without grammar state nothing."""

import re

from index.normalise import fold
from index.tokenise import Tokeniser
from rag.grounds import Grounds, Side
from rag.predicates import predicates

_JAPANESE_GAP = re.compile(r"[ぁ-んァ-ヶー一-龠] +(?=[ぁ-んァ-ヶー一-龠])")
_MOST_GAPS = 1
_VERB_EN = re.compile(
    r"\b(?:is|are|was|were|be|been|has|have|had|will|would|can|could|may|might|must|does|did|do|lies?|takes?|gives?|makes?|goes|[a-z]{2,}(?:s|ed|es))\b"
)
_GRAMMAR_EN = re.compile(
    r"\b(?:the|a|an|of|in|on|at|to|for|from|by|with|and|or|that|which|who|as|between|its?|their|his|her|this|than|about)\b"
)
_BROKEN_EN = re.compile(
    r"\b(?:the|a|an|of|and|or|with|for|from)\s*[.!?]*$|\b(?:the|a|an)\s+(?:the|a|an|of|and|is|was|in)\b|\bof\s+(?:of|and|is|was|in)\b"
)
_AUXILIARY_EN = re.compile(r"\b(?:is|are|was|were|has|have|had|will|would|did|not)\b")
_LONGEST_BARE = 7
_SHORT = 3
_MUCH_GRAMMAR = 0.2
_ASSERTING = ("動詞", "助動詞", "形容詞", "形状詞")


def ill_formed(statement: Side, grounds: Grounds, tokeniser: Tokeniser) -> bool:
    """Whether a statement is words and no sentence; what stands in the source as it is may be a title."""
    if any(fold(statement.text).rstrip("。. ") in fold(s.text) for s in grounds.sides):
        return False
    return _jumbled_ja(statement, tokeniser) if statement.language == "ja" else _jumbled_en(statement)


def _jumbled_ja(statement: Side, tokeniser: Tokeniser) -> bool:
    if len(_JAPANESE_GAP.findall(statement.text)) > _MOST_GAPS:
        return True
    kinds = [t.pos[0] for t in tokeniser.tokens(statement.text)]
    verbal = any(k in _ASSERTING for k in kinds) or bool(predicates(statement))
    return not verbal or "助詞" not in kinds


def _jumbled_en(statement: Side) -> bool:
    plain = statement.text.lower()
    words = len(plain.split())
    grammar = len(_GRAMMAR_EN.findall(plain)) / max(words, 1)
    if words > _SHORT and not (grammar or _AUXILIARY_EN.search(plain)):
        return True
    verbal = _VERB_EN.search(plain) or predicates(statement) or grammar >= _MUCH_GRAMMAR
    if not verbal or _BROKEN_EN.search(plain):
        return True
    verbs = {w.text.lower() for w in predicates(statement)}
    bare = longest = 0
    for m in re.finditer(r"[a-z'’]+|[,;:()]|[0-9]+", plain):
        stops = m[0] in verbs or bool(_GRAMMAR_EN.fullmatch(m[0]) or _VERB_EN.fullmatch(m[0])) or not m[0][0].isalpha()
        bare = 0 if stops else bare + 1
        longest = max(longest, bare)
    return longest > _LONGEST_BARE
