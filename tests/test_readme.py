"""What the README says is so: its commands parse, its files are there, its Python runs."""

import json
import re
import shlex
from pathlib import Path

import pytest
from server import CLIENT, PATIENCE

from rag.cli import _parser

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^(hakusho .+)$", README, re.MULTILINE)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_parses(command: str) -> None:
    assert callable(_parser().parse_args(shlex.split(command)[1:]).run)


def test_there_are_commands_for_everything() -> None:
    assert {shlex.split(c)[1] for c in COMMANDS} == {
        "ask", "search", "passage", "feedback", "index", "eval", "serve", "mcp", "password", "doctor",
    }  # fmt: skip


def test_every_file_named_is_there() -> None:
    tree = README.split("## The tree")[1].split("## Licences")[0]
    block, table = tree.split("```")[1], tree.split("```")[2]
    for line in block.strip().splitlines():
        folder, *names = re.findall(r"[\w.*]+/|[\w*]+\.(?:py|jsonl|json|md|css|js)\b", line)
        if folder.endswith("/") and not line.startswith(" "):
            for name in names:
                assert list((ROOT / folder).glob(name)), f"{folder}{name}"
    for path in re.findall(r"`((?:rag|index|eval|source)/[\w*./]+)`", table):
        assert list(ROOT.glob(path)), path
    for image in re.findall(r"\]\((docs/[\w.-]+)\)", README):
        assert (ROOT / image).is_file()


def test_make_targets_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"make (?:PORT=\d+ )?(\w+)", README)):
        assert f"\n{target}:" in makefile, target


def test_the_python_example_runs(index_folder: Path) -> None:
    code = README.split("```python\n")[1].split("```")[0]
    exec(compile(code, "README", "exec"), {})


def test_the_programs_examples_work(served: str) -> None:
    section = README.split("## Programs")[1].split("\n## ")[0]
    for command in re.findall(r"^curl .+$", section, re.MULTILINE):
        url, *rest = shlex.split(command.replace("http://127.0.0.1:7860", served))[2:]
        options = dict(zip(rest[::2], rest[1::2], strict=True))
        name, _, value = options.get("-H", "Accept: */*").partition(": ")
        method = "POST" if "-d" in options else "GET"
        response = CLIENT.request(method, url, headers={name: value}, content=options.get("-d"), timeout=PATIENCE)
        assert response.raise_for_status().json().keys() & {"answer", "passages"}
    code = next(block for block in section.split("```") if "import OpenAI" in block)
    exec(compile(code.replace("http://127.0.0.1:7860", served), "README", "exec"), {})
    for line in section.split("```json\n")[1].split("```")[0].splitlines():
        assert "hakusho" in json.loads(line)["mcpServers"]


def test_the_programs_section_names_what_is_there(served: str) -> None:
    section = README.split("## Programs")[1].split("\n## ")[0]
    described = CLIENT.get(f"{served}/openapi.json").json()["paths"]
    named = {p.split("?")[0] for p in re.findall(r"(/(?:v1/[\w/{}]+|healthz|metrics))(?=[`?])", section.split("```")[0])}
    assert named == set(described) - {"/v1/models/{model}"}
    metrics = CLIENT.get(f"{served}/metrics").text
    for name in re.findall(r"`(hakusho_\w+)", section):
        assert f"# HELP {name}" in metrics, name
