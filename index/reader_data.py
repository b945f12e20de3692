"""JaQuAD (So et al. 2022) and JSQuAD (Kurihara et al. 2022) as token rows, cached on disk.

Both are SQuAD-shaped: articles of paragraphs, each with questions whose answers are spans.
"""

import json
import pickle
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from index.reader_arrays import sentence_ids
from index.reader_features import Analyser, Tokens, encode
from index.reader_words import Ints, Vocabulary
from source.errors import HakushoError
from source.sentences import split_sentences

ANSWER_TYPES = ("", "Person", "Location", "Object", "Date/Time", "Cause", "Manner")


@dataclass
class Question:
    """A question, its tokens, its answers and the tokens of the first one."""

    text: str
    tokens: Tokens
    answers: tuple[str, ...]
    starts: tuple[int, ...]
    first: int
    last: int
    question_type: str = ""
    answer_label: str = ""


@dataclass
class Paragraph:
    """A paragraph, its tokens, their sentences and what is asked of it."""

    text: str
    tokens: Tokens
    sentences: tuple[tuple[int, int], ...]
    sentence_of: Ints
    questions: list[Question] = field(default_factory=list)


@dataclass
class Article:
    """A title and its paragraphs."""

    title: Tokens
    paragraphs: list[Paragraph]


def read_json(files: list[Path]) -> Iterator[dict[str, object]]:
    """The articles of SQuAD-shaped files."""
    for file in files:
        yield from json.loads(file.read_text(encoding="utf-8"))["data"]


def data_files(data: Path, part: str) -> list[Path]:
    """The files of `jaquad/train`, `jaquad/dev` or `jsquad`. Raises HakushoError where there are none."""
    files = sorted((data / part).glob("*.json"))
    if not files:
        raise HakushoError(f"{data / part} holds no .json file: name the folder that holds jaquad and jsquad with --data")
    return files


def load_articles(data: Path, part: str, vocabulary: Vocabulary, cache: Path | None = None) -> list[Article]:
    """Articles as token rows; kept in `cache` so that the next run starts at once."""
    held = cache / f"{part.replace('/', '-')}.pickle" if cache else None
    if held and held.exists():
        with held.open("rb") as file:
            return pickle.load(file)  # type: ignore[no-any-return]
    analyser = Analyser()
    articles = [_article(a, analyser, vocabulary) for a in read_json(data_files(data, part))]
    if held:
        held.parent.mkdir(parents=True, exist_ok=True)
        with held.open("wb") as file:
            pickle.dump(articles, file, protocol=5)
    return articles


def _article(raw: dict[str, object], analyser: Analyser, vocabulary: Vocabulary) -> Article:
    paragraphs: list[dict[str, object]] = raw["paragraphs"]  # type: ignore[assignment]
    title = encode(analyser.words(str(raw["title"])), vocabulary)
    return Article(title, [_paragraph(p, analyser, vocabulary) for p in paragraphs])


def _paragraph(raw: dict[str, object], analyser: Analyser, vocabulary: Vocabulary) -> Paragraph:
    text = str(raw["context"])
    tokens = encode(analyser.words(text), vocabulary)
    sentences = tuple((s.start, s.end) for s in split_sentences(text)) or ((0, len(text)),)
    paragraph = Paragraph(text, tokens, sentences, sentence_ids(tokens, sentences))
    for qa in raw["qas"]:  # type: ignore[attr-defined]
        if qa["answers"] and len(tokens.spans):
            paragraph.questions.append(_question(qa, tokens, analyser, vocabulary))
    return paragraph


def _question(qa: dict[str, object], tokens: Tokens, analyser: Analyser, vocabulary: Vocabulary) -> Question:
    answers: list[dict[str, object]] = qa["answers"]  # type: ignore[assignment]
    text, start = str(answers[0]["text"]), int(answers[0]["answer_start"])  # type: ignore[call-overload]
    first, last = covering(tokens, start, start + len(text))
    return Question(
        str(qa["question"]),
        encode(analyser.words(str(qa["question"])), vocabulary),
        tuple(str(a["text"]) for a in answers),
        tuple(int(a["answer_start"]) for a in answers),  # type: ignore[call-overload]
        first,
        last,
        str(qa.get("question_type", "")),
        str(answers[0].get("answer_type", "")),
    )


def covering(tokens: Tokens, start: int, end: int) -> tuple[int, int]:
    """The first and last token that `[start, end)` touches."""
    ends = np.array([e for _, e in tokens.spans])
    starts = np.array([s for s, _ in tokens.spans])
    first = min(int(np.searchsorted(ends, start, side="right")), len(ends) - 1)
    last = max(int(np.searchsorted(starts, end, side="left")) - 1, first)
    return first, last
