"""What tests share: the chapter, its index in memory, and an assistant over it."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

import pytest

from index.embedding import load_embedder
from index.local import LocalIndex, build_index
from index.tokenise import default_tokeniser
from rag.assistant import Assistant
from source.document import Document
from source.load import DEFAULT_DOCUMENTS, load_documents

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="session")
def chapter() -> Document:
    return load_documents(DEFAULT_DOCUMENTS)[0]


@pytest.fixture(scope="session")
def index(chapter: Document) -> LocalIndex:
    return build_index([chapter], load_embedder(), default_tokeniser())


@pytest.fixture(scope="session")
def assistant(index: LocalIndex) -> Assistant:
    return Assistant(index)


@pytest.fixture(scope="session")
def served(assistant: Assistant) -> Iterator[str]:
    """The address of the whole application, served as it is by default."""
    from server import running

    with running(assistant) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    """A Chromium; one for each module, since its driver keeps an event loop running that others may not meet."""
    from browser import chromium

    with chromium() as launched:
        yield launched


@pytest.fixture(scope="session")
def feedback(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server of `address` keeps what users say."""
    return tmp_path_factory.mktemp("feedback") / "feedback.jsonl"


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory, feedback: Path) -> Iterator[str]:
    """The address of `hakusho serve`, a process of its own."""
    from browser import serving

    with serving(index=tmp_path_factory.mktemp("served") / "index", feedback=str(feedback)) as at:
        yield at


@pytest.fixture
def page(browser: "Browser", address: str) -> Iterator["Page"]:
    """The page in Japanese, in a fresh profile that may use the clipboard."""
    from browser import CLIPBOARD, opened

    with opened(browser, address, permissions=CLIPBOARD) as shown:
        yield shown


@pytest.fixture
def index_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An index folder of the test's own, the default one for the command line."""
    folder = tmp_path / "index"
    monkeypatch.setenv("HAKUSHO_INDEX", str(folder))
    return folder
