"""Measures one condition of the ablation: what an assistant finds, reads and refuses."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from eval.ablation_sets import Asked, Case
from eval.fit_gate import held_out as refitted
from eval.spans import auroc, character_f1, exact
from index.contextual import Contextual
from index.reader import Reader, Reading
from index.reader_examples import Window
from rag.assistant import Assistant
from rag.question import Question, understand
from rag.reading import PassageReading
from rag.retrieve import Candidate
from rag.short_answer import short_answer

FIGURES = ("hit@1", "hit@3", "sentence", "EM", "F1", "answer F1", "AUROC", "AUROC refitted", "false answers")
# So many questions of either sort are needed for a gate to be fitted anew.
_ENOUGH = 10


class KeptReader(Reader):
    """A reader that remembers its readings: conditions that differ in the lexicon mostly read the same."""

    def __init__(self, model: Contextual) -> None:
        super().__init__(model)
        self._remembered: dict[tuple[str, Window], Reading] = {}

    def read(self, question: str, windows: Sequence[Window]) -> list[Reading]:
        """As `Reader.read`."""
        kept = self._remembered
        new = [w for w in dict.fromkeys(windows) if (question, w) not in kept]
        if new:
            kept.update(zip([(question, w) for w in new], super().read(question, new), strict=True))
        return [kept[question, w] for w in windows]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a case. `figures` are its own; `signals` those the gate weighs, (signals,)."""

    case: Case
    figures: dict[str, float]
    probability: float
    answered: bool
    signals: np.ndarray


def measure(asked: Iterable[Asked], reader: Reader) -> Iterator[Outcome]:
    """The outcomes of all cases."""
    for held in asked:
        assistant = Assistant(held.index, reader=reader)
        for case in held.cases:
            yield _outcome(case, assistant)


def _outcome(case: Case, assistant: Assistant) -> Outcome:
    question = understand(assistant.standalone(case.question, case.history))
    candidates = assistant.ranker.rank(question.text, k=10, candidates=assistant.config.candidates)
    evidence = assistant.evidence.measure(question, candidates)
    probability = assistant.gate.probability(evidence)
    figures = _figures(case, question, candidates, assistant) if case.rows else {}
    return Outcome(case, figures, probability, probability >= assistant.gate.threshold, evidence.vector())


def _figures(case: Case, question: Question, candidates: Sequence[Candidate], assistant: Assistant) -> dict[str, float]:
    """Retrieval, and reading: in the gold paragraph, and in the passage that stands first."""
    found = {f"hit@{k}": float(any(c.row in case.rows for c in candidates[:k])) for k in (1, 3)}
    index, first = assistant.index, candidates[0]
    verdicts = assistant.ranker.reader.read(question, [index.passages[min(case.rows)]])
    chosen = max(verdicts, key=lambda passage: verdicts[passage].answers)
    found["sentence"] = float(chosen in {index.passages[row].id for row in case.rows})
    if case.answers:
        read = _marked(question, index.by_id[chosen][1].text, verdicts[chosen], assistant)
        found |= {"EM": exact(read, case.answers), "F1": character_f1(read, case.answers)}
        found["answer F1"] = character_f1(_marked(question, first.passage.text, first.reading, assistant), case.answers)
    return found


def _marked(question: Question, text: str, reading: PassageReading | None, assistant: Assistant) -> str:
    span = short_answer(question, text, assistant.index.tokeniser, reading)
    return text[span[0] : span[1]] if span else ""


def figures(outcomes: Sequence[Outcome], chosen: Callable[[Case], bool]) -> dict[str, float]:
    """The means of the chosen answerable cases, and how they are told from all that have no answer in their languages."""
    yes = [o for o in outcomes if o.case.rows and chosen(o.case)]
    languages = {o.case.language for o in yes}
    no = [o for o in outcomes if not o.case.rows and o.case.language in languages]
    found = {"questions": float(len(yes)), "near misses": float(len(no))}
    for name in FIGURES:
        values = [o.figures[name] for o in yes if name in o.figures]
        if values:
            found[name] = float(np.mean(values))
    if yes and no:
        found["AUROC"] = auroc([o.probability for o in yes], [o.probability for o in no])
        found["false answers"] = float(np.mean([o.answered for o in no]))
    if min(len(yes), len(no)) >= _ENOUGH:
        found["AUROC refitted"] = _refitted(yes, no)
    return found


def _refitted(yes: Sequence[Outcome], no: Sequence[Outcome]) -> float:
    """The AUROC of a gate fitted to this condition in ten folds: what its signals tell, whatever the shipped weights make of them."""
    x = np.asarray([o.signals for o in (*yes, *no)])
    y = np.asarray([1] * len(yes) + [0] * len(no))
    probabilities = refitted(x, y, np.ones(len(y)))
    return auroc(probabilities[: len(yes)].tolist(), probabilities[len(yes) :].tolist())
