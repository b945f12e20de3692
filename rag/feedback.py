"""What users say of answers: kept on this machine only, one JSON line each, never rewritten.

`HAKUSHO_FEEDBACK` names another file; `off` keeps nothing, and the page then does not ask.
"""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import platformdirs

from rag.answer import Answer
from rag.question import understand
from source.document import Document
from source.errors import HakushoError

Verdict = Literal["up", "down"]
_LONGEST_REASON = 2000
_OFF = ("off", "0", "false", "no")


def feedback_file() -> Path | None:
    """Where feedback is kept, or None where it is switched off."""
    named = os.environ.get("HAKUSHO_FEEDBACK", "").strip()
    if named.lower() in _OFF:
        return None
    return Path(named) if named else Path(platformdirs.user_data_dir("hakusho")) / "feedback.jsonl"


def record(
    answer: Answer, verdict: Verdict, reason: str, history: Sequence[str], documents: Sequence[Document], *, turn: str = ""
) -> bool:
    """Appends one line; False where feedback is switched off. Raises HakushoError where it cannot be written.

    A later line for the same `turn` takes the place of an earlier one when they are read.
    """
    file = feedback_file()
    if file is None:
        return False
    entry = {
        "turn": turn,
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "verdict": verdict,
        "reason": reason.strip()[:_LONGEST_REASON],
        "history": list(history),
        **answer.to_json(),
        "documents": {d.id: d.sha256 for d in documents},
    }
    line = json.dumps(entry, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        # One write of one line in append mode: several servers may share the file.
        with open(file, "ab", buffering=0) as out:
            out.write(line)
    except OSError as error:
        raise HakushoError(
            f"cannot write feedback to {file} ({error.strerror}): name another file in HAKUSHO_FEEDBACK, or switch it off"
        ) from None
    return True


def read_feedback(file: Path) -> list[dict[str, Any]]:
    """The entries of a file, oldest first, of each turn the last. Raises HakushoError for a line that is none."""
    last: dict[object, dict[str, Any]] = {}
    for number, entry in enumerate(_entries(file)):
        last[entry.get("turn") or number] = entry
    return list(last.values())


def _entries(file: Path) -> Iterator[dict[str, Any]]:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return
    except (OSError, UnicodeDecodeError) as error:
        raise HakushoError(f"cannot read {file} ({error}): name the file in HAKUSHO_FEEDBACK") from None
    for number, line in enumerate(lines, 1):
        try:
            entry = json.loads(line)
            if entry["verdict"] not in ("up", "down"):
                raise KeyError("verdict")
        except (ValueError, KeyError, TypeError):
            raise HakushoError(f"line {number} of {file} is no feedback: remove it") from None
        yield entry


def candidate(entry: Mapping[str, Any], number: int) -> dict[str, Any]:
    """A line for the question set, as `eval/questions.jsonl` has them.

    A good answer gives its quotes as evidence. After a bad one somebody must say what the
    right one is: `answerable` is null, and `review` holds what the user said.
    """
    good, answered = entry["verdict"] == "up", entry["status"] == "answered"
    made: dict[str, Any] = {
        "id": f"feedback-{number:04d}",
        "split": "tune",
        "language": entry["language"],
        "kind": _kind(entry),
        "question": entry["question"],
        "history": entry["history"],
        "evidence": [c["quote"] for c in entry["citations"]] if good else [],
        "answers": [entry["short_answer"] or entry["answer"]] if good and answered else [],
        "answerable": answered if good else None,
    }
    return made if good else {**made, "review": entry["reason"], "answer_given": entry["answer"]}


def _kind(entry: Mapping[str, Any]) -> str:
    if entry["verdict"] == "up" and entry["status"] != "answered":
        return "unanswerable"
    if entry["standalone_question"].strip() != entry["question"].strip() and entry["history"]:
        return "follow-up"
    asked = understand(entry["standalone_question"])
    return "yes-no" if asked.answer_type == "yes-no" else "list" if asked.wants_list else "fact"
