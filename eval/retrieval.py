"""Retrieval, one table, one run: `python -m eval.retrieval --data DIR`.

JSQuAD validation (each article a document): each question against all 1,145 paragraphs, against all
their sentences, and against the sentences of the gold paragraph. enja/test and ami/test both ways: each
sentence against all of the other side. JSTS validation: Spearman's correlation. The question set over the
chapter by language and kind. Rows: BM25 over Sudachi words, over words and bigrams, chiVe, each rung
(static model, late interaction, contextual model, all but the reader), the whole of what `hakusho search`
does, and the same with a reranker where `HAKUSHO_RERANKER` names one. Nothing is tuned on any of these.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs

from eval.command import status, write_json
from eval.questions import Item, load_questions
from eval.retrieval_figures import Figures, chapter_figures, first_figure, paragraph_figures
from eval.retrieval_rows import Row, rows
from eval.retrieval_sets import Pool, jsquad, sampled, similar_pairs, translations
from eval.vector_cache import CachedEmbedder
from index.contextual import ContextualModel, shipped_contextual
from index.embedding import Embedder, StaticModel, shipped_static
from index.local import build_index
from index.tokenise import default_tokeniser
from rag.assistant import Assistant
from source.errors import HakushoError
from source.load import DEFAULT_DOCUMENTS, load_documents

COLUMNS = (
    "R@1",
    "R@10",
    "MRR@10",
    "sentence",
    "inside",
    "enja en→ja",
    "enja ja→en",
    "ami en→ja",
    "ami ja→en",
    "JSTS",
    "ms",
    "MB",
)


@dataclass(frozen=True)
class Sets:
    """Everything that a row is measured on. `chapter` has no questions of its own: `asked` are the question set's."""

    jsquad: Pool
    translations: tuple[Pool, ...]
    pairs: tuple[list[str], list[str], list[float]]
    chapter: Pool
    asked: tuple[tuple[Item, str], ...]


def read_sets(data: Path, embedder: Embedder, limit: int | None, split: str) -> Sets:
    """Reads and indexes everything; at most `limit` questions of each set, against the whole pool."""
    found = jsquad(data, embedder, limit)
    others, pairs = tuple(translations(data, embedder, limit)), similar_pairs(data)
    documents = load_documents(DEFAULT_DOCUMENTS)
    chapter = Pool("chapter", build_index(documents, StaticModel(shipped_static()), default_tokeniser()), (), embedder)
    items = sampled([i for i in load_questions(None, documents, split) if i.answerable], limit)
    assistant = Assistant(chapter.index if any(i.history for i in items) else chapter.base)
    asked = tuple((i, assistant.standalone(i.question, i.history)) for i in items)
    return Sets(found, others, pairs, chapter, asked)


def measure(row: Row, sets: Sets) -> tuple[Figures, dict[str, Figures]]:
    """The row of the table, and its figures on the question set by language and kind."""
    figures = paragraph_figures(sets.jsquad, row.over(sets.jsquad), row.name)
    for pool in sets.translations:
        figures[pool.name] = first_figure(pool, row.over(pool), row.name)
    if row.similar is not None:
        a, b, alike = sets.pairs
        figures["JSTS"] = spearman(row.similar(a, b).tolist(), alike)
    figures["MB"] = row.megabytes()
    chapter, figures["ms, chapter"] = chapter_figures(sets.chapter.base, sets.asked, row.over(sets.chapter), row.name)
    return figures, chapter


def spearman(found: Sequence[float], wanted: Sequence[float]) -> float:
    """Spearman's rank correlation."""
    try:
        from scipy.stats import spearmanr
    except ImportError:
        raise HakushoError("scipy is not installed: install the benchmark's packages with `pip install -e '.[bench]'`") from None
    return float(spearmanr(found, wanted)[0])


def tables(measured: dict[str, tuple[Figures, dict[str, Figures]]]) -> str:
    """Both tables in Markdown: the rows, and the question set's hit@1 / hit@5 by language and kind."""
    lines = ["| | " + " | ".join(COLUMNS) + " |", "|---" * (len(COLUMNS) + 1) + "|"]
    for name, (figures, _) in measured.items():
        lines.append(f"| {name} | " + " | ".join(_cell(c, figures) for c in COLUMNS) + " |")
    kinds = list(dict.fromkeys(k for _, chapter in measured.values() for k in chapter))
    lines += ["", "| hit@1 / hit@5 | " + " | ".join(kinds) + " | ms |", "|---" * (len(kinds) + 2) + "|"]
    for name, (figures, chapter) in measured.items():
        cells = [f"{chapter[k]['hit@1']:.2f} / {chapter[k]['hit@5']:.2f}" if k in chapter else "" for k in kinds]
        lines.append(f"| {name} | " + " | ".join(cells) + f" | {figures['ms, chapter']:.1f} |")
    return "\n".join(lines)


def _cell(column: str, figures: Figures) -> str:
    if column not in figures:
        return ""
    return f"{figures[column]:.1f}" if column in ("ms", "MB") else f"{figures[column]:.3f}"


def run(given: argparse.Namespace) -> None:
    """Measures the rows asked for; every finished one is told and, with `--json`, kept."""
    started = time.monotonic()
    embedder = CachedEmbedder(ContextualModel(shipped_contextual()), given.cache, "contextual model")
    made = rows(embedder)
    chosen = given.rows or list(made)
    unknown = [k for k in chosen if k not in made]
    if unknown:
        raise HakushoError(f"there is no row {unknown[0]!r}: --rows takes {', '.join(made)}")
    sets = read_sets(given.data, embedder, given.limit, given.split)
    asked = {p.name: len(p.asked) for p in (sets.jsquad, *sets.translations)} | {"question set": len(sets.asked)}
    _tell(
        f"{len(sets.jsquad.base.passages)} sentences of JSQuAD; questions: {asked}; ready after {time.monotonic() - started:.0f} s"
    )
    measured: dict[str, tuple[Figures, dict[str, Figures]]] = {}
    for key in chosen:
        try:
            measured[made[key].name] = measure(made[key], sets)
        except HakushoError as error:
            if given.rows:
                raise
            _tell(f"{made[key].name}: left out, {error}")
            continue
        _tell(f"{made[key].name}: done after {time.monotonic() - started:.0f} s")
        _write(given.json, measured, asked)
    print(tables(measured))


def _write(path: Path | None, measured: dict[str, tuple[Figures, dict[str, Figures]]], asked: dict[str, int]) -> None:
    held: dict[str, Any] = {"questions": asked}
    held["rows"] = {name: {**figures, "question set": chapter} for name, (figures, chapter) in measured.items()}
    write_json(path, held)


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m eval.retrieval", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="the folder of public data")
    parser.add_argument(
        "--limit", type=int, metavar="N", help="at most N questions of each set, evenly spaced, against the whole pool"
    )
    parser.add_argument(
        "--rows", nargs="+", metavar="ROW", help="only these: bm25 bigrams chive static late contextual hybrid whole"
    )
    parser.add_argument("--split", choices=["tune", "test", "all"], default="test", help="of the question set over the chapter")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures as JSON too, after every row")
    cache = Path(platformdirs.user_cache_dir("hakusho")) / "eval"
    parser.add_argument("--cache", type=Path, default=cache, metavar="DIR", help="where encoded pools are kept")
    given = parser.parse_args(arguments)
    if given.limit is not None and given.limit < 1:
        parser.error("--limit takes a number from 1")
    return status(lambda: run(given))


if __name__ == "__main__":
    sys.exit(main())
