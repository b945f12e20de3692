"""Answers in the making: in order, stoppable at once, with their errors."""

import threading
from collections.abc import Iterator

import pytest

from rag.running import Running


def test_all_comes_in_order_and_nothing_is_left_running() -> None:
    running: Running[int] = Running()
    assert list(running.run("a", lambda: iter([1, 2, 3]))) == [1, 2, 3]
    assert "a" not in running
    assert not running.stop("a")


def test_a_silent_answer_is_stopped_at_once_and_its_work_is_closed() -> None:
    running: Running[int] = Running()
    go, closed = threading.Event(), threading.Event()

    def work() -> Iterator[int]:
        try:
            yield 1
            go.wait(30)
            yield 2
            yield 3
        finally:
            closed.set()

    made = running.run("a", work)
    assert next(made) == 1
    assert "a" in running
    assert running.stop("a")
    assert list(made) == ["stopped"]
    assert "a" not in running
    assert not closed.is_set(), "the work is still waiting"
    go.set()
    assert closed.wait(30)


def test_whoever_goes_away_stops_the_work() -> None:
    running: Running[int] = Running()
    go, closed = threading.Event(), threading.Event()

    def work() -> Iterator[int]:
        try:
            yield 1
            go.wait(30)
            yield 2
        finally:
            closed.set()

    made = running.run("a", work)
    next(made)
    made.close()  # type: ignore[attr-defined]
    go.set()
    assert closed.wait(30)
    assert "a" not in running


def test_an_error_of_the_work_is_raised_where_it_is_awaited() -> None:
    def work() -> Iterator[int]:
        yield 1
        raise ValueError("no")

    made = Running[int]().run("a", work)
    assert next(made) == 1
    with pytest.raises(ValueError, match="no"):
        next(made)
