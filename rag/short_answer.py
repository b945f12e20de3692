"""The short answer: the span inside a quoted sentence that answers the question."""

from index.normalise import fold
from index.tokenise import Tokeniser
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
