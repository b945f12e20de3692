"""The short answer: the span inside a quoted sentence that answers the question."""

from index.normalise import fold
from index.tokenise import Tokeniser
from rag.question import Question
from rag.reading import PassageReading
from rag.span_edges import whole_words
from rag.spans import TypedSpan, asks_identity, candidate_spans, definition, holders_of_office

# By how much, in log-odds, a span of the asked form may stand below the reader's own.
_FORM = 6.0
# A span longer than this is a clause, not a short answer.
_LONGEST = 80


def short_answer(
    question: Question, text: str, tokeniser: Tokeniser, reading: PassageReading | None = None
) -> tuple[int, int] | None:
    """The answering range of a sentence, or None where nothing answers.

    The reader chooses among the spans of the asked type; where it finds a span of another form much
    better, or the type has no form, its own span stands. Without a reading, the nearest to what
    was asked is taken.
    """
    if question.answer_type == "definition":
        found = definition(question, text)
        if found:
            return found
    spans = typed_spans(question, text, tokeniser)
    own = whole_words(text, reading.marked, tokeniser) if reading and reading.marked else None
    if reading is None or own is None:
        return nearest(question, text, spans, tokeniser)
    best = max(spans, key=lambda s: reading.score(s.start, s.end), default=None)
    if best is not None and reading.score(best.start, best.end) >= reading.best - _FORM:
        return best.start, best.end
    return own if 0 < own[1] - own[0] <= _LONGEST else None


def typed_spans(question: Question, text: str, tokeniser: Tokeniser) -> list[TypedSpan]:
    """The spans of the asked type that the question does not name itself."""
    return unnamed(question, text, candidate_spans(text, question.answer_type, tokeniser), tokeniser)


def unnamed(question: Question, text: str, spans: list[TypedSpan], tokeniser: Tokeniser) -> list[TypedSpan]:
    """Those of some spans that the question does not name itself."""
    asked = fold(question.text)
    spans = [s for s in spans if fold(text[s.start : s.end]) not in asked]
    return _not_named(question, text, spans, tokeniser) or spans


def nearest(question: Question, text: str, spans: list[TypedSpan], tokeniser: Tokeniser) -> tuple[int, int] | None:
    """The span that stands nearest to the question's words; None where there is no span."""
    if not spans:
        return None
    best = min(spans, key=lambda s: _distance(s, _anchors(question, text, tokeniser)))
    return best.start, best.end


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
