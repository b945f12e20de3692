"""What the pointer learns from, encoded once: windows of JaQuAD and of the teaching set, and the questions about them.

The lower states stay as they are, so a text is encoded once and kept in half precision; windows are
cut anew at every pass.
"""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.contextual import Contextual
from index.pointer import Pointer, sentence_of
from index.reader_batches import encode_question, encode_window
from index.reader_examples import Article, Window, read_articles, sentences_of
from index.reader_words import Ints, Words
from index.teaching import TeachingItem, field_of, held_out, load_items, load_passages
from index.tokenise import default_tokeniser

LONGEST = 480  # characters of a window


@dataclass(frozen=True, slots=True)
class Told:
    """A window with its words; `sentence` is the sentence of each word."""

    window: Window
    words: Words
    sentence: Ints


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its words, the window it is asked over, its spans as (first, last) word, none where it has no answer there."""

    words: Words
    told: int
    spans: tuple[tuple[int, int], ...]
    answer: str


@dataclass(frozen=True, slots=True)
class Field:
    """Windows that are near misses of each other, those of an article or of a field, and what is asked about them."""

    told: tuple[Told, ...]
    asked: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class _Asked:
    question: str
    window: int
    spans: tuple[tuple[int, int], ...]
    answer: str


class Encoder:
    """Windows and questions as words, by the shipped contextual model."""

    def __init__(self, model: Contextual) -> None:
        self._model = model
        self._pointer = Pointer(model, default_tokeniser())

    def field(self, windows: Sequence[Window], asked: Sequence[_Asked]) -> Field:
        """Encodes a field; questions and spans that are cut off are left out."""
        told = self._told(windows)
        ids = [encode_question(self._model.tokenizer, a.question) for a in asked]
        found = []
        for a, states in zip(asked, self._model.states(ids), strict=True):
            words = self._pointer.question_words(a.question, states)
            spans = [touched(told[a.window].words, s) for s in a.spans]
            kept = tuple(s for s in spans if s is not None)
            if len(words.rows) and bool(kept) == bool(a.spans):
                found.append(Question(_half(words), a.window, kept, a.answer))
        return Field(tuple(told), tuple(found))

    def _told(self, windows: Sequence[Window]) -> list[Told]:
        tokens = [encode_window(self._model.tokenizer, w) for w in windows]
        states = self._model.states([t.ids for t in tokens])
        words = [self._pointer.window_words(w, t, s) for w, t, s in zip(windows, tokens, states, strict=True)]
        return [Told(w, _half(held), sentence_of(held, w.sentences)) for w, held in zip(windows, words, strict=True)]


def _half(words: Words) -> Words:
    return Words(words.rows, words.states.astype(np.float16), words.offsets)


def touched(words: Words, span: tuple[int, int]) -> tuple[int, int] | None:
    """The first and last word that a span touches, None where it was cut off."""
    inside = [i for i, (s, e) in enumerate(words.offsets) if e > span[0] and s < span[1]]
    return (inside[0], inside[-1]) if inside else None


def pieces(text: str, heading: str) -> list[tuple[Window, int]]:
    """A text as windows of whole sentences, each with its start."""
    groups: list[list[tuple[int, int]]] = [[]]
    for start, end in sentences_of(text):
        if groups[-1] and end - groups[-1][0][0] > LONGEST:
            groups.append([])
        groups[-1].append((start, end))
    made = []
    for group in filter(None, groups):
        at = group[0][0]
        made.append((Window(text[at : group[-1][1]], heading, tuple((s - at, e - at) for s, e in group)), at))
    return made


def article_field(article: Article, encoder: Encoder) -> Field:
    """An article of JaQuAD; six in ten of its windows are read under its title."""
    windows: list[Window] = []
    asked: list[_Asked] = []
    for text, questions in article.paragraphs:
        for window, at in pieces(text, ""):
            titled = zlib.crc32(window.text.encode()) % 10 < 6
            windows.append(Window(window.text, article.title if titled else "", window.sentences))
            for question, start, end in questions:
                if start >= at and end <= at + len(window.text):
                    asked.append(_Asked(question, len(windows) - 1, ((start - at, end - at),), text[start:end]))
    return encoder.field(windows, asked)


def taught_fields(data: Path, encoder: Encoder) -> Iterator[Field]:
    """The training part of the teaching set; a question without an answer is asked over every window of its passage."""
    passages = load_passages(data)
    groups: dict[str, list[TeachingItem]] = {}
    for item in load_items():
        if not held_out(item.passage):
            groups.setdefault(field_of(item.passage), []).append(item)
    for items in groups.values():
        windows: list[Window] = []
        asked: list[_Asked] = []
        for name in dict.fromkeys(i.passage for i in items):
            passage = passages[name]
            for window, at in pieces(passage.text, passage.nearest_heading):
                windows.append(window)
                end = at + len(window.text)
                for item in (i for i in items if i.passage == name):
                    spans = tuple((s - at, e - at) for s, e in item.answers if s >= at and e <= end)
                    if spans or not item.answers:
                        answer = passage.text[slice(*item.answers[0])] if item.answers else ""
                        asked.append(_Asked(item.asked, len(windows) - 1, spans, answer))
        yield encoder.field(windows, asked)


def load_fields(data: Path, model: Contextual) -> tuple[list[Field], list[Field]]:
    """JaQuAD's training split and the teaching set, encoded, with a line of progress every 50 articles. Raises HakushoError."""
    encoder, articles, found = Encoder(model), read_articles(data / "jaquad" / "train"), []
    for number, article in enumerate(articles, 1):
        found.append(article_field(article, encoder))
        if number % 50 == 0:
            print(f"{number} of {len(articles)} articles encoded", flush=True)
    return [f for f in found if f.asked], list(taught_fields(data, encoder))
