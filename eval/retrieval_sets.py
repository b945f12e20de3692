"""The pools that `eval.retrieval` searches: public test sets as indexes, and the questions put to them."""

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, TypeVar

from index.embedding import Embedder, StaticModel, shipped_static
from index.local import LocalIndex, build_index, with_embedder
from index.reader_examples import raw_articles
from index.tokenise import default_tokeniser
from index.train_data import need
from source.document import Document, Paragraph, Passage, Section
from source.parse import parse

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the rows that answer: those of the paragraph, and among them that of the sentence."""

    question: str
    paragraph: frozenset[int]
    sentence: frozenset[int]


@dataclass(frozen=True)
class Pool:
    """Texts to find and questions that find them. `base` has the static model's vectors, which cost nothing."""

    name: str
    base: LocalIndex
    asked: tuple[Asked, ...]
    embedder: Embedder

    @cached_property
    def index(self) -> LocalIndex:
        """The index with the vectors of `embedder`, made when first asked for."""
        return with_embedder(self.base, self.embedder)

    @cached_property
    def paragraphs(self) -> list[str]:
        """The text of each paragraph row."""
        texts: dict[int, str] = {}
        for passage, owner in zip(self.base.passages, self.base.owners.tolist(), strict=True):
            texts.setdefault(owner, self.base.paragraph_of(passage))
        return [texts[i] for i in range(len(texts))]


def sampled(items: Sequence[T], limit: int | None) -> list[T]:
    """At most `limit` items, evenly spaced, always the same ones."""
    if limit is None or limit >= len(items):
        return list(items)
    return [items[i * len(items) // limit] for i in range(limit)]


def under_title(context: str) -> tuple[str, int]:
    """A paragraph without JSQuAD's `title [SEP]` before it, and how many characters it lost there."""
    _, mark, rest = context.partition("[SEP]")
    text = rest.lstrip() if mark else context
    return text, len(context) - len(text)


def rows_at(index: LocalIndex, document: str, starts: Collection[int]) -> frozenset[int]:
    """The rows of a document's passages that hold one of the places."""
    mine = [(row, p) for row, p in enumerate(index.passages) if p.document == document]
    return frozenset(row for row, p in mine if any(p.start <= start < p.end for start in starts))


def squad_articles(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """The paragraphs of a folder of SQuAD-shaped files by their article's title. Raises HakushoError where there are none."""
    articles: dict[str, list[dict[str, Any]]] = {}
    for article in raw_articles(folder):
        articles.setdefault(str(article["title"]), []).extend(article["paragraphs"])
    return articles


def article_document(title: str, paragraphs: Sequence[str], number: int) -> Document:
    """An article as the document of that number; no paragraph may hold a line break."""
    return parse(f"# {title}\n\n" + "\n\n".join(paragraphs) + "\n", f"a{number:04d}")


def jsquad(data: Path, embedder: Embedder, limit: int | None) -> Pool:
    """JSQuAD validation (JGLUE): each article a document, each question against all paragraphs and all sentences."""
    articles: dict[str, list[tuple[str, list[tuple[str, int]]]]] = {}
    for article in json.loads(need(data, "jsquad/valid-v1.3.json").read_text(encoding="utf-8"))["data"]:
        for p in article["paragraphs"]:
            body, shift = under_title(p["context"])
            text = body.strip().replace("\n", " ")
            asked = [(qa["question"], max(qa["answers"][0]["answer_start"] - shift, 0)) for qa in p["qas"]]
            articles.setdefault(article["title"], []).append((text, asked))
    documents = [article_document(title, [t for t, _ in held], i) for i, (title, held) in enumerate(articles.items())]
    base = build_index(documents, StaticModel(shipped_static()), default_tokeniser())
    rows: dict[str, list[int]] = {}
    for row, passage in enumerate(base.passages):
        rows.setdefault(passage.document, []).append(row)
    found = []
    for document, held in zip(documents, articles.values(), strict=True):
        for text, asked in held:
            at = document.text.find(text)
            mine = [r for r in rows.get(document.id, []) if at <= base.passages[r].start < at + len(text)]
            for question, start in asked:
                exact = [r for r in mine if base.passages[r].start <= at + start < base.passages[r].end]
                found.append(Asked(question, frozenset(mine), frozenset(exact)))
    return Pool("JSQuAD", base, tuple(sampled(found, limit)), embedder)


def translations(data: Path, embedder: Embedder, limit: int | None) -> list[Pool]:
    """enja/test and ami/test both ways: each sentence against all of the other side."""
    english = need(data, "enja/test.en").read_text(encoding="utf-8").splitlines()
    japanese = [j.replace(" ", "") for j in need(data, "enja/test.ja").read_text(encoding="utf-8").splitlines()]
    said = [s for m in json.loads(need(data, "ami/ami-test.json").read_text(encoding="utf-8")) for s in m["conversation"]]
    sides = {"enja": (english, japanese), "ami": ([s["en_sentence"] for s in said], [s["ja_sentence"] for s in said])}
    pools = []
    for name, (en, ja) in sides.items():
        pools.append(_pool(f"{name} en→ja", en, ja, "ja", embedder, limit))
        pools.append(_pool(f"{name} ja→en", ja, en, "en", embedder, limit))
    return pools


def _pool(
    name: str,
    questions: Sequence[str],
    texts: Sequence[str],
    language: Literal["ja", "en"],
    embedder: Embedder,
    limit: int | None,
) -> Pool:
    base = build_index([listed(name, texts, language)], StaticModel(shipped_static()), default_tokeniser())
    asked = [Asked(q, frozenset({i}), frozenset({i})) for i, q in enumerate(questions)]
    return Pool(name, base, tuple(sampled(asked, limit)), embedder)


def listed(name: str, texts: Sequence[str], language: Literal["ja", "en"]) -> Document:
    """A document whose paragraphs are the texts, one passage each, repeated ones too."""
    passages, paragraphs, at = [], [], 0
    for i, text in enumerate(texts):
        passages.append(Passage(f"t{i}", name, "sentence", at, at + len(text), text, 0, i, ()))
        paragraphs.append(Paragraph(i, 0, at, at + len(text), (i,)))
        at += len(text) + 1
    whole = "\n".join(texts)
    digest = hashlib.sha256(whole.encode()).hexdigest()
    return Document(name, name, language, digest, whole, (Section(0, (), None),), tuple(paragraphs), tuple(passages))


def similar_pairs(data: Path) -> tuple[list[str], list[str], list[float]]:
    """JSTS validation (JGLUE): pairs of sentences and how alike people find them, 0 to 5."""
    lines = need(data, "jsts/valid-v1.3.json").read_text(encoding="utf-8").splitlines()
    pairs = [json.loads(line) for line in lines if line.strip()]
    return [p["sentence1"] for p in pairs], [p["sentence2"] for p in pairs], [float(p["label"]) for p in pairs]
