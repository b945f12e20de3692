"""A real Chromium for the browser tests, and the real server they look at."""

import os
import re
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from rag.assistant import Assistant

ROOT = Path(__file__).parent.parent
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--disable-sync"]
expect.set_options(timeout=20_000)
CLIPBOARD = ["clipboard-read", "clipboard-write"]
PROGRAMME = "日本とトルクメニスタンの外務省間協力プログラムは何年から何年までのものですか。"
VISIT = "6月に辻外務副大臣はキルギスで誰を表敬しましたか。"
PRIME_MINISTER = "Who is the prime minister of Kazakhstan?"
SIGNED = "When was the tax convention with Turkmenistan signed?"
_MARKED = "[...document.querySelectorAll('#text mark.cited')].map(m => m.textContent).join('')"
MISSING = "the browser tests need Chromium: apt-get install chromium"


@contextmanager
def chromium() -> Iterator[Browser]:
    """Chromium as the system has it; missing, it fails the run in CI and skips the tests elsewhere."""
    program = shutil.which("chromium")
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield launched
        launched.close()


@contextmanager
def serving(*arguments: str, index: Path, feedback: str = "off") -> Iterator[str]:
    """`hakusho serve` on a free port of this machine; gives its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "rag", "serve", "--port", "0", *arguments],
        cwd=ROOT,
        env={**os.environ, "HAKUSHO_INDEX": str(index), "HAKUSHO_FEEDBACK": feedback},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield _address(process)
    finally:
        process.terminate()
        process.wait(timeout=20)


def _address(process: "subprocess.Popen[str]") -> str:
    """The address that the server prints once its socket listens; its output where it ends instead."""
    seen = []
    for line in process.stdout or ():
        seen.append(line)
        if "http://" in line:
            return line[line.index("http://") :].split()[0]
    return pytest.fail("the server did not start:\n" + "".join(seen))


@contextmanager
def serving_here(assistant: Assistant) -> Iterator[str]:
    """The page over any assistant, served from this process; gives its address."""
    from app import create_app

    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(create_app(assistant), log_level="warning", timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        server.should_exit = True
        thread.join(timeout=20)


@contextmanager
def opened(
    browser: Browser, address: str, *, locale: str = "ja-JP", width: int = 1280, height: int = 800, **more: Any
) -> Iterator[Page]:
    """The page in a fresh browser profile, ready for a question.

    At the end no request must have left the origin, and the page's own code must have raised nothing.
    """
    context = browser.new_context(
        locale=locale, viewport={"width": width, "height": height}, reduced_motion="reduce", accept_downloads=True, **more
    )
    # Long enough for a machine that does other work too.
    context.set_default_timeout(60_000)
    page = context.new_page()
    requested: list[str] = []
    raised: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.on("pageerror", lambda error: raised.append(str(error)))
    page.goto(address)
    page.wait_for_selector("#conversation .welcome > *", state="attached")
    yield page
    origin = "/".join(address.split("/")[:3])
    outside = [url for url in requested if not url.startswith((origin, "data:", "blob:"))]
    assert not outside, f"a request left the origin: {outside}"
    assert not raised, f"the page's code raised: {raised}"
    context.close()


def ask(page: Page, question: str) -> str:
    """Asks as a user does and gives the text of the reply."""
    before = page.locator(".turn").count()
    box = page.get_by_role("textbox", name=re.compile("^(質問|Question)$"))
    box.fill(question)
    box.press("Enter")
    answered(page, before + 1)
    return page.locator(".turn .reply").last.inner_text()


def answered(page: Page, count: int) -> None:
    """Waits until there are so many turns and none is pending."""
    page.wait_for_function(
        "n => document.querySelectorAll('.turn').length === n && !document.querySelector('.turn.pending')", arg=count
    )


def serious(page: Page) -> list[str]:
    """What axe-core finds that is serious or critical: rule and element."""
    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {n['html'][:120]}" for v in found if v["impact"] in ("serious", "critical") for n in v["nodes"]]


def highlighted(page: Page) -> str:
    """The highlighted characters of the text, as they stand."""
    return str(page.evaluate(_MARKED))


def wait_highlighted(page: Page, text: str) -> None:
    """Waits until exactly `text` is highlighted in the text."""
    page.wait_for_function(f"wanted => {_MARKED} === wanted", arg=text)


def look_up(page: Page, text: str) -> str:
    """Looks a text up as a user does and gives the verdict."""
    field = page.get_by_role("searchbox")
    page.evaluate("document.querySelector('#bar .found').replaceChildren()")
    field.fill(text)
    field.press("Enter")
    page.wait_for_selector("#bar .found .verdict")
    return page.locator("#bar .found .verdict p").inner_text()
