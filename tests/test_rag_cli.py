"""The command line: the contract that programs rely on, and clear errors."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from rag.cli import main

FIELDS = {
    "id", "question", "standalone_question", "language", "status", "answer", "short_answer", "confidence", "citations", "retrieved", "mode", "seconds",
}  # fmt: skip


def batch(
    tmp_path: Path, lines: list[str], capsys: pytest.CaptureFixture[str], *more: str
) -> tuple[int, list[dict[str, object]]]:
    path = tmp_path / "questions.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    status = main(["ask", "--batch", str(path), *more])
    return status, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_batch_answers_in_order(index_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [
        json.dumps({"id": i, "question": q, "history": ["5月に訪日したのは誰ですか"]})
        for i, q in enumerate(["翌月は?", "SCOとは?"])
    ]
    status, answers = batch(tmp_path, lines, capsys)
    assert status == 0
    assert [a["id"] for a in answers] == [0, 1]
    assert all(set(a) == FIELDS for a in answers)


def test_a_bad_line_is_named_and_the_batch_goes_on(
    index_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [
        "not json",
        '{"id": 1}',
        "[]",
        '{"id": 2, "question": ""}',
        '{"id": 3, "question": "SCOとは?", "history": "x"}',
        '{"id": 4, "question": "SCOとは?"}',
    ]
    status, answers = batch(tmp_path, lines, capsys)
    assert status == 1
    assert ["error" in a for a in answers] == [True] * 5 + [False]
    assert [a.get("id") for a in answers] == [None, 1, None, 2, 3, 4]


def test_standard_input(index_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    stream = io.TextIOWrapper(io.BytesIO('{"id": "a", "question": "誰?"}\n'.encode()))
    monkeypatch.setattr(sys, "stdin", stream)
    assert main(["ask", "--batch", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["id"] == "a"


def test_a_folder_of_texts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    documents, index = tmp_path / "docs", tmp_path / "index"
    documents.mkdir()
    (documents / "lake.txt").write_text("琵琶湖は滋賀県にある。面積は670平方キロである。", encoding="utf-8")
    (documents / "tower.txt").write_text("The tower was finished in 1958. It is 333 metres tall.", encoding="utf-8")
    assert main(["index", "build", "--documents", str(documents), "--into", str(index)]) == 0
    capsys.readouterr()
    assert main(["ask", "--json", "--index", str(index), "琵琶湖はどこにありますか"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["citations"][0]["document"] == "lake"
    assert main(["search", "--json", "--index", str(index), "When was the tower finished?"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["document"] == "tower"


def test_people_get_numbered_citations(index_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "租税条約はいつ署名されましたか"]) == 0
    out = capsys.readouterr().out
    assert "【12月】" in out
    assert "[1] ca-2-13-4" in out


def test_how_an_answer_was_found_is_told_on_request(index_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    question = "租税条約のサインはいつですか"
    assert main(["ask", "--explain", question]) == 0
    told = capsys.readouterr().out
    assert "尋ねられていること: 時期" in told
    assert "サイン → 署名 (" in told
    assert main(["ask", "--explain", "--json", question]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert set(answer) == FIELDS - {"id"} | {"explanation"}
    assert "署名" in {e["matched"] for e in answer["explanation"]["expansions"]}


def test_search_passage_show_and_doctor(index_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", "カスピ海ルート", "-k", "2"]) == 0
    assert "ca-1-04-1" in capsys.readouterr().out
    assert main(["passage", "ca-2-07-1"]) == 0
    assert "(2)中央アジア諸国" in capsys.readouterr().out
    assert main(["passage", "7月に上川外務大臣が訪日したメレドフ首相と会談し"]) == 0
    assert "[-7-]{+1+}月に上川外務大臣が" in capsys.readouterr().out
    assert main(["passage", "日本の総理大臣が先週パリを訪問して各国の首脳と会談した"]) == 1
    assert "does not say so" in capsys.readouterr().out
    assert main(["index", "show"]) == 0
    assert main(["doctor"]) == 0
    assert "FAIL" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "remedy"),
    [
        (["ask"], "--batch"),
        (["ask", "", "--json"], "type a question"),
        (["ask", "--batch", "/nowhere.jsonl"], "name a file"),
        (["ask", "--batch", "-", "--explain"], "leave it out"),
        (["passage", "zz-9"], "hakusho search"),
        (["index", "build", "--documents", "/nowhere"], "name a folder"),
        (["ask", "x", "--index", "/nowhere"], "hakusho index build"),
    ],
)
def test_mistakes_get_one_line_with_the_remedy(
    index_folder: Path, arguments: list[str], remedy: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert error.startswith("hakusho: ")
    assert remedy in error


def test_help_loads_nothing_heavy() -> None:
    code = "import sys, rag.cli; heavy = {'torch', 'gradio', 'sentence_transformers', 'llama_index'} & set(sys.modules); sys.exit(len(heavy))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_asking_needs_neither_torch_nor_gradio(index_folder: Path) -> None:
    code = (
        "import sys; from rag.assistant import Assistant; Assistant.open().ask('SCOとは?');"
        "sys.exit(len({'torch', 'gradio', 'sentence_transformers'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_what_is_no_text_does_not_stop_a_batch(index_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    long = json.dumps({"id": "long", "question": "そこは?", "history": ["長い" * 30_000]})
    lines = [
        '{"id": 1, "question": "\\ud800"}',
        '{"id": "\\ud800", "question": "SCOとは?"}',
        '{"id": NaN, "question": "x"}',
        long,
    ]
    status, answers = batch(tmp_path, [*lines, '{"id": 5, "question": "SCOとは?"}'], capsys)
    assert status == 1
    assert ["error" in a for a in answers] == [True, False, True, True, False]


def test_a_sentence_of_any_length_can_be_indexed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "long.txt").write_text("山" * 40_000 + "。川は青い。", encoding="utf-8")
    (tmp_path / "empty.txt").write_text("", encoding="utf-8")
    assert main(["index", "build", "--documents", str(tmp_path), "--into", str(tmp_path / "index")]) == 0


@pytest.mark.parametrize("question", ["?", "the", "。"])
def test_what_asks_nothing_is_not_answered(index_folder: Path, question: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "--json", question]) == 0
    assert json.loads(capsys.readouterr().out)["status"] == "not_in_document"
