"""The web page: a chat at the left, the text it answers from at the right.

Only wiring stands here. What the page does is in `rag.page`, what it shows in `rag.html*`, how it
looks and behaves in `rag/page.css` and `rag/page*.js`. Nothing on the page is loaded from another machine.
"""

import contextlib
import errno
import os
import socket
import threading
import webbrowser
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

# Read by the web framework while it is imported.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

import gradio as gr
import uvicorn
from fastapi import FastAPI, Request, Response
from gradio.events import api

from rag.access import Access
from rag.assistant import Assistant
from rag.html import question_box
from rag.http_metrics import Metrics
from rag.llm_settings import LlmSettings
from rag.page import Page
from rag.programs import Programs, protect
from source.errors import HakushoError

_SIMULTANEOUS = 8

# Hands the page's own script the way to the server: 'ask' starts an answer, whose growth is watched.
_CONNECT = "hakusho.connect(server, (data) => trigger('ask', data), (receive) => watch('value', () => receive(props.value)));"

# The browser itself refuses any request to another machine. The framework evaluates templates
# and inlines styles, hence the two `unsafe-` words.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'"
)


def build_page(assistant: Assistant, metrics: Metrics) -> gr.Blocks:
    """The page over one assistant. Serve it with `create_app`, which adds its looks."""
    page = Page(assistant, lambda answer: metrics.answered(answer, "page"))
    blocks: gr.Blocks = gr.Blocks(title="白書 Hakusho", analytics_enabled=False, fill_width=True)
    with blocks:
        _frame("masthead", _MOUNT)
        with gr.Row(elem_id="room"):
            with gr.Column(elem_id="talk", min_width=0):
                _frame("conversation", _TALK)
                _frame("ask", question_box())
            with gr.Column(elem_id="reading", min_width=0):
                _frame("bar", _MOUNT)
                _frame("text", f"<div>{page.chapter_of(page.documents[0].id)}</div>" if page.documents else "<div></div>")
        # Before the page's own events, which would take the name.
        add_page_api(assistant, metrics)
        _wire(page)
    return blocks


def add_page_api(assistant: Assistant, metrics: Metrics) -> None:
    """The one public endpoint of the page's own programming interface (`gradio_client`): `/ask`.

    Called inside the `with` of the blocks. Everything else that the page does is private to it.
    """

    def ask(question: str, history: list[str] | None = None) -> dict[str, Any]:
        """Answers a question; the same object as a line of `hakusho ask --batch`."""
        try:
            answer = assistant.ask(question, history or ())
        except HakushoError as error:
            raise gr.Error(str(error), print_exception=False) from None
        metrics.answered(answer, "gradio")
        return answer.to_json()

    api(ask, api_name="ask", concurrency_limit=_SIMULTANEOUS)


_MOUNT = "<div data-mount></div>"
_TALK = '<div class="welcome"></div><div class="turns" role="log" aria-live="polite"></div>'


def _frame(name: str, html: str) -> None:
    """A place for HTML of our own, which the framework fills once and then leaves to page.js."""
    gr.HTML(html, js_on_load=None, elem_id=name, apply_default_css=False)


def _wire(page: Page) -> None:
    """The way between page.js and `page`; called inside the `with` of the blocks."""
    calls = (
        page.open, page.examples, page.chapter_of, page.stop, page.is_running, page.suggest, page.look_up, page.copy, page.export, page.vote
    )  # fmt: skip
    wire = gr.HTML(
        html_template="",
        js_on_load=_CONNECT,
        server_functions=[_server_function(call) for call in calls],
        elem_id="wire",
        apply_default_css=False,
    )

    def ask(event: gr.EventData) -> Iterator[dict[str, Any]]:
        yield from page.ask(event._data)

    # A stopped answer may still be ending when the next question comes.
    wire.ask(
        ask, None, wire,
        show_progress="hidden", api_visibility="private", trigger_mode="multiple", concurrency_limit=_SIMULTANEOUS,
    )  # fmt: skip


def _server_function(method: Callable[[object], Any]) -> Callable[[Any], Any]:
    """The method as the framework wants it: a function that takes an attribute, named unlike any of its own."""

    def call(data: Any) -> Any:
        return method(data)

    call.__name__ = f"do_{method.__name__}"
    return call


def create_app(assistant: Assistant, access: Access | None = None) -> FastAPI:
    """The page and the interfaces for programs as an ASGI application, for `launch` or any other server."""
    access = access or Access()
    programs = Programs(assistant, access)
    app = FastAPI(openapi_url=None, lifespan=programs.lifespan)
    app.router.routes.append(programs)

    @app.middleware("http")
    async def guard(request: Request, forward: Any) -> Response:
        response: Response = await forward(request)
        response.headers["Content-Security-Policy"] = _POLICY
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    protect(app, access)
    sans = ["system-ui", "Hiragino Sans", "Yu Gothic UI", "Meiryo", "Noto Sans CJK JP", "Noto Sans JP", "sans-serif"]
    mono = ["ui-monospace", "monospace"]
    mounted: FastAPI = gr.mount_gradio_app(
        app,
        build_page(assistant, programs.service.metrics),
        "/",
        root_path=access.root_path or None,
        theme=gr.themes.Base(font=sans, font_mono=mono),
        head=_head(),
        footer_links=[],
        run_history=False,
        ssr_mode=False,
        enable_monitoring=False,
        show_error=False,
    )
    return mounted


def _head() -> str:
    """Style, behaviour and icon, inside the page itself."""
    own = files("rag")
    style = own.joinpath("page.css").read_text(encoding="utf-8")
    scripts = "".join(
        f"<script>{own.joinpath(name).read_text(encoding='utf-8')}</script>"
        for name in ("page.js", "page_text.js", "page_talk.js")
    )
    icon = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8'%3E%3Crect width='8' height='8' rx='1.5' fill='%23b3392b'/%3E%3Cpath d='M2 2.5h4M2 4h4M2 5.5h2.5' stroke='white' stroke-width='.7'/%3E%3C/svg%3E"
    return f'<link rel="icon" href="{icon}"><style>{style}</style>{scripts}'


class Server(uvicorn.Server):
    """A server that lets open pages go when it ends, rather than wait until their patience is over."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Ends the connection that each open page holds, then all else in good order."""
        for route in getattr(self.config.app, "routes", ()):
            # The framework waits for this before it closes a page's connection.
            stop = getattr(getattr(route, "app", None), "stop_event", None)
            if stop is not None:
                stop.set()
        await super().shutdown(sockets)


def launch(
    host: str = "127.0.0.1",
    port: int = 7860,
    open_browser: bool = False,
    index: Path | None = None,
    access: Access | None = None,
    llm: LlmSettings | None = None,
) -> None:
    """Serves the page until it is interrupted; port 0 takes a free one; `llm` as in `Assistant.open`.

    Raises HakushoError where the address cannot be used or the index cannot be opened.
    """
    listener = _listen(host, port)
    with listener:
        assistant = Assistant.open(index, llm=llm)
        # Dictionaries load at first use: now, rather than while the first reader waits.
        assistant.search("日本")
        app = create_app(assistant, access)
        address = (
            f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}{access.root_path if access else ''}/"
        )
        print(f"Hakusho: {address} (Ctrl+C ends it)", flush=True)
        if open_browser:
            threading.Timer(0.5, webbrowser.open, [address]).start()
        # The server has shut down in good order by the time it passes the interrupt on.
        with contextlib.suppress(KeyboardInterrupt):
            Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=2)).run(sockets=[listener])


def _listen(host: str, port: int) -> socket.socket:
    """A bound socket, so that a taken port is told before anything is loaded."""
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise HakushoError(f"port {port} is taken: choose another with --port, for instance --port {port + 1}") from None
        raise HakushoError(
            f"cannot listen on {host} port {port} ({error.strerror}): choose others with --host and --port"
        ) from None
    except OverflowError:
        raise HakushoError(f"{port} is not a port: choose one from 0 to 65535 with --port") from None


if __name__ == "__main__":
    try:
        launch()
    except HakushoError as error:
        raise SystemExit(f"hakusho: {error}") from None
