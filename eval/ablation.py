"""What the lexicon and the teaching set are worth: `python -m eval.ablation --data ../shared/data`.

One run, every condition: with and without the project's lexicon (concepts of the tokeniser and
attributes of the refusal; Sudachi's synonym groups stay) and, given `--without-teaching`, with the
shipped reader and with one that learnt from JaQuAD alone. Everything else stays as it is shipped:
the ranking weights, the gate and the static vectors are not made anew, so that a part is judged as
it is built in; "AUROC refitted" alone fits a gate to each condition. All is measured on JaQuAD
dev's low-overlap fifth, the teaching set's held-out tenth and the test half of the question set.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from eval.ablation_measure import FIGURES, KeptReader, figures, measure
from eval.ablation_sets import Asked, Case, chapter, low_overlap, taught
from eval.command import status, write_json
from index.contextual import Contextual, shipped_contextual
from index.lexicon import Lexicon
from index.local import build_fields
from index.tokenise import Tokeniser

Row = dict[str, float]
KINDS: dict[str, Callable[[Case], bool]] = {
    "all": lambda case: True,
    "Japanese paraphrases": lambda case: case.kind == "paraphrase" and case.language == "ja",
    "English": lambda case: case.language == "en",
}


@dataclass(frozen=True, slots=True)
class Condition:
    """Which parts are there."""

    lexicon: bool
    teaching: bool


def without_lexicon(asked: Sequence[Asked], tokeniser: Tokeniser) -> list[Asked]:
    """The same questions over the same passages and vectors, their terms found by another tokeniser."""
    return [
        replace(a, index=replace(a.index, fields=build_fields(a.index.documents, tokeniser), tokeniser=tokeniser)) for a in asked
    ]


def run_set(
    asked: Sequence[Asked], models: dict[bool, Contextual], kinds: dict[str, Callable[[Case], bool]]
) -> Iterator[tuple[Condition, dict[str, Row]]]:
    """Every condition with its figures by kind. `models` hold the reader with (True) and without teaching."""
    bare = Tokeniser(Lexicon())
    readers = {taught: KeptReader(model) for taught, model in models.items()}
    for lexicon in (True, False):
        shown = asked if lexicon else without_lexicon(asked, bare)
        for teaching, reader in readers.items():
            outcomes = list(measure(shown, reader))
            yield Condition(lexicon, teaching), {name: figures(outcomes, chosen) for name, chosen in kinds.items()}


def table(name: str, found: Sequence[tuple[Condition, dict[str, Row]]]) -> Iterator[str]:
    """The lines of a set in the Markdown table, kind by kind."""
    for kind in found[0][1]:
        for condition, rows in found:
            row = rows[kind]
            cells = [f"{row[f]:.3f}".replace("0.", ".", 1) if f in row else "" for f in FIGURES]
            label = f"{name}, {kind} ({row['questions']:.0f} + {row['near misses']:.0f})" if condition is found[0][0] else ""
            parts = ("with" if part else "without" for part in (condition.lexicon, condition.teaching))
            yield "| " + " | ".join((label, *parts, *cells)) + " |"


def header() -> list[str]:
    """The first lines of the table."""
    names = ("questions (answerable + not)", "lexicon", "teaching set", *FIGURES)
    return ["| " + " | ".join(names) + " |", "|---" * len(names) + "|"]


def arguments() -> argparse.Namespace:
    """What the command line gives."""
    parser = argparse.ArgumentParser(prog="python -m eval.ablation", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder of public data, which holds jaquad/dev")
    parser.add_argument("--limit", type=int, metavar="N", help="only so many questions of each set, for a quick look")
    parser.add_argument(
        "--without-teaching", type=Path, metavar="FOLDER", help="a model folder whose reader learnt from JaQuAD alone"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures there")
    given = parser.parse_args()
    if given.limit is not None and given.limit < 1:
        parser.error("--limit takes a number above 0")
    return given


def run(given: argparse.Namespace) -> None:
    """Measures every set, each told as it is done."""
    sets: dict[str, Callable[[], list[Asked]]] = {
        "JaQuAD dev, low overlap": lambda: low_overlap(given.data, given.limit),
        "teaching set, held out": lambda: taught(given.limit),
        "the chapter's question set": lambda: chapter(given.limit),
    }
    report = []
    models = {True: shipped_contextual()}
    if given.without_teaching:
        models[False] = Contextual.load(given.without_teaching)
    print("\n".join(header()), flush=True)
    for name, load in sets.items():
        began = time.perf_counter()
        kinds = KINDS if name != "JaQuAD dev, low overlap" else {"all": KINDS["all"]}
        found = list(run_set(load(), models, kinds))
        print("\n".join(table(name, found)), flush=True)
        report += [{"set": name, "kind": kind, **asdict(c), **row} for c, rows in found for kind, row in rows.items()]
        print(f"{name}: {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
    write_json(given.json, report)


def main() -> int:
    """The command line."""
    given = arguments()
    return status(lambda: run(given))


if __name__ == "__main__":
    sys.exit(main())
