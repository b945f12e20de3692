"""What `hakusho doctor` looks at: the installation, the model, the index, one question."""

import platform
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from index.embedding import load_embedder
from index.open import default_index_folder, open_index
from index.reranker import load_reranker
from index.tokenise import default_tokeniser
from rag.assistant import Assistant
from rag.llm_settings import llm_settings
from source.errors import HakushoError

_PACKAGES = ("llama-index-core", "sentence-transformers", "gradio", "bm25s", "faiss-cpu", "sudachipy", "sudachidict-core")


def check(index: Path | None) -> int:
    """Prints one line a check; returns 0 where all pass, else 1."""
    print(f"python {platform.python_version()} on {sys.platform}")
    checks: list[tuple[str, Callable[[], str]]] = [
        ("packages", _packages),
        ("tokeniser", lambda: " ".join(t.surface for t in default_tokeniser().tokens("外務大臣が訪日した"))),
        ("model", lambda: load_embedder().fingerprint),
        ("reranker", _reranker),
        ("index", lambda: _index(index)),
        ("language model", lambda: llm_settings().shown or "none: answers are quotes"),
        ("citations", lambda: _citations(index)),
    ]
    return max([_report(name, run) for name, run in checks])


def _report(name: str, run: Callable[[], str]) -> int:
    try:
        print(f"ok    {name}: {run()}")
    except HakushoError as error:
        print(f"FAIL  {name}: {error}")
        return 1
    return 0


def _packages() -> str:
    try:
        return ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    except PackageNotFoundError as error:
        raise HakushoError(f"the package {error.name} is missing: install Hakusho again with pip") from None


def _reranker() -> str:
    reranker = load_reranker()
    return reranker.name if reranker else "none"


def _index(folder: Path | None) -> str:
    index = open_index(folder)
    return f"{folder or default_index_folder()}: {len(index.documents)} documents, {len(index.passages)} passages"


def _citations(folder: Path | None) -> str:
    """Every passage must stand at its offsets."""
    assistant = Assistant.open(folder)
    wrong = [p.id for d in assistant.index.documents for p in d.passages if d.text[p.start : p.end] != p.text]
    if wrong:
        raise HakushoError(f"{len(wrong)} passages are not at their offsets, {wrong[0]} first: run `hakusho index build`")
    return f"{sum(len(d.passages) for d in assistant.index.documents)} passages stand at their offsets"
