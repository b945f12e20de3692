"""Statements written by hand over the passages of the teaching set, each true to its source or false in one thing.

`index/teaching/statements.jsonl` is what the entailment model learns from, beside JSICK and what is
made here of the passages' own sentences. The tenth of the passages that the teaching set holds out
is held out here too.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.entailment import source_window
from index.reader_examples import Example, Window, exchange, names_of, sentences_of
from index.teaching import FOLDER, TeachingPassage, held_out, load_passages, read_records
from index.train_data import jsick

TRUE_KINDS = ("paraphrase", "translation", "condensed", "voice", "era", "resolved", "split", "joined")
FALSE_KINDS = (
    "number", "date", "time", "unit", "ordinal", "name", "role", "country", "place", "exchange", "direction", "voice",
    "negation", "modality", "certainty", "quantifier", "opposite", "cause", "object", "predicate", "elision", "merge", "invention",
)  # fmt: skip
# How often a true statement is also given with a name or number exchanged, and over another sentence of its passage.
EXCHANGED, ELSEWHERE = 0.25, 0.3
# How many of the passages give a sentence of their own in a pass, and how much of JSICK is read.
OWN, JSICK = 0.6, 0.2


@dataclass(frozen=True, slots=True)
class TaughtStatement:
    """A statement about sentences of a passage, given as ranges of its text; `kind` says how it was worded or made false."""

    id: str
    passage: str
    sources: tuple[tuple[int, int], ...]
    language: str
    true: bool
    kind: str
    text: str


def load_statements(folder: Path = FOLDER) -> list[TaughtStatement]:
    """All statements. Raises TeachingError with the line that is wrong."""
    return read_records(folder / "statements.jsonl", _statement, "statement")


def _statement(held: dict[str, Any]) -> TaughtStatement:
    held["sources"] = tuple((int(s), int(e)) for s, e in held["sources"])
    return TaughtStatement(**held)


def source_of(statement: TaughtStatement, passage: TeachingPassage) -> Window:
    """The sentences that a statement is about."""
    return source_window([passage.text[s:e] for s, e in statement.sources], passage.nearest_heading)


def statement_examples(data: Path, rng: random.Random) -> list[Example]:
    """What the entailment model learns in one pass, made anew at each call; an example has a span where its source supports it.

    The statements themselves; some of the true ones with a name or number exchanged, or over another
    sentence of their passage; the passages' own sentences over themselves, whole, altered and
    over another; a part of JSICK.
    """
    passages = load_passages(None)
    statements = [s for s in load_statements() if not held_out(s.passage)]
    names = names_of([*(p.text for p in passages.values()), *(s.text for s in statements)])
    made = []
    for statement in statements:
        passage = passages[statement.passage]
        window = source_of(statement, passage)
        made.append(_judged(statement.text, window, true=statement.true))
        if statement.true:
            made += _beside(made[-1], passage, [passage.text[s:e] for s, e in statement.sources], names, rng)
    for name in dict.fromkeys(s.passage for s in statements):
        if rng.random() < OWN:
            made += _own_sentence(passages[name], names, rng)
    return made + [e for e in _jsick(data) if rng.random() < JSICK]


def held_out_examples() -> list[Example]:
    """The statements over the passages that are held out."""
    passages = load_passages(None)
    return [_judged(s.text, source_of(s, passages[s.passage]), true=s.true) for s in load_statements() if held_out(s.passage)]


def _judged(text: str, window: Window, *, true: bool) -> Example:
    return Example(text, window, window.sentences if true else ())


def _beside(
    example: Example, passage: TeachingPassage, sources: Sequence[str], names: Sequence[str], rng: random.Random
) -> list[Example]:
    """What is made false of a true statement: a name or number exchanged; another sentence for its source."""
    made = []
    other = exchange(example, names, rng) if rng.random() < EXCHANGED else None
    if other:
        made.append(other)
    rest = [passage.text[s:e] for s, e in sentences_of(passage.text) if passage.text[s:e] not in sources]
    if rest and rng.random() < ELSEWHERE:
        made.append(_judged(example.question, source_window([rng.choice(rest)], passage.nearest_heading), true=False))
    return made


def _own_sentence(passage: TeachingPassage, names: Sequence[str], rng: random.Random) -> list[Example]:
    """A sentence over itself, and what is made false of it."""
    start, end = rng.choice(sentences_of(passage.text))
    text = passage.text[start:end]
    example = _judged(text, source_window([text], passage.nearest_heading), true=True)
    return [example, *_beside(example, passage, [text], names, rng)]


def _jsick(data: Path) -> list[Example]:
    """JSICK (Yanaka & Mineshima 2022): does the first sentence entail the second?"""
    return [
        _judged(r["sentence_B_Ja"], source_window([r["sentence_A_Ja"]], ""), true=r["entailment_label_Ja"] == "entailment")
        for r in jsick(data)
    ]
