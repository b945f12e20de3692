"""The short answer: the span inside a quoted sentence that answers the question."""

import re

from index.normalise import fold
from index.tokenise import Token, Tokeniser
from rag.question import Question
from rag.spans import TypedSpan, asks_identity, candidate_spans, definition, holders_of_office


def short_answer(question: Question, text: str, tokeniser: Tokeniser) -> tuple[int, int] | None:
    """The answering range of a sentence, or None where no span is of the asked type."""
    if question.answer_type == "definition":
        return definition(question, text)
    spans = candidate_spans(text, question.answer_type, tokeniser)
    asked = fold(question.text)
    spans = [s for s in spans if fold(text[s.start : s.end]) not in asked]
    spans = _not_named(question, text, spans, tokeniser) or spans
    if spans:
        best = min(spans, key=lambda s: _distance(s, _anchors(question, text, tokeniser)))
        return best.start, best.end
    if question.answer_type in ("thing", "topic"):
        return _argument(question, text, tokeniser)
    return None


def _not_named(question: Question, text: str, spans: list[TypedSpan], tokeniser: Tokeniser) -> list[TypedSpan]:
    """For a person: the spans that share the office asked for, or else that share nothing with the question."""
    if question.answer_type != "person":
        return spans
    if asks_identity(question):
        return holders_of_office(question, text, spans, tokeniser)
    asked = {t.term for t in tokeniser.words(question.text)}
    return [s for s in spans if not asked & {t.term for t in tokeniser.words(text[s.start : s.end])}]


def _anchors(question: Question, text: str, tokeniser: Tokeniser) -> list[tuple[int, int]]:
    """Where the question's words stand in the sentence."""
    asked = {t.term for t in tokeniser.words(question.text)}
    concepts = set(tokeniser.concepts(question.text))
    return [(t.start, t.end) for t in tokeniser.words(text) if t.term in asked or concepts & set(t.concepts)]


def _distance(span: TypedSpan, anchors: list[tuple[int, int]]) -> float:
    """Mean distance to the three nearest anchors: an answer stands among what was asked about."""
    gaps = sorted(max(span.start - end, start - span.end, 0) for start, end in anchors)[:3]
    return sum(gaps) / len(gaps) if gaps else float(span.start)


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
