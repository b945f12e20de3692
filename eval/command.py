"""What the commands of this folder share: errors for people, figures as JSON."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from source.errors import HakushoError


def status(run: Callable[[], object]) -> int:
    """The exit status of a command: 2, with one line that names the remedy, where it raises HakushoError."""
    try:
        run()
    except HakushoError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def write_json(path: Path | None, held: Any) -> None:
    """Writes figures for programs, where a file is asked for."""
    if path is not None:
        path.write_text(json.dumps(held, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
