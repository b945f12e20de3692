"""Training pairs for the static model, read from the public data folder (never from test sets)."""

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel import Locale

from index.lexicon import default_lexicon
from source.errors import HakushoError
from source.sentences import split_sentences

Pair = tuple[str, str]


class DataError(HakushoError):
    """The data folder lacks something."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A question of JaQuAD: the paragraph, the answer and where it starts in the paragraph."""

    title: str
    paragraph: str
    question: str
    answer: str
    start: int

    @property
    def sentence(self) -> str:
        """The sentence of the paragraph that holds the answer's first character."""
        for span in split_sentences(self.paragraph):
            if span.start <= self.start < span.end:
                return self.paragraph[span.start : span.end]
        return self.paragraph


def need(folder: Path, name: str) -> Path:
    """A path inside the data folder; DataError where it is missing."""
    path = folder / name
    if not path.exists():
        raise DataError(f"{path} is missing: --data must name the folder that holds {name}")
    return path


def readings(folder: Path, split: str) -> Iterator[Reading]:
    """The questions of `jaquad/train` or `jaquad/dev`."""
    for path in sorted(need(folder, f"jaquad/{split}").glob("*.json")):
        for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
            for paragraph in article["paragraphs"]:
                for qa in paragraph["qas"]:
                    answer = qa["answers"][0]
                    yield Reading(article["title"], paragraph["context"], qa["question"], answer["text"], answer["answer_start"])


def questions_to_paragraphs(folder: Path) -> list[Pair]:
    """JaQuAD: question → paragraph with its title."""
    return [(r.question, f"{r.title} {r.paragraph}") for r in readings(folder, "train")]


def questions_to_sentences(folder: Path) -> list[Pair]:
    """JaQuAD: question → the sentence that holds the answer."""
    return [(r.question, r.sentence) for r in readings(folder, "train")]


def translations(folder: Path) -> list[Pair]:
    """small_parallel_enja: English → Japanese, blanks of the tokenised Japanese taken out."""
    english = need(folder, "enja/train.en").read_text(encoding="utf-8").splitlines()
    japanese = need(folder, "enja/train.ja").read_text(encoding="utf-8").splitlines()
    pairs = [(_untokenised(e), j.replace(" ", "")) for e, j in zip(english, japanese, strict=True)]
    meetings = json.loads(need(folder, "ami/ami-dev.json").read_text(encoding="utf-8"))
    return pairs + [(s["en_sentence"], s["ja_sentence"]) for m in meetings for s in m["conversation"]]


def _untokenised(english: str) -> str:
    return re.sub(r" (?=[.,?!;:])|(?<= ') | (?=n't|'s)", "", english)


def dictionary(folder: Path) -> list[Pair]:
    """EJDict: English word → each of its Japanese senses, notes in brackets taken out."""
    pairs = []
    for line in need(folder, "ejdict/ejdict.txt").read_text(encoding="utf-8").splitlines():
        word, _, senses = line.partition("\t")
        word = word.split(",")[0]
        for sense in re.split(r"[/,;、;]", re.sub(r"[(《〈\[『〔(].*?[)》〉\]』〕)]|[…=~]", "", senses))[:6]:
            if sense.strip():
                pairs.append((word, sense.strip()))
    return pairs


def synonyms(folder: Path) -> list[Pair]:
    """Sudachi's synonym groups: the first form of a group → each other form."""
    groups: dict[str, list[str]] = {}
    with need(folder, "sudachi-synonyms/synonyms.txt").open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file):
            if len(row) > 8:
                groups.setdefault(row[0], []).append(row[8])
    return [(forms[0], other) for forms in groups.values() for other in forms[1:] if other != forms[0]]


def names(_: Path) -> list[Pair]:
    """CLDR names of territories, languages, currencies and scripts: English → Japanese."""
    english, japanese = Locale("en"), Locale("ja")
    return [
        (str(name), str(getattr(japanese, kind)[code]))
        for kind in ("territories", "languages", "currencies", "scripts")
        for code, name in getattr(english, kind).items()
        if code in getattr(japanese, kind)
    ]


def lexicon(_: Path) -> list[Pair]:
    """The lexicon: term → each synonym and English equivalent."""
    return [(e.term, other) for e in default_lexicon().entries for other in (*e.synonyms, *e.english)]


def similar_sentences(folder: Path) -> list[Pair]:
    """JSTS train and JSICK: pairs that mean nearly the same (4 or more of 5)."""
    pairs = []
    for line in need(folder, "jsts/train-v1.3.json").read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        if item["label"] >= 4.0:
            pairs.append((item["sentence1"], item["sentence2"]))
    return pairs + [(r["sentence_A_Ja"], r["sentence_B_Ja"]) for r in jsick(folder) if float(r["relatedness_score_Ja"]) >= 4.0]


def jsick(folder: Path) -> list[dict[str, str]]:
    """The rows of JSICK (Yanaka & Mineshima 2022): two sentences, how related they are, whether the first entails the second."""
    with need(folder, "jsick/jsick-ja.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def instructions(folder: Path) -> list[Pair]:
    """databricks-dolly-15k-ja: instruction → context or output, cut to 300 characters."""
    pairs = []
    for line in need(folder, "dolly-ja/dolly-15k-ja.jsonl").read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        pairs.append((item["instruction"][:300], (item["input"] or item["output"])[:300]))
    return [(a, b) for a, b in pairs if a.strip() and b.strip()]


TASKS = {
    "question-paragraph": (questions_to_paragraphs, 3.0),
    "question-sentence": (questions_to_sentences, 3.0),
    "translation": (translations, 4.0),
    "dictionary": (dictionary, 2.0),
    "synonym": (synonyms, 2.0),
    "name": (names, 0.3),
    "lexicon": (lexicon, 0.7),
    "similar": (similar_sentences, 0.5),
    "instruction": (instructions, 0.7),
}
"""Each task's reader and how often a step is taken on it."""
