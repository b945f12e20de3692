"""The table of the judges of statements: shares by set and language, and the statements it is made of."""

from eval.alterations import TEXTS
from eval.support import HELD_OUT, Judged, Said, faults, held_out_documents, rows, statements
from eval.unseen import documents_of, load_unseen
from index.embedding import load_embedder
from index.local import build_index
from index.statements import load_statements, source_of
from index.teaching import held_out, load_passages
from index.tokenise import default_tokeniser
from source.load import load_documents


def judged(group: str, language: str, *, true: bool, passes: bool, logit: float | None = None) -> Judged:
    return Judged(Said(group, language, true, "kind", "text", ()), passes, logit)


def test_shares_are_of_the_set_and_language() -> None:
    table = rows(
        [
            judged("a", "ja", true=True, passes=True, logit=2.0),
            judged("a", "ja", true=False, passes=True, logit=-3.0),
            judged("a", "en", true=True, passes=False, logit=-1.0),
            judged("a", "en", true=False, passes=True, logit=9.0),
            judged("b", "ja", true=True, passes=True, logit=1.0),
        ]
    )
    assert [r["set"] for r in table] == ["a", "a ja", "a en"]
    assert [(r["rules: false pass"], r["rules: true withheld"]) for r in table] == [(1, 0.5), (1, 0), (1, 1)]
    assert [(r["both: false pass"], r["both: true withheld"]) for r in table] == [(0.5, 0.5), (0, 0), (1, 1)]
    assert [r["AUROC of entailment"] for r in table] == [0.5, 1, 0]


def test_without_a_model_the_rules_stand_alone() -> None:
    some = [judged(HELD_OUT, "ja", true=t, passes=p) for t, p in ((True, True), (False, True), (False, False))]
    (row, _) = rows(some)
    assert set(row) == {"set", "true", "false", "rules: false pass", "rules: true withheld"}
    assert faults(some) == {"kind": (1, 2)}


def test_every_statement_is_held_against_what_it_is_about() -> None:
    texts = load_passages(None)
    documents = [*documents_of(load_unseen()), *load_documents(TEXTS), *held_out_documents()]
    said = list(statements(build_index(documents, load_embedder(), default_tokeniser())))
    assert {s.group.split(",")[0] for s in said} == {"held out", "unseen", "the rules' own"}
    assert all(s.passages for s in said)
    held = [s for s in said if s.group == HELD_OUT]
    mine = [s for s in load_statements() if held_out(s.passage)]
    assert [h.text for h in held] == [s.text for s in mine]
    for h, s in zip(held, mine, strict=True):
        assert "".join(p.text for p in h.passages).replace(" ", "") == source_of(s, texts[s.passage]).text.replace(" ", "")
