"""The teaching set: questions written by hand over passages in the manner of white papers.

`index/teaching/passages.jsonl` holds the project's own passages (names and figures invented),
`items.jsonl` the questions over them and over paragraphs of JaQuAD and of dolly-ja, which are referred
to by id: their text is read from the data folder. A tenth of the passages is held out for tuning.
Statements over the project's own passages: `index/statements.py`.
"""

import json
import random
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, TypeVar

from index.reader_examples import Example, Window, cut, exchange, names_of, sentences_of, without_answer
from source.errors import HakushoError

FOLDER = Path(__file__).parent / "teaching"
KINDS = ("fact", "paraphrase", "english", "near-miss", "noisy", "follow-up", "list", "yes-no")
MISSING = ("attribute", "entity", "time", "place", "count", "negation", "premise", "relation")
JAQUAD, DOLLY = "jaquad:", "dolly:"
# Of a question that its passage answers: how often it is also asked over another of the same field, and over one of any.
ELSEWHERE = ((True, 0.12), (False, 0.15))
# How often one is asked with a name or number exchanged too, and how often without the sentence that answers.
EXCHANGED, REMOVED = 0.08, 0.12
Part = Literal["train", "held-out"]
Record = TypeVar("Record")


class TeachingError(HakushoError):
    """The teaching set or what it refers to does not hold."""


@dataclass(frozen=True, slots=True)
class TeachingPassage:
    """A passage that questions are asked about; `heading` is its heading path."""

    id: str
    heading: str
    text: str

    @property
    def nearest_heading(self) -> str:
        """The last heading of the path."""
        return self.heading.split("›")[-1].strip()


@dataclass(frozen=True, slots=True)
class TeachingItem:
    """A question about a passage. No `answers`: the passage does not say; `missing` tells what is not there.

    A follow-up has `history` and the `standalone` form of its last turn. `polarity` is set for yes-no.
    """

    id: str
    passage: str
    kind: str
    language: str
    question: str
    answers: tuple[tuple[int, int], ...]
    missing: str = ""
    history: tuple[str, ...] = ()
    standalone: str = ""
    polarity: bool | None = None

    @property
    def asked(self) -> str:
        """The question as it stands by itself."""
        return self.standalone or self.question


def is_own(passage: str) -> bool:
    """Whether a passage, by its id, is the project's own text."""
    return not passage.startswith((JAQUAD, DOLLY))


def field_of(passage: str) -> str:
    """What a passage, by its id, belongs to: a field of the project's own, an article of JaQuAD, dolly-ja."""
    if passage.startswith(JAQUAD):
        return passage.rsplit("-", 1)[0]
    return passage.split("-")[0].split(":")[0]


def held_out(passage: str) -> bool:
    """Whether a passage's questions are for tuning only: a tenth, by a hash of its id."""
    return zlib.crc32(passage.encode()) % 10 == 0


def load_items(folder: Path = FOLDER) -> list[TeachingItem]:
    """All items. Raises TeachingError with the line that is wrong."""
    return read_records(folder / "items.jsonl", _item, "teaching item")


def _item(held: dict[str, Any]) -> TeachingItem:
    held["answers"] = tuple((int(s), int(e)) for s, e in held["answers"])
    held["history"] = tuple(held.get("history", ()))
    return TeachingItem(**held)


def load_passages(data: Path | None, folder: Path = FOLDER) -> dict[str, TeachingPassage]:
    """The project's own passages by id, and the paragraphs of JaQuAD and dolly-ja where a data folder is given."""
    passages = read_records(folder / "passages.jsonl", lambda held: TeachingPassage(**held), "passage")
    return {p.id: p for p in [*passages, *((*_jaquad(data), *_dolly(data)) if data else ())]}


def read_records(path: Path, make: Callable[[dict[str, Any]], Record], what: str) -> list[Record]:
    """What is made of each line of a file of the teaching set. Raises TeachingError with the line that is wrong."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise TeachingError(f"cannot read {path} ({error.strerror}): install Hakusho again") from None
    made = []
    for number, line in enumerate(lines, 1):
        try:
            made.append(make(json.loads(line)))
        except (ValueError, KeyError, TypeError) as error:
            raise TeachingError(f"{path.name}, line {number} is no {what} ({error})") from None
    return made


def _jaquad(data: Path) -> list[TeachingPassage]:
    """The paragraphs of `jaquad/train`; a paragraph's id is that of its questions without their number."""
    found = []
    for file in sorted((data / "jaquad" / "train").glob("*.json")):
        for article in json.loads(file.read_text(encoding="utf-8"))["data"]:
            for p in article["paragraphs"]:
                found.append(TeachingPassage(JAQUAD + p["qas"][0]["id"].rsplit("-", 1)[0], article["title"], p["context"]))
    if not found:
        raise TeachingError(f"{data}/jaquad/train holds no .json file: name the folder that holds jaquad with --data")
    return found


def _dolly(data: Path) -> list[TeachingPassage]:
    """The contexts of dolly-ja's instructions, by their number."""
    try:
        lines = (data / "dolly-ja" / "dolly-15k-ja.jsonl").read_text(encoding="utf-8").splitlines()
    except OSError:
        raise TeachingError(f"{data}/dolly-ja holds no dolly-15k-ja.jsonl: name the folder that holds it with --data") from None
    given = [(str(held["index"]), str(held["input"]).strip()) for held in map(json.loads, lines)]
    return [TeachingPassage(DOLLY + number, "", text) for number, text in given if text]


def windows(passages: dict[str, TeachingPassage]) -> dict[str, Window]:
    """Each passage as the reader sees it: the nearest heading before it."""
    return {p.id: Window(p.text, p.nearest_heading, sentences_of(p.text)) for p in passages.values()}


def teaching_examples(data: Path, rng: random.Random) -> list[Example]:
    """The items of the training part as the reader learns them, made anew at each call.

    Half are over a window cut from the passage, and some also over what does not answer:
    another passage, of the same field or of any, or the passage without the sentence that does; or
    with a name or number exchanged.
    """
    shown = windows(load_passages(data))
    items = [i for i in load_items() if not held_out(i.passage)]
    own = sorted({i.passage for i in items if is_own(i.passage)})
    names = names_of([*(shown[p].text for p in own), *(i.asked for i in items)])
    examples = []
    for item in items:
        example = _example(item, shown[item.passage])
        examples.append(_cut(example, rng) if rng.random() < 0.5 else example)
        if item.kind != "near-miss":
            others = [_other(item, own, rng, same_field=same) for same, share in ELSEWHERE if rng.random() < share]
            examples += [_cut(Example(item.asked, shown[o], (), None, "elsewhere"), rng) for o in others if o]
        if item.answers and item.kind != "yes-no":
            examples += _unanswered(example, names, rng)
    return examples


def _unanswered(example: Example, names: Sequence[str], rng: random.Random) -> list[Example]:
    """What is made of an answered question so that nothing answers it: a name or number exchanged, its sentence taken out."""
    made = []
    other = exchange(example, names, rng) if rng.random() < EXCHANGED else None
    if other:
        made.append(_cut(other, rng))
    less = without_answer(example) if rng.random() < REMOVED else None
    return [*made, less] if less else made


def _example(item: TeachingItem, window: Window) -> Example:
    polarity = None if item.polarity is None else int(item.polarity)
    return Example(item.asked, window, item.answers, polarity, item.kind)


def _cut(example: Example, rng: random.Random) -> Example:
    """The example over a part of its window that still has all its answers; the part is anywhere where there are none."""
    window = example.window
    around = rng.choice(window.sentences)
    if example.spans:
        around = min(s for s, _ in example.spans), max(e for _, e in example.spans)
    part, at = cut(window.text, window.heading, around, rng)
    return replace(example, window=part, spans=tuple((s - at, e - at) for s, e in example.spans))


def _other(item: TeachingItem, own: Sequence[str], rng: random.Random, *, same_field: bool) -> str | None:
    """Another passage of the same field, or of any."""
    some = [p for p in own if p != item.passage and (not same_field or field_of(p) == field_of(item.passage))]
    return rng.choice(some) if some else None
