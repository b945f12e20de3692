"""Runs the fixed question set: `hakusho eval`, `make eval`."""

import statistics
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from eval.command import write_json
from eval.gates import failures
from eval.metrics import Outcome, Row, answer_figures, by_kind, means, retrieval_figures
from eval.questions import Item, load_questions
from eval.report import page
from eval.spans import auroc, calibration_error, risk_curve
from rag.assistant import Assistant
from rag.llm_settings import QUOTE_ONLY

COLUMNS = (
    "hit@1",
    "hit@3",
    "hit@5",
    "mrr",
    "recall@10",
    "answer match",
    "citation precision",
    "citation recall",
    "false answer",
    "false refusal",
    "valid",
)
Rank = Callable[[str], list[str]]


def run(*, questions: Path | None, split: str, json_file: Path | None, index: Path | None, html_file: Path | None = None) -> int:
    """Prints the table, writes the JSON, checks the gates. Returns 1 where a gate fails."""
    assistant = Assistant.open(index, llm=QUOTE_ONLY)
    items = load_questions(questions, assistant.index.documents, split)
    report = evaluate(assistant, items)
    reranker = assistant.ranker.reranker
    print(f"{len(items)} questions, split: {split}" + (f", reranker: {reranker.name}" if reranker else "") + "\n")
    print(table(report["rows"]))
    refusal = report["refusal"]
    print(f"\nanswerable or not: AUROC {refusal['AUROC']:.3f}, expected calibration error {refusal['ECE']:.3f}")
    print(f"median {report['median ms']:.1f} ms a question")
    write_json(json_file, report)
    if html_file is not None:
        html_file.write_text(page(report, COLUMNS, assistant.index), encoding="utf-8")
    failed = failures(report["rows"]) if questions is None and split == "test" else []
    print("\n".join(f"GATE FAILED: {f}" for f in failed))
    return 1 if failed else 0


def evaluate(assistant: Assistant, items: list[Item]) -> dict[str, Any]:
    """The report: rows by name, the failures, and the time."""
    outcomes, misses, seconds, sure = [], [], [], []
    for item in items:
        answer = assistant.ask(item.question, item.history)
        seconds.append(answer.seconds)
        sure.append((answer.confidence, item.answerable))
        figures = answer_figures(item, answer, assistant.index)
        if item.answerable:
            figures |= retrieval_figures(item, [r.passage for r in answer.retrieved], assistant.index)
        outcomes.append(Outcome(item, figures))
        if (
            figures.get("false answer")
            or figures.get("hit@1") == 0
            or figures.get("answer match", 1) < 1
            or figures.get("false refusal")
        ):
            misses.append(
                {
                    "id": item.id,
                    "question": item.question,
                    "standalone": answer.standalone_question,
                    "status": answer.status,
                    "confidence": round(answer.confidence, 3),
                    "short_answer": answer.short_answer,
                    "cited": [c.passage for c in answer.citations],
                    "retrieved": [r.passage for r in answer.retrieved[:5]],
                    "figures": {k: round(v, 2) for k, v in figures.items()},
                }
            )
    rows = {"hakusho": means(outcomes), **_breakdown(outcomes)}
    for name, rank in baselines(assistant).items():
        rows |= _baseline_rows(name, rank, [i for i in items if i.answerable], assistant)
    median = statistics.median(seconds) * 1000 if seconds else 0.0
    return {"rows": rows, "misses": misses, "median ms": median, "refusal": refusal_figures(sure)}


def refusal_figures(sure: list[tuple[float, bool]]) -> dict[str, Any]:
    """How confidence tells answerable questions: AUROC, calibration, and the risk-coverage curve.

    The curve's points are (share answered, share of those that should have been refused), surest first.
    """
    yes, no = [c for c, a in sure if a], [c for c, a in sure if not a]
    area = auroc(yes, no) if yes and no else 1.0
    confidences, truths = [c for c, _ in sure], [a for _, a in sure]
    return {"AUROC": area, "ECE": calibration_error(confidences, truths), "curve": risk_curve(confidences, truths)}


def _breakdown(outcomes: list[Outcome]) -> dict[str, Row]:
    return {
        f"    {language} {kind} ({len(some)})" if kind else f"  {language}": means(some)
        for (language, kind), some in by_kind(outcomes).items()
    }


def baselines(assistant: Assistant) -> dict[str, Rank]:
    """BM25 alone and dense similarity alone, over the same passages and the same standalone question."""
    index = assistant.index

    def names(scores: Any) -> list[str]:
        return [index.passages[i].id for i in np.argsort(-scores, kind="stable")[:10]]

    def bm25(question: str) -> list[str]:
        return names(index.lexical("passage", "word", index.tokeniser.fields(question)["word"]))

    def dense(question: str) -> list[str]:
        return names(index.similarity(index.embedder.encode_question(question)))

    return {"BM25 alone (Sudachi A+C)": bm25, "dense alone": dense}


def _baseline_rows(name: str, rank: Rank, items: list[Item], assistant: Assistant) -> dict[str, Row]:
    def row(chosen: Iterable[Item]) -> Row:
        return means(
            Outcome(i, retrieval_figures(i, rank(assistant.standalone(i.question, i.history)), assistant.index)) for i in chosen
        )

    rows = {name: row(items)}
    for language in ("ja", "en"):
        chosen = [i for i in items if i.language == language]
        if chosen:
            rows[f"  {language}, {name}"] = row(chosen)
    return rows


def table(rows: dict[str, Row]) -> str:
    """The rows as a Markdown table."""
    lines = ["| | " + " | ".join(COLUMNS) + " |", "|---" * (len(COLUMNS) + 1) + "|"]
    for name, row in rows.items():
        cells = [f"{row[c]:.2f}" if c in row else "" for c in COLUMNS]
        lines.append(f"| {name.replace('  ', '· ')} | " + " | ".join(cells) + " |")
    return "\n".join(lines)
