"""The floors and ceilings that every change must keep (`eval/gates.json`)."""

import json
from collections.abc import Mapping
from pathlib import Path

GATES = Path(__file__).parent / "gates.json"


def failures(rows: Mapping[str, Mapping[str, float]]) -> list[str]:
    """What misses its gate. A gate is `{row: {figure: [least, most]}}`; null means no bound."""
    gates = json.loads(GATES.read_text(encoding="utf-8"))
    named = {name.strip().split(" (")[0]: row for name, row in rows.items()}
    failed = []
    for name, bounds in gates.items():
        for figure, (least, most) in bounds.items():
            value = named.get(name, {}).get(figure)
            if value is None:
                failed.append(f"{name}, {figure}: not measured")
            elif (least is not None and value < least) or (most is not None and value > most):
                failed.append(f"{name}, {figure}: {value:.3f} is outside {least} … {most}")
    return failed
