"""A real HTTP server on loopback that speaks the OpenAI protocol with streaming, for the red team and the tests.

A `script` says what it does with a request: it yields pieces of text, and may raise one of the
faults below at any point. Everything the server saw is kept.
"""

import json
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Script = Callable[[dict[str, Any]], Iterator[str]]


class HangUpError(Exception):
    """The connection breaks off."""


@dataclass
class RefusalError(Exception):
    """An HTTP error instead of a stream."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: str = '{"error": {"message": "no"}}'


class Raw(str):
    """Bytes that are sent as they are, instead of a chunk."""


@dataclass
class Seen:
    """What a server was asked, and how each request ended."""

    requests: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    cancelled: threading.Event = field(default_factory=threading.Event)
    finished: list[str] = field(default_factory=list)


class _Handler(BaseHTTPRequestHandler):
    """Answers every POST by the server's script."""

    protocol_version = "HTTP/1.1"
    server: "_Server"

    def log_message(self, *_: object) -> None:
        """Nothing: what was seen is kept."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        seen = self.server.seen
        seen.requests.append(asked)
        seen.keys.append(self.headers.get("Authorization", ""))
        try:
            self._stream(self.server.script(asked), asked)
        except RefusalError as refusal:
            self._refuse(refusal)
        except HangUpError:
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
        except (BrokenPipeError, ConnectionResetError):
            seen.cancelled.set()
            self.close_connection = True

    def _refuse(self, refusal: RefusalError) -> None:
        body = refusal.body.encode()
        self.send_response(refusal.status)
        headers = {"Content-Type": "application/json", **refusal.headers, "Content-Length": str(len(body))}
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _stream(self, pieces: Iterator[str], asked: dict[str, Any]) -> None:
        # A refusal must come before the status line.
        piece = next(pieces, None)
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        while piece is not None:
            self._send(piece if isinstance(piece, Raw) else _chunk(asked, piece))
            piece = next(pieces, None)
        self._send(_chunk(asked, "", "stop") + "data: [DONE]\n\n")
        self._send("")
        self.server.seen.finished.append("stop")

    def _send(self, text: str) -> None:
        data = text.encode()
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()


def _chunk(asked: dict[str, Any], text: str, finish: str | None = None) -> str:
    choice = {"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": finish}
    held = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": asked["model"], "choices": [choice]}
    return f"data: {json.dumps(held, ensure_ascii=False)}\n\n"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, script: Script, seen: Seen) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script, self.seen = script, seen

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away between two requests is no fault of the server's."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


@contextmanager
def llm_server(script: Script) -> Iterator[tuple[str, Seen]]:
    """A server that follows the script; gives its base URL and what it sees."""
    seen = Seen()
    server = _Server(script, seen)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1", seen
    finally:
        server.shutdown()
        server.server_close()


def says(*pieces: str) -> Script:
    """A script that says the same to everybody."""

    def script(_: dict[str, Any]) -> Iterator[str]:
        yield from pieces

    return script
