"""How faithful a language model's answers are: `hakusho eval --llm URL#MODEL`.

Citation recall and precision by statement after ALCE (Gao et al. 2023), with the project's own
support check in the place of its entailment model: recall is the share of statements that their
citations together support, precision the share of citations that support their statement alone or
that it cannot do without. Both are of what reached the reader; what was withheld is counted apart.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from eval.command import write_json
from eval.metrics import Outcome, answer_figures, means
from eval.questions import load_questions
from rag.answer import Answer, Statement
from rag.assistant import Assistant
from rag.llm_settings import LlmSettings
from rag.support import Supporter
from source.document import Passage


def run(*, llm: LlmSettings, questions: Path | None, split: str, json_file: Path | None, index: Path | None) -> int:
    """Prints the report and writes it as JSON; returns 0."""
    assistant = Assistant.open(index, llm=llm)
    supporter = Supporter(assistant.index)
    outcomes, rows = [], []
    for item in load_questions(questions, assistant.index.documents, split):
        answer = assistant.ask(item.question, item.history)
        outcomes.append(Outcome(item, answer_figures(item, answer, assistant.index)))
        rows.append(measure(answer, supporter, assistant))
    report = {**summary(rows), **{f"answers: {n}": v for n, v in means(outcomes).items()}}
    print(f"{len(rows)} questions, split: {split}, model: {llm.shown or 'none'}\n")
    print("\n".join(f"{name:42} {value:.3f}" for name, value in report.items()))
    write_json(json_file, report)
    return 0


def measure(answer: Answer, supporter: Supporter, assistant: Assistant) -> dict[str, float]:
    """Counts of one answer: statements written, shown and withheld, citations, and how many of each hold."""
    cited = [[assistant.index.by_id[c.passage][1] for c in s.citations] for s in answer.statements]
    checks = [_statement(s, passages, supporter) for s, passages in zip(answer.statements, cited, strict=True)]
    model = float(answer.mode == "model")
    return {
        "model": model,
        "asked": float(bool(answer.notice) or model),
        "written": (len(answer.statements) if model else 0) + len(answer.withheld),
        "withheld": len(answer.withheld),
        "statements": len(checks) * model,
        "supported": sum(s for s, _, _ in checks) * model,
        "citations": sum(n for _, n, _ in checks) * model,
        "needed": sum(g for _, _, g in checks) * model,
    }


def _statement(statement: Statement, passages: Sequence[Passage], supporter: Supporter) -> tuple[int, int, int]:
    """Whether the citations support the statement, how many there are, how many of them matter."""
    whole = not supporter.check(statement.text, tuple(passages)).reason
    if len(passages) == 1:
        return int(whole), 1, int(whole)
    matter = 0
    for passage in passages:
        rest = tuple(p for p in passages if p is not passage)
        alone = not supporter.check(statement.text, (passage,)).reason
        matter += whole and (alone or bool(supporter.check(statement.text, rest).reason))
    return int(whole), len(passages), matter


def summary(rows: Sequence[dict[str, Any]]) -> dict[str, float]:
    """The rates over all answers; what has no cases is left out."""
    total = {name: sum(row[name] for row in rows) for name in rows[0]} if rows else {}
    rates = {
        "answers by the model, of those it was asked": ("model", "asked"),
        "statements withheld, of those written": ("withheld", "written"),
        "citation recall, by statement": ("supported", "statements"),
        "citation precision": ("needed", "citations"),
    }
    return {name: total[part] / total[whole] for name, (part, whole) in rates.items() if total.get(whole)}
