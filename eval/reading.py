"""The reader on public questions: `python -m eval.reading --data ../shared/data`.

With the gold paragraph: exact match, character F1 and right sentence, on all questions, on the
fifth that shares fewest words with its sentence, and on a sample of JaQuAD dev put into English;
against another paragraph of the article: is the gold one told from it? The baseline of the same
run takes the sentence that shares most words with the question, by idf.
"""

import argparse
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from eval.spans import auroc, character_f1, exact
from index.contextual import DEFAULT_FOLDER, Contextual
from index.reader import Reader
from index.reader_examples import Window, sentences_of
from index.tokenise import default_tokeniser
from source.errors import HakushoError

ENGLISH = Path(__file__).parent / "jaquad_english.jsonl"


@dataclass(frozen=True)
class Item:
    """A question over a window with its answers and their starts; `rival` is a window of the article without them."""

    id: str
    question: str
    answers: tuple[str, ...]
    starts: tuple[int, ...]
    window: Window
    rival: Window | None


def load_set(folder: Path, seed: int = 0) -> list[Item]:
    """The questions of a folder of SQuAD-shaped files. Raises HakushoError where there are none."""
    files = sorted(folder.glob("*.json"))
    if not files:
        raise HakushoError(f"{folder} holds no .json file: name the folder that holds jaquad and jsquad with --data")
    rng = random.Random(seed)
    articles: dict[str, list[dict[str, object]]] = {}
    for file in files:
        for article in json.loads(file.read_text(encoding="utf-8"))["data"]:
            articles.setdefault(str(article["title"]), []).extend(article["paragraphs"])
    return [item for title, paragraphs in articles.items() for item in _items(title, paragraphs, rng)]


def _items(title: str, paragraphs: Sequence[dict[str, object]], rng: random.Random) -> Iterator[Item]:
    shown = [window_of(title, str(p["context"])) for p in paragraphs]
    for at, paragraph in enumerate(paragraphs):
        for asked in paragraph["qas"]:  # type: ignore[attr-defined]
            answers = tuple(str(a["text"]) for a in asked["answers"])
            if not answers:
                continue
            shift = shown[at][1]
            starts = tuple(int(a["answer_start"]) - shift for a in asked["answers"])
            others = [w for i, (w, _) in enumerate(shown) if i != at and not any(a in w.text for a in answers)]
            rival = rng.choice(others) if others else None
            yield Item(str(asked["id"]), str(asked["question"]), answers, starts, shown[at][0], rival)


def window_of(title: str, context: str) -> tuple[Window, int]:
    """A paragraph under its title, and how many characters it lost before: JSQuAD's `title [SEP]`."""
    head, mark, rest = context.partition("[SEP]")
    text = rest.lstrip() if mark else context
    return Window(text, head.strip() if mark else title, sentences_of(text)), len(context) - len(text)


class Overlap:
    """The baseline: the share of a question's words that a text has, weighted by idf over the set's windows."""

    def __init__(self, windows: Sequence[Window]) -> None:
        self._words: dict[str, frozenset[str]] = {}
        counts = Counter(w for window in windows for w in self.words(window.text))
        self._rarest = float(np.log(len(windows)))
        self._idf = {w: float(np.log(len(windows) / n)) for w, n in counts.items()}

    def words(self, text: str) -> frozenset[str]:
        """The content words of a text."""
        if text not in self._words:
            self._words[text] = frozenset(t.term for t in default_tokeniser().words(text))
        return self._words[text]

    def shares(self, question: str, window: Window) -> list[float]:
        """The share of each sentence."""
        asked = {w: self._idf.get(w, self._rarest) for w in self.words(question)}
        total = sum(asked.values()) or 1.0
        return [sum(asked[w] for w in asked.keys() & self.words(window.text[s:e])) / total for s, e in window.sentences]


def measure(items: Sequence[Item], reader: Reader, overlap: Overlap) -> dict[str, list[float]]:
    """Per question: em, f1, sentence, the baseline's sentence, overlap with the gold one, and how it stands to its rival."""
    rows: dict[str, list[float]] = {name: [] for name in ("em", "f1", "sentence", "baseline sentence", "overlap")}
    rows |= {"gold": [], "rival": []}
    for item in items:
        windows = [item.window, *([item.rival] if item.rival else [])]
        readings = reader.read(item.question, windows)
        best = max(readings[0].sentences, key=lambda s: s.span)
        span = item.window.text[best.marked[0] : best.marked[1]] if best.marked else ""
        right = {i for i, (s, e) in enumerate(item.window.sentences) for start in item.starts if s <= max(start, 0) < e}
        shares = overlap.shares(item.question, item.window)
        chosen = int(np.argmax([s.answers for s in readings[0].sentences]))
        rows["em"].append(exact(span, item.answers))
        rows["f1"].append(character_f1(span, item.answers))
        rows["sentence"].append(float(chosen in right))
        rows["baseline sentence"].append(float(int(np.argmax(shares)) in right))
        rows["overlap"].append(max((shares[i] for i in right), default=0.0))
        if item.rival:
            rows["gold"].append(readings[0].answers)
            rows["rival"].append(readings[1].answers)
    return rows


def figures(items: Sequence[Item], reader: Reader) -> dict[str, float]:
    """All figures of a set by name."""
    rows = measure(items, reader, Overlap([i.window for i in items]))
    means = ("em", "f1", "sentence", "baseline sentence")
    hard = np.argsort(rows["overlap"], kind="stable")[: max(len(items) // 5, 1)]
    found = {"questions": float(len(items))} | {name: float(np.mean(rows[name])) for name in means}
    found |= {f"low overlap {name}": float(np.mean(np.asarray(rows[name])[hard])) for name in means}
    if rows["rival"]:
        found["AUROC, other paragraph"] = auroc(rows["gold"], rows["rival"])
    return found


def in_english(items: Sequence[Item]) -> list[Item]:
    """The items that have a question in English, asked in it."""
    lines = ENGLISH.read_text(encoding="utf-8").splitlines()
    asked = {held["id"]: held["question"] for held in map(json.loads, lines)}
    return [Item(i.id, asked[i.id], i.answers, i.starts, i.window, i.rival) for i in items if i.id in asked]


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m eval.reading", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds jaquad/dev and jsquad")
    parser.add_argument("--model", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("--every", type=int, default=1, help="only every n-th question, for a quick look")
    parser.add_argument("--json", type=Path, help="also write the figures there")
    given = parser.parse_args()
    try:
        reader = Reader(Contextual.load(given.model))
        dev, valid = load_set(given.data / "jaquad" / "dev"), load_set(given.data / "jsquad")
    except HakushoError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    sets = {
        "JaQuAD dev": dev[:: given.every],
        "JaQuAD dev, asked in English": in_english(dev),
        "JSQuAD validation": valid[:: given.every],
    }
    report = {}
    for name, items in sets.items():
        began = time.perf_counter()
        report[name] = figures(items, reader)
        report[name]["ms a question"] = (time.perf_counter() - began) * 1000 / len(items)
        print(f"\n{name}")
        print("\n".join(f"  {key:<32}{value:>9.3f}" for key, value in report[name].items()), flush=True)
    if given.json:
        given.json.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
