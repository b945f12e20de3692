"""Training batches: paragraphs of the same article side by side, so that each is a near miss of the others."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from index.reader_arrays import one_hot, pad
from index.reader_augment import Thesaurus, altered
from index.reader_data import ANSWER_TYPES, Article, Paragraph
from index.reader_features import CONTENT, IDF, WORD, Tokens
from index.reader_words import Ints

LIMIT, LONG = 400, 700  # characters of a window; of a paragraph that may stay whole
TOGETHER = 4  # windows of one article in a batch
WINDOWS = 16  # windows in a batch


@dataclass
class Asked:
    """A question of a window: its rows and the window's tokens that answer it."""

    rows: Ints
    first: int
    last: int
    answer_type: int
    answer: str


@dataclass
class Window:
    """A run of a paragraph's sentences, perhaps under its title."""

    rows: Ints
    sentence_of: Ints
    text: str
    asked: list[Asked]


@dataclass
class Batch:
    """Arrays of a batch. Pairs are (window, question); the first ones are each question's own."""

    passages: Ints
    sentences: Ints
    questions: Ints
    pair_p: Ints
    pair_q: Ints
    first: Ints
    last: Ints
    sentence: Ints
    answer_types: Ints


def windows(paragraph: Paragraph, title: Tokens, rng: np.random.Generator) -> list[Window]:
    """Cuts a paragraph at sentence ends into windows of about LIMIT characters."""
    length = len(paragraph.text)
    limit = LONG if length <= LONG and rng.random() < 0.3 else int(LIMIT * rng.uniform(0.6, 1.1))
    cuts = [0]
    for i, (_, end) in enumerate(paragraph.sentences):
        if i > cuts[-1] and end - paragraph.sentences[cuts[-1]][0] > limit:
            cuts.append(i)
    cuts.append(len(paragraph.sentences))
    made = [_window(paragraph, a, b, title if rng.random() < 0.3 else None) for a, b in itertools.pairwise(cuts)]
    return [w for w in made if len(w.rows)]


def _window(paragraph: Paragraph, a: int, b: int, title: Tokens | None) -> Window:
    """Sentences `[a, b)` of a paragraph, the title before them as a sentence of its own."""
    inside = np.flatnonzero((paragraph.sentence_of >= a) & (paragraph.sentence_of < b))
    start, end = (int(inside[0]), int(inside[-1]) + 1) if len(inside) else (0, 0)
    rows, of = paragraph.tokens.rows[start:end], paragraph.sentence_of[start:end] - a
    shift = 0
    if title is not None and len(title.rows):
        shift = len(title.rows)
        rows, of = (
            np.concatenate([title.rows, rows]),
            np.concatenate([np.zeros(shift, np.int64), of + 1]),
        )
    text = paragraph.text[paragraph.sentences[a][0] : paragraph.sentences[b - 1][1]]
    asked = [
        Asked(
            q.tokens.rows,
            q.first - start + shift,
            q.last - start + shift,
            ANSWER_TYPES.index(q.answer_label),
            q.answers[0],
        )
        for q in paragraph.questions
        if start <= q.first and q.last < end and len(q.tokens.rows)
    ]
    return Window(rows, of, text, asked)


def batches(articles: list[Article], thesaurus: Thesaurus | None, rng: np.random.Generator) -> Iterator[Batch]:
    """One pass over all questions in random order."""
    chunks: list[list[Window]] = []
    for article in articles:
        made = [w for p in article.paragraphs for w in windows(p, article.title, rng)]
        made.sort(key=lambda w: len(w.rows) + rng.normal(0, 25))
        chunks += [made[i : i + TOGETHER] for i in range(0, len(made), TOGETHER)]
    chunks.sort(key=lambda chunk: max(len(w.rows) for w in chunk) + rng.normal(0, 10))
    step = WINDOWS // TOGETHER
    groups = [chunks[i : i + step] for i in range(0, len(chunks), step)]
    for i in rng.permutation(len(groups)):
        if any(w.asked for chunk in groups[i] for w in chunk):
            yield collate(groups[i], thesaurus, rng)


def collate(chunks: list[list[Window]], thesaurus: Thesaurus | None, rng: np.random.Generator) -> Batch:
    """Pads a batch and pairs each question with its window and, mostly, with a near miss."""
    places = [w for chunk in chunks for w in chunk]
    chunk_of = [i for i, chunk in enumerate(chunks) for _ in chunk]
    own = [(i, a) for i, w in enumerate(places) for a in w.asked]
    questions = [altered(a.rows, _sentence(places[i], a), thesaurus, rng) if thesaurus else a.rows for i, a in own]
    misses: list[tuple[int, int]] = []
    for k, (i, a) in enumerate(own):
        others = [j for j, w in enumerate(places) if j != i and chunk_of[j] == chunk_of[i] and a.answer not in w.text]
        if others and rng.random() < 0.6:
            misses.append((_nearest(questions[k], places, others, rng), k))
    pairs = [(i, k) for k, (i, _) in enumerate(own)] + misses
    return Batch(
        pad([w.rows for w in places]),
        one_hot([w.sentence_of for w in places]),
        pad(questions),
        np.array([p for p, _ in pairs]),
        np.array([q for _, q in pairs]),
        np.array([a.first for _, a in own]),
        np.array([a.last for _, a in own]),
        np.array([places[i].sentence_of[a.first] for i, a in own]),
        np.array([a.answer_type for _, a in own]),
    )


def _sentence(window: Window, asked: Asked) -> Ints:
    rows: Ints = window.rows[window.sentence_of == window.sentence_of[asked.first]]
    return rows


def _nearest(question: Ints, places: list[Window], others: list[int], rng: np.random.Generator) -> int:
    """The other window that covers the question best by idf, or now and then any of them."""
    if rng.random() < 0.35:
        return int(rng.choice(others))
    weight = question[:, IDF] * question[:, CONTENT]
    return max(
        others,
        key=lambda j: float((np.isin(question[:, WORD], places[j].rows[:, WORD]) * weight).sum()),
    )
