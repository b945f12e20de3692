"""Blocking work beside the event loop: bounded, stoppable, and it never blocks the loop."""

import asyncio
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from server import CLIENT, PATIENCE, running

from index.local import LocalIndex
from rag.answer import Answer, Statement
from rag.assistant import Assistant
from rag.http_problem import BusyError
from rag.http_workers import FailedError, Workers


class Slow(Assistant):
    """Gives a statement, then waits to be let go on, as a language model does between sentences."""

    def __init__(self, index: LocalIndex) -> None:
        super().__init__(index)
        self.let_go, self.closed = threading.Semaphore(0), threading.Event()
        self.statements = 0

    def stream(self, question: str, history: Any = (), *, stop: Any = None) -> Iterator[Statement | Answer]:
        *_, answer = super().stream(question, history)
        assert isinstance(answer, Answer)
        try:
            for _ in range(50):
                self.statements += 1
                yield answer.statements[0]
                self.let_go.acquire(timeout=PATIENCE)
            yield answer
        finally:
            self.closed.set()


@pytest.mark.parametrize("interface", ["ask", "stream"])
def test_work_ends_when_the_client_leaves(index: LocalIndex, interface: str) -> None:
    slow = Slow(index)
    message = {"role": "user", "content": "SCOとは?"}
    path, body = {
        "ask": ("/v1/ask", {"question": "SCOとは?"}),
        "stream": ("/v1/chat/completions", {"model": "hakusho", "stream": True, "messages": [message]}),
    }[interface]

    async def leave(address: str) -> None:
        async with httpx.AsyncClient(base_url=address, timeout=PATIENCE) as client:
            asked = asyncio.ensure_future(client.post(path, json=body))
            while not slow.statements:
                await asyncio.sleep(0.02)
            # The loop is free while the thread waits.
            assert (await client.get("/healthz")).status_code == 200
            asked.cancel()
            await asyncio.gather(asked, return_exceptions=True)
        while "hakusho_questions_at_work 1.0" in (CLIENT.get(f"{address}/metrics").text):
            slow.let_go.release()
            await asyncio.sleep(0.02)

    with running(slow) as address:
        asyncio.run(asyncio.wait_for(leave(address), PATIENCE))
    assert slow.closed.is_set()
    assert slow.statements < 50


def test_a_server_that_ends_ends_its_work(index: LocalIndex) -> None:
    slow = Slow(index)
    with ThreadPoolExecutor(1) as pool:
        with running(slow) as address:
            asked = pool.submit(CLIENT.post, f"{address}/v1/ask", json={"question": "SCOとは?"}, timeout=PATIENCE)
            while not slow.statements:
                time.sleep(0.02)
        slow.let_go.release(2)
        assert slow.closed.wait(PATIENCE)
        assert slow.statements < 50
        assert asked.exception(PATIENCE) is not None or asked.result().status_code >= 500


def test_more_than_can_wait_is_refused() -> None:
    async def fill() -> None:
        workers, go = Workers(threads=1, waiting=1), threading.Event()
        first, second = (asyncio.ensure_future(workers.run(go.wait)) for _ in range(2))
        await asyncio.sleep(0)
        assert workers.busy == 2
        with pytest.raises(BusyError, match="again"):
            await workers.run(go.wait)
        go.set()
        assert await first
        assert await second
        assert await workers.run(lambda: 3) == 3
        workers.close()

    asyncio.run(fill())


def test_what_runs_or_waits_when_it_closes_is_told() -> None:
    async def close() -> None:
        workers, go = Workers(threads=1), threading.Event()
        first, second = (asyncio.ensure_future(workers.run(go.wait)) for _ in range(2))
        while workers.busy < 2:
            await asyncio.sleep(0)
        workers.close()
        with pytest.raises(BusyError, match="shutting down"):
            await second
        go.set()
        with pytest.raises(BusyError, match="shutting down"):
            await first

    asyncio.run(close())


def test_unforeseen_errors_are_logged_and_worded(caplog: pytest.LogCaptureFixture) -> None:
    async def fail() -> None:
        with pytest.raises(FailedError, match="log"):
            await Workers().run(lambda: 1 // 0)

    asyncio.run(fail())
    assert "ZeroDivisionError" in caplog.text
