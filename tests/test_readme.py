"""What the README says is so: its commands parse, its files are there, its Python runs."""

import re
import shlex
from pathlib import Path

import pytest

from rag.cli import _parser

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^(hakusho .+)$", README, re.MULTILINE)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_parses(command: str) -> None:
    assert callable(_parser().parse_args(shlex.split(command)[1:]).run)


def test_there_are_commands_for_everything() -> None:
    assert {shlex.split(c)[1] for c in COMMANDS} == {"ask", "search", "passage", "feedback", "index", "eval", "serve", "doctor"}


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
