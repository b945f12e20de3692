"""A real Chromium for the browser tests, and the real server they look at."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parent.parent
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--disable-sync"]
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
def serving(*arguments: str, index: Path) -> Iterator[str]:
    """`hakusho serve` on a free port of this machine; gives its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "rag", "serve", "--port", "0", *arguments],
        cwd=ROOT,
        env={**os.environ, "HAKUSHO_INDEX": str(index)},
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


def opened(browser: Browser, address: str, *, locale: str = "ja-JP", width: int = 1280, height: int = 800) -> Page:
    """The page in a fresh browser profile, ready for a question, its requests kept in `page.requested`."""
    page = browser.new_context(locale=locale, viewport={"width": width, "height": height}, reduced_motion="reduce").new_page()
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.requested = requested  # type: ignore[attr-defined]
    page.goto(address)
    page.wait_for_selector("#conversation .empty")
    return page


def ask(page: Page, question: str) -> str:
    """Asks as a reader does and gives the text of the reply."""
    before = page.locator(".turn").count()
    box = page.locator("#question textarea")
    box.fill(question)
    box.press("Enter")
    page.wait_for_function("n => document.querySelectorAll('.turn:not(.pending)').length > n", arg=before)
    return page.locator(".turn .reply").last.inner_text()


def highlighted(page: Page) -> str:
    """The highlighted characters of the text, as they stand."""
    return str(page.evaluate("[...document.querySelectorAll('#text mark.cited')].map(m => m.textContent).join('')"))
