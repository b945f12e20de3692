"""How well the check of statements tells true from false: `python -m eval.support`.

Each statement is held against the sentences that it is about: what comes of a whole answer with its
neighbours is for `eval.redteam`. The sets: the statements of the teaching set that are held out;
those of `eval/unseen.jsonl` by round, over the chapter and over teaching passages (the rules had round
1 in sight); and the ones that the rules were made with. With `--entailment FILE`
(`index.train_entailment` writes one) that model is measured in the same run, and both together. Of
the teaching passages its start, the reader, has learnt questions, but no model a statement that is measured.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.alterations import TEXTS, alterations, honest_sentences
from eval.command import status, write_json
from eval.spans import auroc
from eval.unseen import CHAPTER, cited_by, document_of, documents_of, load_unseen
from index.contextual import shipped_contextual
from index.embedding import load_embedder
from index.entailment import Entailment, source_window
from index.local import LocalIndex, build_index
from index.statements import load_statements
from index.teaching import held_out, load_passages
from index.tokenise import default_tokeniser, language_of
from rag.support import Supporter
from source.document import Document, Passage
from source.errors import HakushoError
from source.load import DEFAULT_DOCUMENTS, load_documents

HELD_OUT, UNSEEN, MADE = "held out", "unseen", "the rules' own"
_EVERY = 5  # of the alterations that the rules were made with


@dataclass(frozen=True, slots=True)
class Said:
    """A statement, the passages that it is about, and whether they say it."""

    group: str
    language: str
    true: bool
    kind: str
    text: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """A statement, whether the rules let it pass, and the model's log-odds that its passages say it (None without a model)."""

    said: Said
    passes: bool
    logit: float | None

    @property
    def entailed(self) -> bool:
        """Whether the model lets it pass."""
        return self.logit is not None and self.logit > 0


def held_out_documents() -> list[Document]:
    """A document for every passage of the teaching set about which statements are held out."""
    passages = load_passages(None)
    return [document_of(passages[name]) for name in dict.fromkeys(s.passage for s in load_statements() if held_out(s.passage))]


def statements(index: LocalIndex) -> Iterator[Said]:
    """Every statement of the three sets."""
    texts = load_passages(None)
    by_id = {d.id: d for d in index.documents}
    for s in load_statements():
        if held_out(s.passage):
            quotes = [texts[s.passage].text[a:b] for a, b in s.sources]
            yield Said(HELD_OUT, s.language, s.true, s.kind, s.text, _holding(by_id[s.passage], quotes))
    for u in load_unseen():
        place = "chapter" if u.source == CHAPTER else "teaching passages"
        yield Said(f"{UNSEEN}, round {u.round}, {place}", u.language, u.true, u.kind, u.text, cited_by(u, index.documents))
    made = [by_id[d.id] for d in (*load_documents(DEFAULT_DOCUMENTS), *load_documents(TEXTS))]
    for a in alterations(made)[::_EVERY]:
        yield Said(MADE, language_of(a.text), False, a.kind, a.text, (index.by_id[a.sentence.passage][1],))
    for h in honest_sentences({p.id: p for d in made for p in d.passages}):
        yield Said(MADE, language_of(h.text), True, "honest", h.text, (index.by_id[h.passage][1],))


def _holding(document: Document, quotes: Sequence[str]) -> tuple[Passage, ...]:
    """The passages of a document that hold quotes, or are held by them, in order."""
    return tuple(p for p in document.passages if any(q.strip() in p.text or p.text in q for q in quotes))


def judge(said: Sequence[Said], supporter: Supporter, model: Entailment | None) -> list[Judged]:
    """Each statement with what rules and model say of it."""
    return [Judged(s, not supporter.check(s.text, s.passages).reason, _logit(s, model)) for s in said]


def _logit(said: Said, model: Entailment | None) -> float | None:
    """An English statement is held against a rendering too, and the mean taken."""
    if model is None:
        return None
    heading = said.passages[0].headings[-1] if said.passages[0].headings else ""
    sources = [source_window([p.text for p in said.passages], heading)]
    if said.language == "en" and all(p.rendering for p in said.passages):
        sources.append(source_window([p.rendering for p in said.passages], ""))
    logits = model.judge(said.text, sources)
    return sum(logits) / len(logits)


def rows(judged: Sequence[Judged]) -> list[dict[str, str | float]]:
    """Each set, whole and by language: how many false ones pass and true ones are withheld, by judge."""
    judges = _JUDGES if any(j.logit is not None for j in judged) else {"rules": _JUDGES["rules"]}
    made: list[dict[str, str | float]] = []
    for group in dict.fromkeys(j.said.group for j in judged):
        for language in ("", "ja", "en"):
            some = [j for j in judged if j.said.group == group and language in ("", j.said.language)]
            true, false = [j for j in some if j.said.true], [j for j in some if not j.said.true]
            if not true or not false:
                continue
            row: dict[str, str | float] = {"set": f"{group} {language}".strip(), "true": len(true), "false": len(false)}
            for name, passes in judges.items():
                row[f"{name}: false pass"] = sum(map(passes, false)) / len(false)
                row[f"{name}: true withheld"] = sum(not passes(j) for j in true) / len(true)
            if len(judges) > 1:
                row["AUROC of entailment"] = auroc(*([j.logit or 0.0 for j in part] for part in (true, false)))
            made.append(row)
    return made


_JUDGES: dict[str, Callable[[Judged], bool]] = {
    "rules": lambda j: j.passes,
    "entailment": lambda j: j.entailed,
    "both": lambda j: j.passes and j.entailed,
}


def faults(judged: Sequence[Judged]) -> dict[str, tuple[int, int]]:
    """By kind of fault, in all sets but the rules' own: how many false statements the rules let pass, of how many."""
    found: dict[str, tuple[int, int]] = {}
    for j in judged:
        if not j.said.true and j.said.group != MADE:
            passed, of = found.get(j.said.kind, (0, 0))
            found[j.said.kind] = (passed + j.passes, of + 1)
    return dict(sorted(found.items()))


def markdown(table: Sequence[dict[str, str | float]]) -> str:
    """Rows as a Markdown table."""
    lines = ["| " + " | ".join(table[0]) + " |", "|" + "---|" * len(table[0])]
    lines += ["| " + " | ".join(f"{v:.3f}" if isinstance(v, float) else str(v) for v in row.values()) + " |" for row in table]
    return "\n".join(lines)


def run(json_file: Path | None, model_file: Path | None) -> None:
    """Prints the table, and how many false statements of each kind pass."""
    if model_file is not None and not model_file.is_file():
        raise HakushoError(f"{model_file} is no file: `python -m index.train_entailment` writes one")
    model = Entailment(shipped_contextual(), model_file) if model_file else None
    documents = [*documents_of(load_unseen()), *load_documents(TEXTS), *held_out_documents()]
    index = build_index(documents, load_embedder(), default_tokeniser())
    judged = judge(list(statements(index)), Supporter(index), model)
    table = rows(judged)
    print(markdown(table))
    print("\nfalse ones that pass the rules, by kind: " + ", ".join(f"{k} {n}/{of}" for k, (n, of) in faults(judged).items()))
    write_json(json_file, table)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m eval.support", description=__doc__)
    parser.add_argument("--entailment", type=Path, metavar="FILE", help="measure this entailment model too")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the table as JSON too")
    given = parser.parse_args()
    sys.exit(status(lambda: run(given.json, given.entailment)))
