"""What one answer is worth, and the means over many."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from eval.questions import KINDS, Item
from index.local import LocalIndex
from index.normalise import fold
from rag.answer import Answer

Row = dict[str, float]
_SEPARATORS = re.compile(r"[\s、。,.・「」『』()\-]")


@dataclass(frozen=True, slots=True)
class Outcome:
    """The figures of one question; a figure that does not apply is left out."""

    item: Item
    figures: Mapping[str, float]


def by_kind(outcomes: Sequence[Outcome]) -> dict[tuple[str, str], list[Outcome]]:
    """The outcomes of each language, kind "", and of each kind in it, those that have any."""
    groups: dict[tuple[str, str], list[Outcome]] = {}
    for language in ("ja", "en"):
        mine = [o for o in outcomes if o.item.language == language]
        groups[language, ""] = mine
        groups |= {(language, kind): [o for o in mine if o.item.kind == kind] for kind in KINDS}
    return {name: some for name, some in groups.items() if some}


def gold_passages(item: Item, index: LocalIndex) -> list[set[str]]:
    """For each group of evidence, the ids of the passages that hold one of its quotes."""
    return [
        {
            p.id
            for d in index.documents
            for p in d.passages
            if p.duplicate_of is None and any(q in p.text or p.text in q for q in group)
        }
        for group in item.evidence
    ]


def retrieval_figures(item: Item, ranked: Sequence[str], index: LocalIndex) -> Row:
    """Evidence hit@1/3/5, the reciprocal rank of the first gold passage, and recall@10."""
    groups = gold_passages(item, index)
    gold = set().union(*groups)
    rank = next((i for i, p in enumerate(ranked, 1) if p in gold), 0)
    return {
        **{f"hit@{k}": float(0 < rank <= k) for k in (1, 3, 5)},
        "mrr": 1 / rank if 0 < rank <= 10 else 0.0,
        "recall@10": sum(bool(g & set(ranked[:10])) for g in groups) / len(groups),
    }


def answer_figures(item: Item, answer: Answer, index: LocalIndex) -> Row:
    """Answer match, citation precision and recall, false answers and refusals, validity."""
    answered = answer.status == "answered"
    valid = float(all(index.document(c.document).text[c.start : c.end] == c.quote for c in answer.citations))
    if not item.answerable:
        return {"false answer": float(answered), "valid": valid}
    row = {"false refusal": float(not answered), "answer match": match(item, answer), "valid": valid}
    if answered:
        groups = gold_passages(item, index)
        cited = {c.passage for c in answer.citations}
        gold = set().union(*groups)
        row |= {
            "citation precision": len(cited & gold) / len(cited),
            "citation recall": sum(bool(g & cited) for g in groups) / len(groups),
        }
    return row


def match(item: Item, answer: Answer) -> float:
    """The share of the accepted answers' groups found in the answer, spaces and width aside."""
    if answer.status != "answered":
        return 0.0
    said = plain(f"{answer.short_answer or ''} {answer.text}")
    return sum(any(plain(a) in said for a in group) for group in item.answers) / len(item.answers)


def plain(text: str) -> str:
    """Normalised text without spaces and separators."""
    return _SEPARATORS.sub("", fold(text))


def means(outcomes: Iterable[Outcome]) -> Row:
    """The mean of each figure over the outcomes that have it."""
    gathered: dict[str, list[float]] = {}
    for outcome in outcomes:
        for name, value in outcome.figures.items():
            gathered.setdefault(name, []).append(value)
    return {name: sum(values) / len(values) for name, values in gathered.items()}
