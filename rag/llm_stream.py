"""A language model's text as it comes, with time limits, bounded retries and prompt cancelling.

Each attempt runs in a thread with an event loop of its own, so that it can be cancelled while it
waits for the server; cancelling closes the connection, which is how a server learns of it.
"""

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import Iterator, Sequence
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from rag.llm_faults import ModelFaultError, fault_of
from rag.llm_settings import LlmSettings

if TYPE_CHECKING:
    from llama_index.core.llms import LLM, ChatMessage

_LOG = logging.getLogger("hakusho")
# How often a stop is looked for while nothing comes, in seconds.
_LOOK = 0.05


def stream_text(
    llm: "LLM", messages: Sequence["ChatMessage"], settings: LlmSettings, stop: threading.Event | None = None
) -> Iterator[str]:
    """The pieces of the model's answer. Ends early, without an error, once `stop` is set.

    A passing fault is tried again only while no text has come. Raises ModelFaultError.
    """
    deadline = time.monotonic() + settings.overall
    stop = stop or threading.Event()
    for attempt in range(settings.retries + 1):
        request = _Request(llm, messages, settings.most_characters)
        began = False
        try:
            for piece in _pieces(request, settings, deadline, stop):
                began = True
                yield piece
            return
        except ModelFaultError as fault:
            wait = settings.backoff * 2**attempt if fault.wait is None else fault.wait
            late = wait > settings.longest_wait or time.monotonic() + wait > deadline
            if began or not fault.passing or attempt == settings.retries or late:
                _LOG.warning("language model: %s, attempt %d", fault.kind, attempt + 1)
                raise
        finally:
            request.cancel()
        if stop.wait(wait):
            return


def _pieces(request: "_Request", settings: LlmSettings, deadline: float, stop: threading.Event) -> Iterator[str]:
    """Reads one attempt to its end, each wait bounded."""
    began = False
    limit = time.monotonic() + settings.first_token
    while True:
        piece = _next(request, limit, deadline, stop, began)
        if piece is None:
            return
        if isinstance(piece, ModelFaultError):
            raise piece
        if piece:
            began = True
            yield piece
            limit = time.monotonic() + settings.between_tokens


def _next(request: "_Request", limit: float, deadline: float, stop: threading.Event, began: bool) -> str | ModelFaultError | None:
    """The next piece, a fault, or None at the end or at a stop."""
    while not stop.is_set():
        # Also while pieces wait to be taken: a model that never pauses has its end too.
        if time.monotonic() > deadline:
            return ModelFaultError("long")
        try:
            return request.queue.get(timeout=_LOOK)
        except Empty:
            pass
        if time.monotonic() > limit:
            return ModelFaultError("stalled" if began else "slow")
    return None


class _Request:
    """One attempt. `queue` gives pieces of text, then a fault or None."""

    def __init__(self, llm: "LLM", messages: Sequence["ChatMessage"], most: int) -> None:
        self.queue: SimpleQueue[str | ModelFaultError | None] = SimpleQueue()
        self._llm, self._messages, self._most = llm, messages, most
        self._cancelled = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[Any] | None = None
        self._size = 0
        threading.Thread(target=self._run, name="language-model", daemon=True).start()

    def cancel(self) -> None:
        """Ends the attempt, wherever it waits."""
        self._cancelled = True
        loop, task = self._loop, self._task
        if loop is not None and task is not None:
            # A loop that has closed has nothing left to cancel.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(task.cancel)

    def _run(self) -> None:
        try:
            asyncio.run(self._read())
        except asyncio.CancelledError:
            self.queue.put(None)
        except ModelFaultError as fault:
            self.queue.put(fault)
        except Exception as error:
            self.queue.put(fault_of(error, began=self._size > 0))
        else:
            self.queue.put(None)

    async def _read(self) -> None:
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        if self._cancelled:
            return
        finished: bool | None = None
        async for response in await self._llm.astream_chat(self._messages):
            if self._cancelled:
                return
            piece = response.delta or ""
            self._size += len(piece)
            self.queue.put(piece)
            finished = _finished(response.raw, finished)
            if self._size > self._most:
                raise ModelFaultError("endless")
        if self._size == 0:
            raise ModelFaultError("empty")
        if finished is False:
            raise ModelFaultError("cut")


def _finished(raw: object, before: bool | None) -> bool | None:
    """Whether an OpenAI-like stream has said that it ends; None where the client cannot tell."""
    choices = getattr(raw, "choices", None)
    if choices is None or before:
        return before
    return any(getattr(c, "finish_reason", None) for c in choices) or bool(before)
