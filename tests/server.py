"""A real server on a free port of this machine, in a thread of the test's process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import uvicorn

from app import Server, create_app
from rag.access import Access
from rag.assistant import Assistant

# Patient, for machines that are busy with other work.
PATIENCE = 120.0
CLIENT = httpx.Client(timeout=PATIENCE)


@contextmanager
def running(assistant: Assistant, access: Access | None = None) -> Iterator[str]:
    """The whole application over one assistant; gives its address, without a slash at the end."""
    server = Server(uvicorn.Config(create_app(assistant, access), port=0, log_level="warning", timeout_graceful_shutdown=2))
    listener = server.config.bind_socket()
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            thread.join(0.02)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
        listener.close()
        assert not thread.is_alive(), "the server did not end"
