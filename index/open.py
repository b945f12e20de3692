"""Which index to open, and making it current: built if missing, rebuilt if stale."""

import os
from pathlib import Path

import platformdirs

from index.embedding import Embedder, load_embedder
from index.local import IndexMismatchError, LocalIndex
from index.snapshot import (
    SHIPPED,
    Progress,
    document_fingerprint,
    quiet,
    read_documents,
    read_manifest,
    read_snapshot,
    write_snapshot,
)
from index.tokenise import default_tokeniser
from source.errors import HakushoError
from source.load import DEFAULT_DOCUMENTS, load_documents


def default_index_folder() -> Path:
    """`HAKUSHO_INDEX`, else a folder in the user's cache."""
    named = os.environ.get("HAKUSHO_INDEX")
    return Path(named) if named else Path(platformdirs.user_cache_dir("hakusho")) / "index"


def build(
    documents: Path | None = None, into: Path | None = None, *, embedder: Embedder | None = None, progress: Progress = quiet
) -> LocalIndex:
    """Indexes a folder of `.txt` files, the shipped documents by default.

    Raises HakushoError with the remedy.
    """
    origin = SHIPPED if documents is None else str(documents.resolve())
    loaded = load_documents(documents or DEFAULT_DOCUMENTS)
    embedder = embedder or load_embedder()
    return write_snapshot(into or default_index_folder(), loaded, embedder, default_tokeniser(), origin=origin, progress=progress)


def open_index(folder: Path | None = None, *, embedder: Embedder | None = None, progress: Progress = quiet) -> LocalIndex:
    """Opens an index: the folder's, or the default one, which is built where it is missing.

    An index made by another model, tokeniser or format, or a damaged one, is built again from
    the texts it stores; one of the shipped documents is built again when they changed.
    """
    target = folder or default_index_folder()
    embedder = embedder or load_embedder()
    try:
        snapshot, manifest = read_manifest(target)
    except HakushoError as missing:
        if folder is not None:
            raise
        progress(f"{missing}: building it from the shipped documents")
        return build(None, target, embedder=embedder, progress=progress)
    origin = manifest.get("origin", "")
    try:
        if origin == SHIPPED and manifest.get("documents") != shipped_fingerprints():
            raise IndexMismatchError(f"the index in {target} is older than the shipped documents")
        return read_snapshot(target, embedder, default_tokeniser())
    except IndexMismatchError as mismatch:
        progress(f"{mismatch}: rebuilding")
        if origin == SHIPPED:
            return build(None, target, embedder=embedder, progress=progress)
        documents = list(read_documents(snapshot))
        return write_snapshot(target, documents, embedder, default_tokeniser(), origin=origin, progress=progress)


def shipped_fingerprints() -> dict[str, str]:
    """Fingerprints of the shipped documents as they are now, by id."""
    return {d.id: document_fingerprint(d) for d in load_documents(DEFAULT_DOCUMENTS)}
