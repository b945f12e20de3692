"""Snapshots on disk: written beside, fsynced, renamed, never changed afterwards.

An index directory holds `CURRENT` (the name of the snapshot in use) and the snapshot folders.
A reader opens what `CURRENT` names and memory-maps it; a writer never touches it.
"""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import faiss

from index.embedding import Embedder
from index.lexical import LexicalField
from index.lexicon import LEXICON_FOLDER
from index.local import IndexMismatchError, LocalIndex, build_index
from index.tokenise import FIELDS, TOKENISER_VERSION, Tokeniser
from source.document import Document, Footnote, Paragraph, Passage, Section, Span
from source.errors import HakushoError

FORMAT = 1
_CURRENT = "CURRENT"
SHIPPED = "shipped"
Progress = Callable[[str], None]


def quiet(_: str) -> None:
    """Reports nothing."""


def write_snapshot(
    folder: Path,
    documents: Sequence[Document],
    embedder: Embedder,
    tokeniser: Tokeniser,
    *,
    origin: str,
    progress: Progress = quiet,
) -> LocalIndex:
    """Builds an index of the documents and makes it the folder's current snapshot.

    `origin` says where the documents came from: `SHIPPED` or a folder's path.
    Raises HakushoError where the folder cannot be written or holds something else.
    """
    _refuse_foreign(folder)
    progress(f"reading: {len(documents)} documents, {sum(len(d.passages) for d in documents)} passages")
    index = build_index(documents, embedder, tokeniser)
    progress("writing the snapshot")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=".writing-", dir=folder))
    except OSError as error:
        raise HakushoError(
            f"cannot write the index to {folder} ({error.strerror}): name another folder with --into or HAKUSHO_INDEX"
        ) from None
    try:
        _write_files(beside, index, origin)
        _publish(folder, beside)
    except OSError as error:
        raise HakushoError(
            f"cannot write the index to {folder} ({error.strerror}): free some space or name another folder"
        ) from None
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return index


def _refuse_foreign(folder: Path) -> None:
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir()) and not _known(folder)):
        raise HakushoError(f"{folder} is not an index and not empty: name a new or empty folder")


def _known(folder: Path) -> bool:
    return (folder / _CURRENT).is_file() or all(p.name.startswith(".writing-") for p in folder.iterdir())


def _write_files(folder: Path, index: LocalIndex, origin: str) -> None:
    with (folder / "documents.jsonl").open("w", encoding="utf-8") as file:
        for document in index.documents:
            file.write(json.dumps(asdict(document), ensure_ascii=False) + "\n")
    for (level, name), field in index.fields.items():
        target = folder / f"{level}-{name}"
        target.mkdir()
        field.save(target)
    faiss.write_index(index.dense, str(folder / "dense.faiss"))
    if index.renderings is not None:
        faiss.write_index(index.renderings, str(folder / "renderings.faiss"))
    manifest = {
        "format": FORMAT,
        "origin": origin,
        "tokeniser": tokeniser_fingerprint(),
        "embedding": index.embedder.fingerprint,
        "dimension": index.dense.d,
        "passages": len(index.passages),
        "documents": {d.id: document_fingerprint(d) for d in index.documents},
        "files": {str(p.relative_to(folder)): _sha256(p) for p in _files(folder)},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
    for path in [*_files(folder), folder]:
        _fsync(path)


def _publish(folder: Path, beside: Path) -> None:
    """Renames the finished snapshot into place and points CURRENT at it."""
    name = "snapshot-" + _sha256(beside / "manifest.json")[:12]
    target = folder / name
    if target.exists():
        shutil.rmtree(target)
    os.rename(beside, target)
    pointer = folder / f".{_CURRENT}-{os.getpid()}"
    pointer.write_text(name, encoding="utf-8")
    _fsync(pointer)
    os.replace(pointer, folder / _CURRENT)
    _fsync(folder)
    for old in folder.glob("snapshot-*"):
        if old != target:
            shutil.rmtree(old, ignore_errors=True)


def read_manifest(folder: Path) -> tuple[Path, dict[str, Any]]:
    """The current snapshot's folder and manifest.

    Raises HakushoError where there is none, IndexMismatchError where it is damaged.
    """
    try:
        snapshot = folder / (folder / _CURRENT).read_text(encoding="utf-8").strip()
    except OSError:
        raise HakushoError(
            f"there is no index in {folder}: build one with `hakusho index build --documents DIR --into {folder}`"
        ) from None
    try:
        return snapshot, json.loads((snapshot / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise IndexMismatchError(f"the index in {folder} has no readable manifest: build it again") from None


def read_snapshot(folder: Path, embedder: Embedder, tokeniser: Tokeniser) -> LocalIndex:
    """Opens the current snapshot. Raises IndexMismatchError naming what differs."""
    snapshot, manifest = read_manifest(folder)
    check_manifest(folder, snapshot, manifest, embedder)
    renderings = snapshot / "renderings.faiss"
    fields = {
        (level, name): LexicalField.load(snapshot / f"{level}-{name}") for level in ("passage", "paragraph") for name in FIELDS
    }
    return LocalIndex(
        tuple(read_documents(snapshot)),
        fields,
        _read_faiss(snapshot / "dense.faiss"),
        _read_faiss(renderings) if renderings.is_file() else None,
        embedder,
        tokeniser,
    )


def check_manifest(folder: Path, snapshot: Path, manifest: dict[str, Any], embedder: Embedder) -> None:
    """Raises IndexMismatchError where the snapshot is not what would be built now."""
    expected = {"format": FORMAT, "tokeniser": tokeniser_fingerprint(), "embedding": embedder.fingerprint}
    for name, value in expected.items():
        if manifest.get(name) != value:
            raise IndexMismatchError(f"the index in {folder} was built with another {name} ({manifest.get(name)}, now {value})")
    for name, checksum in manifest.get("files", {}).items():
        path = snapshot / name
        if not path.is_file() or _sha256(path) != checksum:
            raise IndexMismatchError(f"the index in {folder} is damaged ({name} is missing or changed)")


def read_documents(snapshot: Path) -> Iterable[Document]:
    """The documents stored in a snapshot folder."""
    try:
        lines = (snapshot / "documents.jsonl").read_text(encoding="utf-8").split("\n")
        return [_document(json.loads(line)) for line in lines if line]
    except (OSError, ValueError, TypeError, KeyError):
        raise HakushoError(
            f"the documents stored in {snapshot} cannot be read: build the index again from the text files with --documents"
        ) from None


def _document(held: dict[str, Any]) -> Document:
    def span(s: dict[str, int] | None) -> Span | None:
        return Span(**s) if s else None

    return Document(
        **{
            **held,
            "sections": tuple(
                Section(s["number"], tuple(s["path"]), span(s["heading"]), s.get("rendering", "")) for s in held["sections"]
            ),
            "paragraphs": tuple(Paragraph(**{**p, "passages": tuple(p["passages"])}) for p in held["paragraphs"]),
            "passages": tuple(Passage(**{**p, "headings": tuple(p["headings"])}) for p in held["passages"]),
            "footnotes": tuple(
                Footnote(f["label"], f["passage"], tuple(Span(**s) for s in f["references"])) for f in held["footnotes"]
            ),
            "navigation": tuple(Span(**s) for s in held["navigation"]),
        }
    )


def document_fingerprint(document: Document) -> str:
    """Hash of a document's text, metadata, structure and rendering."""
    return hashlib.sha256(json.dumps(asdict(document), sort_keys=True).encode()).hexdigest()[:16]


def tokeniser_fingerprint() -> str:
    """Version of the tokeniser and hash of the lexicon's terms, both of which decide the fields."""
    digest = hashlib.sha256()
    for path in sorted(LEXICON_FOLDER.glob("terms*.tsv")):
        digest.update(path.read_bytes())
    return f"{TOKENISER_VERSION}-{digest.hexdigest()[:8]}"


def _read_faiss(path: Path) -> faiss.Index:
    return faiss.read_index(str(path), faiss.IO_FLAG_MMAP)


def _files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.is_file())


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
