"""What tests share: the chapter, its index in memory, and an assistant over it."""

import os
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

import pytest

from index.embedding import load_embedder
from index.local import LocalIndex, build_index
from index.tokenise import default_tokeniser
from rag.assistant import Assistant
from source.document import Document
from source.load import DEFAULT_DOCUMENTS, load_documents


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


@pytest.fixture
def index_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An index folder of the test's own, the default one for the command line."""
    folder = tmp_path / "index"
    monkeypatch.setenv("HAKUSHO_INDEX", str(folder))
    return folder
