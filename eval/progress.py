"""Progress of long measurements, on standard error."""

import sys
import time
from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")
_QUIET = 20.0  # seconds between two lines


def told(what: str, items: Sequence[T]) -> Iterator[T]:
    """The items, with a line every twenty seconds that says how far it is and how long it may take."""
    started = last = time.monotonic()
    for done, item in enumerate(items):
        yield item
        now = time.monotonic()
        if now - last > _QUIET and done + 1 < len(items):
            left = (now - started) / (done + 1) * (len(items) - done - 1)
            print(f"{what}: {done + 1}/{len(items)}, {left:.0f} s left", file=sys.stderr, flush=True)
            last = now
