"""The short answer: the span inside a quoted sentence that answers the question."""

import re

from index.normalise import fold, normalise
from index.tokenise import Token, Tokeniser
from rag.question import Question
from rag.spans import TypedSpan, candidate_spans

_EXPANSION = re.compile(r"(?P<short>[A-Za-z]{2,10})\s*:\s*(?P<full>\S.*)$")
_BRACKETED = re.compile(r"(?P<full>[一-龠ァ-ヶーA-Za-z0-9第]{3,40})\((?P<short>[A-Z][A-Za-z0-9]{1,9})\)")


def short_answer(question: Question, text: str, tokeniser: Tokeniser) -> tuple[int, int] | None:
    """The answering range of a sentence, or None where no span is of the asked type."""
    if question.answer_type == "definition":
        return _definition(question, text)
    spans = candidate_spans(text, question.answer_type, tokeniser)
    asked = fold(question.text)
    spans = [s for s in spans if fold(text[s.start : s.end]) not in asked]
    if spans:
        best = min(spans, key=lambda s: _distance(s, _anchors(question, text, tokeniser)))
        return best.start, best.end
    if question.answer_type in ("thing", "topic"):
        return _argument(question, text, tokeniser)
    return None


def _anchors(question: Question, text: str, tokeniser: Tokeniser) -> list[tuple[int, int]]:
    """Where the question's words stand in the sentence."""
    asked = {t.term for t in tokeniser.words(question.text)}
    concepts = set(tokeniser.concepts(question.text))
    return [(t.start, t.end) for t in tokeniser.words(text) if t.term in asked or concepts & set(t.concepts)]


def _distance(span: TypedSpan, anchors: list[tuple[int, int]]) -> float:
    """Mean distance to the three nearest anchors: an answer stands among what was asked about."""
    gaps = sorted(max(span.start - end, start - span.end, 0) for start, end in anchors)[:3]
    return sum(gaps) / len(gaps) if gaps else float(span.start)


def _definition(question: Question, text: str) -> tuple[int, int] | None:
    """The other half of `SCO: Shanghai …` or of 上海協力機構(SCO)."""
    n = normalise(text)
    asked = fold(question.text)
    for pattern in (_EXPANSION, _BRACKETED):
        for m in re.finditer(pattern.pattern, n.text, re.IGNORECASE):
            if re.search(rf"(?<![a-z]){re.escape(m['short'])}(?![a-z])", asked) and m["full"] not in asked:
                return n.original(m.start("full"), m.end("full"))
            if m["full"] in asked:
                return n.original(m.start("short"), m.end("short"))
    return None


def _argument(question: Question, text: str, tokeniser: Tokeniser) -> tuple[int, int] | None:
    """何を/何に/何について + verb: the noun phrase with that particle before the same verb."""
    m = re.search(
        r"(?:何|なに|なん|どんな[^をにがで]{0,8}|どのような[^をにがで]{0,8})(を|に(?:ついて|関して)?|が|で|と)(.{1,12})",
        fold(question.text),
    )
    if not m or question.language != "ja":
        return None
    particle, verbs = m[1], {t.term for t in tokeniser.words(m[2])}
    tokens = tokeniser.tokens(text)
    for i, token in enumerate(tokens):
        if token.term in verbs and i:
            return _phrase_before(tokens, i, particle[0])
    return None


def _phrase_before(tokens: list[Token], i: int, particle: str) -> tuple[int, int] | None:
    """The noun phrase that ends right before the particle nearest to the left of token `i`."""
    end = next(
        (j for j in range(i - 1, max(-1, i - 8), -1) if tokens[j].surface.startswith(particle) and tokens[j].pos[0] == "助詞"),
        None,
    )
    if not end:
        return None
    start = end
    while (
        start > 0
        and tokens[start - 1].surface not in "、。は"
        and not (tokens[start - 1].pos[0] == "助詞" and tokens[start - 1].surface in ("が", "を", "に", "で", "から", "は"))
    ):
        start -= 1
    return (tokens[start].start, tokens[end - 1].end) if start < end else None
