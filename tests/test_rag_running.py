"""Answers in the making: in order, stoppable at once, with their errors."""

import threading
from collections.abc import Iterator

import pytest

from rag.running import Running


class _Work:
    """An answer that is silent after its first item until `go` is set; `closed` says that it has ended."""

    def __init__(self) -> None:
        self.go, self.closed = threading.Event(), threading.Event()

    def __call__(self, _: threading.Event) -> Iterator[int]:
        try:
            yield 1
            self.go.wait(30)
            yield 2
            yield 3
        finally:
            self.closed.set()


def test_all_comes_in_order_and_nothing_is_left_running() -> None:
    running: Running[int] = Running()
    assert list(running.run("a", lambda _: iter([1, 2, 3]))) == [1, 2, 3]
    assert "a" not in running
    assert not running.stop("a")


def test_a_silent_answer_is_stopped_at_once_and_its_work_is_closed() -> None:
    running: Running[int] = Running()
    work = _Work()
    made = running.run("a", work)
    assert next(made) == 1
    assert "a" in running
    assert running.stop("a")
    assert list(made) == ["stopped"]
    assert "a" not in running
    assert not work.closed.is_set(), "the work is still waiting"
    work.go.set()
    assert work.closed.wait(30)


def test_what_can_wait_waits_for_the_answer() -> None:
    running: Running[int] = Running()
    assert running.wait_idle(0)
    work = _Work()
    made = running.run("a", work)
    next(made)
    assert not running.wait_idle(0.01)
    threading.Timer(0.05, work.go.set).start()
    waited: list[bool] = []
    waiting = threading.Thread(target=lambda: waited.append(running.wait_idle(30)))
    waiting.start()
    assert list(made) == [2, 3]
    waiting.join(30)
    assert waited == [True]


def test_whoever_goes_away_stops_the_work() -> None:
    running: Running[int] = Running()
    work = _Work()
    made = running.run("a", work)
    next(made)
    made.close()  # type: ignore[attr-defined]
    work.go.set()
    assert work.closed.wait(30)
    assert "a" not in running


def test_an_error_of_the_work_is_raised_where_it_is_awaited() -> None:
    def work(_: threading.Event) -> Iterator[int]:
        yield 1
        raise ValueError("no")

    made = Running[int]().run("a", work)
    assert next(made) == 1
    with pytest.raises(ValueError, match="no"):
        next(made)
