"""The web page: a chat at the left, the text it answers from at the right.

Only wiring stands here. What the page shows is made by `rag.html*`, how it looks and behaves is
`rag/page.css` and `rag/page.js`. Nothing on the page is loaded from another machine.
"""

import contextlib
import errno
import logging
import os
import socket
import threading
import webbrowser
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

# Read by the web framework while it is imported.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

import gradio as gr
import uvicorn
from fastapi import FastAPI, Request, Response

from rag.assistant import Assistant
from rag.html import bar, empty, masthead
from rag.html_chapter import chapter
from rag.html_turn import Turn, conversation
from rag.html_words import WORDS, Language, choose_language
from rag.llm_settings import LlmSettings
from source.errors import HakushoError

_LOG = logging.getLogger("hakusho")
_SIMULTANEOUS = 8

# Buttons inside our HTML name the event they stand for and carry its data.
_EVENTS = """element.addEventListener('click', (event) => {
  const button = event.target.closest('[data-event]');
  if (button) trigger(button.dataset.event, { ...button.dataset });
});"""

# The browser itself refuses any request to another machine. The framework evaluates templates
# and inlines styles, hence the two `unsafe-` words.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'"
)


class _Page:
    """What the page does when it is opened, asked, switched or cleared."""

    def __init__(self, assistant: Assistant) -> None:
        self.assistant = assistant
        self.documents = assistant.index.documents

    def open(self, request: gr.Request) -> tuple[Any, ...]:
        """First sight, in the reader's language."""
        return self.show([], choose_language(request.query_params.get("lang"), request.headers.get("accept-language", "")))

    def switch(self, turns: list[Turn], event: gr.EventData) -> tuple[Any, ...]:
        """The same conversation in the other interface language."""
        return self.show(turns, choose_language(event._data.get("language"), ""))

    def show(self, turns: list[Turn], language: Language) -> tuple[Any, ...]:
        """Everything that depends on the language, in the order of `_wire`'s `dressed`."""
        words = WORDS[language]
        return (
            language,
            masthead(language),
            self.talk(turns, language),
            gr.update(label=words["question"], placeholder=words["placeholder"]),
            gr.update(value=words["send"]),
            bar(self.documents, language),
        )

    def talk(self, turns: list[Turn], language: Language) -> str:
        """The conversation, or the empty state."""
        return conversation(turns, self.assistant.index.by_id, language) if turns else empty(self.documents, language)

    def example(self, turns: list[Turn], language: Language, event: gr.EventData) -> Iterator[tuple[Any, ...]]:
        """Asks the example question that was clicked."""
        yield from self.ask(str(event._data.get("question", "")), turns, language)

    def ask(self, question: str, turns: list[Turn], language: Language) -> Iterator[tuple[Any, ...]]:
        """Shows the question at once and its answer when it is there: (question box, turns, conversation)."""
        # Half of a surrogate pair cannot be sent back to the browser.
        question = question.encode("utf-8", "replace").decode().strip()
        if not question:
            yield gr.skip(), gr.skip(), gr.skip()
            return
        yield "", gr.skip(), self.talk([*turns, Turn(question)], language)
        turns = [*turns, self.reply(question, turns, language)]
        yield gr.skip(), turns, self.talk(turns, language)

    def reply(self, question: str, turns: list[Turn], language: Language) -> Turn:
        """The answered turn; whatever goes wrong becomes words for the reader."""
        limit = self.assistant.config.max_question
        if len(question) > limit:
            return Turn(question, error=WORDS[language]["too_long"].format(limit=limit))
        try:
            return Turn(question, self.assistant.ask(question, [t.question for t in turns if t.answer]))
        except HakushoError as error:
            return Turn(question, error=str(error))
        except Exception:
            _LOG.exception("no answer to %r", question)
            return Turn(question, error=WORDS[language]["failed"])

    def chapter_of(self, document: str) -> str:
        """The text of another document, for the page's choice of documents."""
        return next((chapter(d) for d in self.documents if d.id == document), "")


def build_page(assistant: Assistant) -> gr.Blocks:
    """The page over one assistant. Serve it with `create_app`, which adds its looks."""
    page = _Page(assistant)

    def chapter_of(document: str) -> str:
        # The framework marks server functions with an attribute, which a method cannot take.
        return page.chapter_of(document)

    blocks: gr.Blocks = gr.Blocks(title="白書 Hakusho", analytics_enabled=False, fill_width=True)
    with blocks:
        head = gr.HTML(js_on_load=_EVENTS, elem_id="masthead", apply_default_css=False)
        with gr.Row(elem_id="room"):
            with gr.Column(elem_id="talk", min_width=0):
                talk = gr.HTML(js_on_load=_EVENTS, elem_id="conversation", apply_default_css=False)
                with gr.Row(elem_id="ask"):
                    question = gr.Textbox(
                        lines=1, max_lines=6, container=False, show_label=False, elem_id="question", autofocus=True
                    )
                    send = gr.Button("→", variant="primary", elem_id="send", min_width=0)
            with gr.Column(elem_id="reading", min_width=0):
                top = gr.HTML(js_on_load="", elem_id="bar", apply_default_css=False)
                gr.HTML(
                    page.chapter_of(page.documents[0].id) if page.documents else "",
                    js_on_load="element.fetchDocument = (id) => server.chapter_of(id);",
                    server_functions=[chapter_of],
                    elem_id="text",
                    apply_default_css=False,
                )
        _wire(blocks, page, head=head, talk=talk, question=question, send=send, top=top)
    return blocks


def _wire(
    blocks: gr.Blocks, page: _Page, *, head: gr.HTML, talk: gr.HTML, question: gr.Textbox, send: gr.Button, top: gr.HTML
) -> None:
    """Connects events with what the page does; called inside the `with` of the blocks."""
    turns, language = gr.State([]), gr.State("ja")
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    asking: dict[str, Any] = {**quiet, "outputs": [question, turns, talk], "concurrency_limit": _SIMULTANEOUS}
    dressed = [language, head, talk, question, send, top]
    blocks.load(page.open, None, dressed, **quiet)
    head.select(page.switch, [turns], dressed, **quiet)
    head.clear(lambda spoken: ([], page.talk([], spoken)), [language], [turns, talk], **quiet)
    talk.submit(page.example, [turns, language], **asking)
    gr.on([question.submit, send.click], page.ask, [question, turns, language], **asking)


def create_app(assistant: Assistant) -> FastAPI:
    """The page as an ASGI application, for `launch` or any other server."""
    app = FastAPI(openapi_url=None)

    @app.middleware("http")
    async def guard(request: Request, forward: Any) -> Response:
        response: Response = await forward(request)
        response.headers["Content-Security-Policy"] = _POLICY
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    sans = ["system-ui", "Hiragino Sans", "Yu Gothic UI", "Meiryo", "Noto Sans CJK JP", "Noto Sans JP", "sans-serif"]
    mono = ["ui-monospace", "monospace"]
    mounted: FastAPI = gr.mount_gradio_app(
        app,
        build_page(assistant),
        "/",
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
    script = own.joinpath("page.js").read_text(encoding="utf-8")
    icon = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8'%3E%3Crect width='8' height='8' rx='1.5' fill='%23b3392b'/%3E%3Cpath d='M2 2.5h4M2 4h4M2 5.5h2.5' stroke='white' stroke-width='.7'/%3E%3C/svg%3E"
    return f'<link rel="icon" href="{icon}"><style>{style}</style><script>{script}</script>'


def launch(
    host: str = "127.0.0.1",
    port: int = 7860,
    open_browser: bool = False,
    index: Path | None = None,
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
        app = create_app(assistant)
        address = f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}/"
        print(f"Hakusho: {address} (Ctrl+C ends it)", flush=True)
        if open_browser:
            threading.Timer(0.5, webbrowser.open, [address]).start()
        # The server has shut down in good order by the time it passes the interrupt on.
        with contextlib.suppress(KeyboardInterrupt):
            uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=2)).run(sockets=[listener])


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
