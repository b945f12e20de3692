"""Blocking work beside an event loop: a bounded number of threads, a bounded queue, and work that can be stopped."""

import asyncio
import logging
import os
import threading
from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from typing import TypeVar

from rag.http_problem import FAILED, BusyError
from source.errors import HakushoError

T = TypeVar("T")
_LOG = logging.getLogger("hakusho")
_ENDING = "the server is shutting down: ask again when it is back"


class FailedError(HakushoError):
    """Work that failed for a reason the caller cannot mend."""


class Workers:
    """Runs iterators of blocking steps, `threads` at once, while at most `waiting` more wait.

    A step that runs cannot be interrupted unless it watches for that; its iterator is closed before the next one.
    """

    def __init__(self, threads: int | None = None, waiting: int = 256) -> None:
        self.threads = threads or min(8, (os.cpu_count() or 1) + 2)
        self._limit = self.threads + waiting
        self._pool = ThreadPoolExecutor(self.threads, thread_name_prefix="hakusho-answer")
        self._at_work: set[threading.Event] = set()

    @property
    def busy(self) -> int:
        """How many pieces of work run or wait."""
        return len(self._at_work)

    def stream(self, make: Callable[[threading.Event], Iterator[T]]) -> AsyncGenerator[T, None]:
        """The items of an iterator as they come; closing the stream, or cancelling its reader, stops the work.

        `make` is given the event that is set when the work shall stop, for a step that can watch it.

        The work starts at once, before the first item is asked for. Raises BusyError where too much waits.
        """
        if len(self._at_work) >= self._limit:
            raise BusyError("too many questions are waiting: ask again in a few seconds")
        loop, stopped = asyncio.get_running_loop(), threading.Event()
        # An item, an error to raise, or None at the end.
        items: asyncio.Queue[tuple[T] | BaseException | None] = asyncio.Queue()

        def put(item: tuple[T] | BaseException | None) -> None:
            try:
                loop.call_soon_threadsafe(items.put_nowait, item)
            except RuntimeError:
                stopped.set()  # the loop is closed: nobody waits

        def done(future: "Future[None]") -> None:
            self._at_work.discard(stopped)
            if future.cancelled():
                put(BusyError(_ENDING))

        self._at_work.add(stopped)
        self._pool.submit(_work, make, put, stopped).add_done_callback(done)
        return _read(items, stopped)

    async def run(self, call: Callable[[], T]) -> T:
        """The result of one blocking call."""

        def once(stop: threading.Event) -> Iterator[T]:
            yield call()

        return [item async for item in self.stream(once)][-1]

    def close(self) -> None:
        """Stops what runs as soon as its present step ends, and drops what waits."""
        for stopped in tuple(self._at_work):
            stopped.set()
        self._pool.shutdown(wait=False, cancel_futures=True)


async def _read(items: "asyncio.Queue[tuple[T] | BaseException | None]", stopped: threading.Event) -> AsyncGenerator[T, None]:
    try:
        while (item := await items.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item[0]
    finally:
        stopped.set()


def _work(
    make: Callable[[threading.Event], Iterator[T]],
    put: Callable[[tuple[T] | BaseException | None], None],
    stopped: threading.Event,
) -> None:
    """Runs in a thread: hands over each item, then an error or the end. Closes the iterator when stopped."""
    try:
        with closing(_until(stopped, make)) as items:
            for item in items:
                put((item,))
        put(BusyError(_ENDING) if stopped.is_set() else None)
    except HakushoError as error:
        put(error)
    except Exception:
        _LOG.exception("no answer")
        put(FailedError(FAILED))


def _until(stopped: threading.Event, make: Callable[[threading.Event], Iterator[T]]) -> Generator[T, None, None]:
    """The items of an iterator until it ends or is stopped."""
    if stopped.is_set():
        return
    iterator = make(stopped)
    try:
        for item in iterator:
            if stopped.is_set():
                return
            yield item
    finally:
        if isinstance(iterator, Generator):
            iterator.close()
