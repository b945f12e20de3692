"""Training batches of the pointer: windows of one field side by side, so that each is a near miss of the others."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from index.contextual import Floats
from index.pointer_data import Field, Question, Told
from index.reader_words import CONTENT, GROUP, GROUP2, SURFACE, WORD, Ints, Words, padded

TOGETHER = 4  # windows of one field in a group
ASKED = 44  # questions in a batch
ROOM = (160, 480)  # characters of a window, drawn anew every time
# How often a question's own answer is looked for in another window too; how often that is any, not the likest.
MISSES, ANY = 0.6, 0.35
# Shares of questions whose content words lose their spelling, a little, much, and their meaning too.
BLURRED, MUCH, BLANK = 0.5, 0.2, 0.2


@dataclass(frozen=True, slots=True)
class Cut:
    """A run of a window's sentences with the questions whose answers it holds, or that have none."""

    words: Words
    sentence: Ints
    text: str
    asked: tuple[tuple[Question, tuple[tuple[int, int], ...]], ...]


Group = list[Cut]


@dataclass(frozen=True, slots=True)
class Batch:
    """Arrays of a batch. Pairs are (window, question); the first ones are each question's own.

    `spans` are the right (pair, first, last), none for pairs that have no answer.
    """

    rows: Ints
    states: Floats
    asked_rows: Ints
    asked_states: Floats
    sentence: Floats
    pair_told: Ints
    pair_asked: Ints
    spans: Ints
    own: int


def cuts(told: Told, asked: Sequence[Question], rng: np.random.Generator) -> list[Cut]:
    """A window cut at sentence ends into parts of a length drawn anew."""
    room, sentences = rng.uniform(*ROOM), told.window.sentences
    edges = [0]
    for i, (_, end) in enumerate(sentences):
        if i > edges[-1] and end - sentences[edges[-1]][0] > room:
            edges.append(i)
    made = []
    for a, b in itertools.pairwise([*edges, len(sentences)]):
        inside = np.flatnonzero((told.sentence >= a) & (told.sentence < b))
        if not len(inside):
            continue
        first, after = int(inside[0]), int(inside[-1]) + 1
        held = [(q, tuple((s - first, e - first) for s, e in q.spans if s >= first and e < after)) for q in asked]
        words = Words(told.words.rows[first:after], told.words.states[first:after], told.words.offsets[first:after])
        kept = tuple((q, spans) for q, spans in held if spans or not q.spans)
        made.append(Cut(words, told.sentence[first:after] - a, told.window.text[sentences[a][0] : sentences[b - 1][1]], kept))
    return made


def groups(fields: Sequence[Field], rng: np.random.Generator) -> list[list[Group]]:
    """One pass over all questions: batches of groups of like length, in random order."""
    made: list[Group] = []
    for field in fields:
        asked: dict[int, list[Question]] = {}
        for question in field.asked:
            asked.setdefault(question.told, []).append(question)
        some = [c for i, told in enumerate(field.told) for c in cuts(told, asked.get(i, ()), rng)]
        some.sort(key=lambda c: len(c.words.rows) + rng.normal(0, 25))
        made += [some[at : at + TOGETHER] for at in range(0, len(some), TOGETHER)]
    made = [g for g in made if any(c.asked for c in g)]
    made.sort(key=lambda g: max(len(c.words.rows) for c in g) + rng.normal(0, 10))
    batches: list[list[Group]] = [[]]
    for group in made:
        if batches[-1] and sum(len(c.asked) for g in [*batches[-1], group] for c in g) > ASKED:
            batches.append([])
        batches[-1].append(group)
    return [batches[int(i)] for i in rng.permutation(len(batches))]


def collate(chosen: Sequence[Group], rng: np.random.Generator) -> Batch:
    """Pads a batch and pairs each question with its window and, mostly, with one that does not answer it."""
    shown = [c for g in chosen for c in g]
    group_of = [i for i, g in enumerate(chosen) for _ in g]
    own = [(i, question, spans) for i, c in enumerate(shown) for question, spans in c.asked]
    pairs = [(i, k) for k, (i, _, _) in enumerate(own)]
    for k, (i, question, _) in enumerate(own):
        others = [j for j, c in enumerate(shown) if j != i and group_of[j] == group_of[i] and question.answer not in c.text]
        if question.answer and others and rng.random() < MISSES:
            pairs.append((_miss(question, shown, others, rng), k))
    spans = [(k, first, last) for k, (_, _, found) in enumerate(own) for first, last in found]
    rows, states = padded([c.words for c in shown])
    asked_rows, asked_states = padded([blurred(q.words, rng) for _, q, _ in own])
    sentence = np.zeros((len(shown), max(int(c.sentence.max()) for c in shown) + 1, rows.shape[1]), dtype=np.float32)
    for i, c in enumerate(shown):
        sentence[i, c.sentence, np.arange(len(c.sentence))] = 1
    told, asked = np.asarray(pairs, dtype=np.int64).T
    return Batch(
        rows, states, asked_rows, asked_states, sentence, told, asked,
        np.asarray(spans, dtype=np.int64).reshape(-1, 3), len(own),
    )  # fmt: skip


def _miss(question: Question, shown: Sequence[Cut], others: Sequence[int], rng: np.random.Generator) -> int:
    """The other window that shares most content words with the question, or now and then any of them."""
    if rng.random() < ANY:
        return int(rng.choice(others))
    rows = question.words.rows
    asked = rows[rows[:, CONTENT] > 0, WORD]
    return max(others, key=lambda j: int(np.isin(asked, shown[j].words.rows[:, WORD]).sum()))


def blurred(words: Words, rng: np.random.Generator) -> Words:
    """A question some of whose content words match nothing, so that the pointer does not lean on shared words."""
    how = rng.random()
    if how >= BLURRED:
        return words
    rows, states = words.rows.copy(), words.states
    hit = (rng.random(len(rows)) < (0.4 if how > BLURRED - MUCH else 0.15)) & (rows[:, CONTENT] > 0)
    for column in (SURFACE, WORD):
        rows[hit, column] = rng.integers(1, 2**31, int(hit.sum()))
    rows[hit, GROUP] = rows[hit, GROUP2] = 0
    if how < BLANK:
        states = states.copy()
        states[hit] = 0
    return Words(rows, states, words.offsets)
