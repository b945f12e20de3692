"""Answers and passages for people at a terminal."""

from collections.abc import Mapping, Sequence

from rag.answer import Answer, Statement
from rag.explain import facts
from rag.lookup import Found, Place
from rag.phrases import UNOFFICIAL
from rag.retrieve import Candidate
from source.document import Document, Passage

_RELATED = {"ja": "関連する箇所(答えではありません):", "en": "Related, but not an answer:"}
_UNDERSTOOD = {"ja": "質問の解釈", "en": "Understood as"}


def show_answer(answer: Answer) -> str:
    """The answer with numbered citations, then where each stands."""
    lines = []
    if answer.standalone_question != answer.question.strip():
        lines += [f"({_UNDERSTOOD[answer.language]}: {answer.standalone_question})", ""]
    numbers = {c: i for i, c in enumerate(answer.citations, 1)}
    if not answer.statements:
        near = [f"  {r.passage}  {r.score:.2f}" for r in answer.retrieved[:3]]
        return "\n".join([*lines, *_notice(answer), answer.text, *([_RELATED[answer.language], *near] if near else [])])
    lines += [answer.opening] if answer.opening else []
    for s in answer.statements:
        marks = "".join(f"[{numbers[c]}]" for c in s.citations)
        if s.rendering:
            lines.append(f"{s.rendering} ({UNOFFICIAL['en']})")
        lines.append(f"{_marked(s)} {marks}")
    lines.append("")
    lines += _notice(answer)
    lines += [f"[{n}] {c.passage}  {c.document} {c.start}–{c.end}" for c, n in numbers.items()]
    return "\n".join(lines)


def show_explanation(answer: Answer) -> str:
    """How the answer was found, a fact a line."""
    return "\n".join(f"{name}: {value}" for name, value in facts(answer, answer.language).items())


def _notice(answer: Answer) -> list[str]:
    """What did not go as usual, if anything."""
    return [f"({answer.notice})", ""] if answer.notice else []


def _marked(statement: Statement) -> str:
    """The statement with its short answer between 【 and 】."""
    if statement.short is None:
        return statement.text
    start, end = statement.short
    return f"{statement.text[:start]}【{statement.text[start:end]}】{statement.text[end:]}"


def show_candidates(candidates: Sequence[Candidate]) -> str:
    """One line a passage: score, id, text."""
    return "\n".join(f"{c.score:.3f}  {c.passage.id}  {c.passage.text}" for c in candidates)


def show_passage(document: Document, passage: Passage) -> str:
    """A passage with its place in the document."""
    place = " › ".join((document.title, *passage.headings))
    lines = [f"{passage.id}  {passage.kind}", place, f"{document.id} {passage.start}–{passage.end}", "", passage.text]
    return "\n".join([*lines, f"({UNOFFICIAL['en']}) {passage.rendering}"] if passage.rendering else lines)


_FOUND = {
    "passage": "The passage that is named:",
    "quote": "The text says so:",
    "close": "The text says nearly so; [-pasted-] {+in the text+}:",
    "near": "The text does not say so. The nearest places; [-pasted-] {+in the text+}:",
}


def show_found(found: Found, places: Mapping[str, tuple[Document, Passage]]) -> str:
    """What a lookup found: each place with its passage and, where there are any, the differences."""
    return "\n\n".join([_FOUND[found.kind], *(_show_place(p, *places[p.passage]) for p in found.places)])


def _show_place(place: Place, document: Document, passage: Passage) -> str:
    lines = [show_passage(document, passage)]
    if place.differences:
        told = (d.text if d.same else _change(d.given, d.text) for d in place.differences)
        lines += ["", f"{place.likeness:.0%}  {''.join(told)}"]
    return "\n".join(lines)


def _change(given: str, text: str) -> str:
    return (f"[-{given}-]" if given else "") + (f"{{+{text}+}}" if text else "")
