"""JaQuAD articles as small documents, so that models are fitted on what they will meet."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.embedding import load_embedder
from index.local import LocalIndex, build_index
from index.tokenise import default_tokeniser
from index.train_data import Reading, readings
from source.parse import parse


@dataclass(frozen=True)
class Asked:
    """A question with the row of its answering sentence and the paragraph it stands in."""

    reading: Reading
    row: int
    paragraph: int


@dataclass(frozen=True)
class Article:
    """One article: its index and its questions."""

    title: str
    index: LocalIndex
    asked: tuple[Asked, ...]


def articles(folder: Path, split: str, most: int, seed: int = 0) -> Iterator[Article]:
    """Up to `most` articles of a JaQuAD split, in a seeded order, each with its own index."""
    by_title: dict[str, list[Reading]] = {}
    for reading in readings(folder, split):
        by_title.setdefault(reading.title, []).append(reading)
    titles = sorted(t for t, found in by_title.items() if len({r.paragraph for r in found}) >= 4)
    order = np.random.default_rng(seed).permutation(len(titles))
    for i in order[:most]:
        yield _article(titles[i], by_title[titles[i]])


def _article(title: str, found: list[Reading]) -> Article:
    paragraphs = list(dict.fromkeys(r.paragraph.replace("\n", " ") for r in found))
    document = parse(f"1 {title}\n\n" + "\n\n".join(paragraphs), title)
    index = build_index([document], load_embedder(), default_tokeniser())
    asked = []
    for reading in found:
        start = document.text.find(reading.paragraph.replace("\n", " ")) + reading.start
        row = next((i for i, p in enumerate(index.passages) if p.start <= start < p.end), None)
        if row is not None:
            asked.append(Asked(reading, row, index.passages[row].paragraph))
    return Article(title, index, tuple(asked))
