"""Many questions at once: JSON lines in, JSON lines out, in the same order."""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TextIO

from rag.assistant import Assistant
from source.errors import HakushoError


class LineError(HakushoError):
    """A line of a batch that is not a question."""


def read_batch(name: str) -> Iterator[bytes]:
    """The lines of a file, or of standard input for `-`, still undecoded."""
    if name == "-":
        yield from sys.stdin.buffer
        return
    try:
        with Path(name).open("rb") as file:
            yield from file
    except OSError as error:
        raise HakushoError(f"cannot read {name} ({error.strerror}): name a file of JSON lines, or - for standard input") from None


def run_batch(assistant: Assistant, lines: Iterable[bytes], out: TextIO) -> int:
    """Answers each line. A line that cannot be answered gives `{"id", "error"}`; returns 1 then."""
    failed = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        item: dict[str, Any] = {}
        try:
            item = _decode(line, number)
            _check(item, number)
            result = {"id": item["id"], **assistant.ask(item["question"], item.get("history") or ()).to_json()}
        except HakushoError as error:
            failed += 1
            given = item.get("id")
            result = {"id": given if isinstance(given, str | int) else None, "line": number, "error": str(error)}
        print(_line(result), file=out, flush=True)
    return 1 if failed else 0


def _line(result: dict[str, Any]) -> str:
    """One JSON line; what cannot be written as UTF-8 (a lone surrogate in an id) is escaped."""
    line = json.dumps(result, ensure_ascii=False)
    try:
        line.encode()
    except UnicodeEncodeError:
        return json.dumps(result)
    return line


def _decode(line: bytes, number: int) -> dict[str, Any]:
    try:
        item = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
    except (ValueError, RecursionError) as error:
        raise LineError(f"line {number} is not JSON in UTF-8 ({error}): write one object a line") from None
    if not isinstance(item, dict):
        raise LineError(f'line {number} is not an object: write {{"id": …, "question": …}}')
    return item


def _check(item: dict[str, Any], number: int) -> None:
    history = item.get("history") or []
    if not isinstance(item.get("id"), str | int):
        raise LineError(f'line {number}: "id" must be text or a whole number')
    known = isinstance(history, list) and all(isinstance(h, str) for h in history)
    if not isinstance(item.get("question"), str) or "id" not in item or not known:
        raise LineError(f'line {number} needs "id", "question" (text) and, if at all, "history" (a list of texts)')
