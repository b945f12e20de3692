"""Answers that are being made, which the user may stop.

A language model can be silent for seconds between two statements, so the work goes on in a thread
of its own and the user's word takes effect at once; the work learns of it too, and ends as soon as it can.
"""

import queue
import threading
from collections.abc import Callable, Iterator
from typing import Generic, Literal, TypeVar

T = TypeVar("T")
_POLL = 0.05


class Running(Generic[T]):
    """The answers in the making, by the name of their run."""

    def __init__(self) -> None:
        self._stops: dict[str, threading.Event] = {}
        self._changed = threading.Condition()

    def __contains__(self, run: str) -> bool:
        """Whether the answer of that run is being made."""
        return run in self._stops

    def wait_idle(self, timeout: float) -> bool:
        """Waits until no answer is being made, at most `timeout` seconds; whether none is."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._stops, timeout)

    def stop(self, run: str) -> bool:
        """Stops a run; False where there is none of that name."""
        with self._changed:
            stop = self._stops.get(run)
        if stop is not None:
            stop.set()
        return stop is not None

    def run(self, name: str, start: Callable[[threading.Event], Iterator[T]]) -> Iterator[T | Literal["stopped"]]:
        """What `start(stop)` yields, then "stopped" where the run was stopped before its end.

        `stop` is set when the run is stopped, so that what waits for a server need not wait on.
        Closing this iterator stops the work too. An exception of the work is raised here.
        """
        stop = threading.Event()
        with self._changed:
            self._stops[name] = stop
        items: queue.Queue[tuple[str, T | BaseException | None]] = queue.Queue()
        threading.Thread(target=_work, args=(start, items, stop), daemon=True).start()
        try:
            yield from _received(items, stop)
        finally:
            stop.set()
            with self._changed:
                if self._stops.get(name) is stop:
                    del self._stops[name]
                self._changed.notify_all()


def _received(
    items: "queue.Queue[tuple[str, T | BaseException | None]]", stop: threading.Event
) -> Iterator[T | Literal["stopped"]]:
    while not stop.is_set():
        try:
            kind, item = items.get(timeout=_POLL)
        except queue.Empty:
            continue
        if kind == "end":
            return
        if isinstance(item, BaseException):
            raise item
        yield item  # type: ignore[misc]
    yield "stopped"


def _work(
    start: Callable[[threading.Event], Iterator[T]],
    items: "queue.Queue[tuple[str, T | BaseException | None]]",
    stop: threading.Event,
) -> None:
    try:
        iterator = start(stop)
        for item in iterator:
            if stop.is_set():
                getattr(iterator, "close", lambda: None)()
                return
            items.put(("item", item))
        items.put(("end", None))
    except Exception as error:
        items.put(("item", error))
