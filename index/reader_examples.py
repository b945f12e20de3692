"""What the reader learns from: questions over windows of text, with answers or with none.

JaQuAD gives answered questions. Its unanswered ones are made here: the question against another
paragraph of its article, the question with a number or a name exchanged, and the question over its
own paragraph without the sentence that answers. The teaching set (`index/teaching`) gives what no
public data has: other people's words, English, near misses.
"""

import calendar
import json
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from source.errors import HakushoError
from source.sentences import split_sentences

LONGEST = 260  # characters of a window of JaQuAD, so that one read costs as much as one of the next
_NUMBER = re.compile(r"\d+")
# A name in katakana, or one inside an English question: capitalised, not for standing first.
_NAME = re.compile(r"[ァ-ヺー]{3,}|(?<=[a-z,] )[A-Z][\w-]{2,}")
_LOWER = re.compile(r"\b[a-z][\w-]{2,}")
_MONTHS = frozenset(calendar.month_name)


@dataclass(frozen=True, slots=True)
class Window:
    """Text read at once: `heading` is read before it, `sentences` are ranges of `text`."""

    text: str
    heading: str
    sentences: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Example:
    """A question over a window. No spans: the window does not answer. `polarity`: yes 1, no 0, neither None."""

    question: str
    window: Window
    spans: tuple[tuple[int, int], ...]
    polarity: int | None = None
    kind: str = "fact"


def sentences_of(text: str) -> tuple[tuple[int, int], ...]:
    """The sentences of a text as ranges; the whole text where there is no end of a sentence."""
    return tuple((s.start, s.end) for s in split_sentences(text)) or ((0, len(text)),)


@dataclass(frozen=True, slots=True)
class Article:
    """The paragraphs of an article with the questions asked about each: (question, start, end)."""

    title: str
    paragraphs: tuple[tuple[str, tuple[tuple[str, int, int], ...]], ...]


def raw_articles(folder: Path) -> list[dict[str, Any]]:
    """The articles of a folder of SQuAD-shaped files as they are there. Raises HakushoError where there are none."""
    files = sorted(folder.glob("*.json"))
    if not files:
        raise HakushoError(f"{folder} holds no .json file: name the folder that holds jaquad and jsquad with --data")
    return [a for file in files for a in json.loads(file.read_text(encoding="utf-8"))["data"]]


def read_articles(folder: Path) -> list[Article]:
    """The articles of a folder of SQuAD-shaped files. Raises HakushoError where there are none."""
    return [Article(str(a["title"]), tuple(_paragraph(p) for p in a["paragraphs"])) for a in raw_articles(folder)]


def _paragraph(raw: dict[str, Any]) -> tuple[str, tuple[tuple[str, int, int], ...]]:
    found = []
    for asked in raw["qas"]:
        for answer in asked["answers"][:1]:
            start = int(answer["answer_start"])
            found.append((str(asked["question"]), start, start + len(answer["text"])))
    return str(raw["context"]), tuple(found)


def cut(text: str, heading: str, around: tuple[int, int], rng: random.Random) -> tuple[Window, int]:
    """A window of whole sentences about a range, and where it starts in the text."""
    sentences = sentences_of(text)
    held = [i for i, (s, e) in enumerate(sentences) if s < around[1] and e > around[0]] or [0]
    first, last = held[0], held[-1]
    room = rng.randint(LONGEST // 2, LONGEST)
    while True:
        wider = [(f, s) for f, s in ((first - 1, last), (first, last + 1)) if f >= 0 and s < len(sentences)]
        wider = [(f, s) for f, s in wider if sentences[s][1] - sentences[f][0] <= room]
        if not wider:
            break
        first, last = rng.choice(wider)
    at = sentences[first][0]
    inside = tuple((s - at, e - at) for s, e in sentences[first : last + 1])
    return Window(text[at : sentences[last][1]], heading, inside), at


def article_examples(
    article: Article,
    rng: random.Random,
    stranger: Article,
    *,
    negatives: float = 0.4,
    strange: float = 0.12,
    exchanged: float = 0.1,
    removed: float = 0.1,
) -> Iterator[Example]:
    """The examples of an article, made anew at each call: other windows, other negatives.

    A share of the questions is asked over another paragraph too (`negatives`), over the `stranger`, an
    article on something else (`strange`), with a name or number exchanged (`exchanged`), or without
    the sentence that answers (`removed`).
    """
    names = names_of(text for text, _ in article.paragraphs)
    for number, (text, asked) in enumerate(article.paragraphs):
        others = [p for i, p in enumerate(article.paragraphs) if i != number]
        for question, start, end in asked:
            heading = article.title if rng.random() < 0.5 else ""
            window, at = cut(text, heading, (start, end), rng)
            example = Example(question, window, ((start - at, end - at),))
            yield example
            other = exchange(example, names, rng) if rng.random() < exchanged else None
            if other:
                yield other
            less = without_answer(example) if rng.random() < removed else None
            if less:
                yield less
            if others and rng.random() < negatives:
                yield _elsewhere(question, text[start:end], heading, others, rng)
            if rng.random() < strange:
                yield _elsewhere(question, text[start:end], heading, stranger.paragraphs, rng)


def _elsewhere(question: str, answer: str, heading: str, others: Sequence[Any], rng: random.Random) -> Example:
    """The question over the likest of some other paragraphs, cut where it is likest, without the answer."""
    some = rng.sample(list(others), min(4, len(others)))
    asked = _bigrams(question)
    ranked = sorted(some, key=lambda p: len(asked & _bigrams(p[0])), reverse=True)
    text = next((t for t, _ in ranked if answer not in t), "")
    if not text:
        return Example(question, Window("。", heading, ((0, 1),)), (), kind="elsewhere")
    best = max(sentences_of(text), key=lambda s: len(asked & _bigrams(text[s[0] : s[1]])))
    return Example(question, cut(text, heading, best, rng)[0], (), kind="elsewhere")


def _bigrams(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)}


def names_of(texts: Iterable[str]) -> tuple[str, ...]:
    """The names that texts have, sorted; a word that they write small too (Minister) is none."""
    held = list(texts)
    common = {word for text in held for word in _LOWER.findall(text)}
    return tuple(sorted({n for text in held for n in _NAME.findall(text) if n.lower() not in common}))


def exchange(example: Example, names: Sequence[str], rng: random.Random) -> Example | None:
    """The example with a number of its question, or a name for another of `names`, exchanged for what its window does not have.

    None where the question has neither.
    """
    question, text = example.question, example.window.text
    numbers, held = list(_NUMBER.finditer(question)), [m for m in _NAME.finditer(question) if m[0] in names]
    if numbers and (not held or rng.random() < 0.6):
        found = rng.choice(numbers)
        other = _other_number(found[0], rng)
    elif held:
        found = rng.choice(held)
        alike = [n for n in names if _like(n, found[0]) and n not in question and n not in text]
        other = rng.choice(alike) if alike else ""
    else:
        return None
    if not other or other in text:
        return None
    changed = question[: found.start()] + other + question[found.end() :]
    return replace(example, question=changed, spans=(), polarity=None, kind="exchanged")


def _like(name: str, other: str) -> bool:
    """Whether a name can stand for another: of its script, a month for a month, neither within the other."""
    alike = name.isascii() == other.isascii() and (name in _MONTHS) == (other in _MONTHS)
    return alike and name not in other and other not in name


def without_answer(example: Example) -> Example | None:
    """The question over its window without the sentences that answer; None where nothing is left or an answer stands there too."""
    window = example.window
    kept = [window.text[s:e] for s, e in window.sentences if not any(s < b and e > a for a, b in example.spans)]
    text = "".join(kept)
    if not kept or any(window.text[a:b] in text for a, b in example.spans):
        return None
    return Example(example.question, Window(text, window.heading, sentences_of(text)), (), kind="removed")


def _other_number(number: str, rng: random.Random) -> str:
    """Another number of the same length, nearby; one that may be a month stays one."""
    here = int(number)
    near = [here + step for step in (-3, -2, -1, 1, 2, 3, 5, 7) if here + step > 0 and (here > 12 or here + step <= 12)]
    return str(rng.choice(near)).zfill(len(number) if number.startswith("0") else 1)
