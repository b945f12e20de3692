"""Files → documents: a `.txt` file, or a folder of them."""

import tomllib
from pathlib import Path

from source.document import Document
from source.errors import DocumentError
from source.parse import Metadata, parse
from source.rendering import align

DEFAULT_DOCUMENTS = Path(__file__).parent / "documents"
_METADATA_FIELDS = ("title", "prefix", "source", "licence")


def load_documents(folder: Path) -> list[Document]:
    """All documents of a folder (or of one file), sorted by id.

    `NAME.en.txt` beside `NAME.ja.txt` is read as its unofficial rendering; `NAME.toml` beside
    `NAME.txt` may give title, prefix, source and licence. Raises DocumentError.
    """
    files = document_files(folder)
    # One empty file among others has nothing to lose; alone it is a mistake worth an error.
    documents = [load_document(path) for path in files if len(files) == 1 or read_text(path).strip()]
    if not documents:
        raise DocumentError(f"all {len(files)} .txt files in {folder} are empty: put text into them")
    prefixes: dict[str, str] = {}
    for document in documents:
        for passage in document.passages[:1]:
            prefix = passage.id.rsplit("-", 3)[0]
            if prefix in prefixes:
                raise DocumentError(
                    f"{document.id} and {prefixes[prefix]} share the passage prefix {prefix!r}: "
                    "give one of them another `prefix` in its .toml file"
                )
            prefixes[prefix] = document.id
    return documents


def document_files(folder: Path) -> list[Path]:
    """The text files to read, renderings left out. Raises DocumentError where there is none."""
    if folder.is_file():
        return [folder]
    if not folder.is_dir():
        raise DocumentError(f"there is no folder {folder}: name a folder that holds .txt files")
    files = sorted(p for p in folder.rglob("*.txt") if p.is_file() and not p.name.startswith("."))
    files = [p for p in files if not _is_rendering(p)]
    if not files:
        raise DocumentError(f"{folder} holds no .txt file: put the documents there as UTF-8 text")
    stems = [p.stem for p in files]
    for path in files:
        if stems.count(path.stem) > 1:
            raise DocumentError(f"two files are named {path.name} below {folder}: rename one, the name is the document's id")
    return files


def load_document(path: Path) -> Document:
    """One document from its file, with metadata and rendering where they stand beside it."""
    text = read_text(path)
    document = parse(text, path.stem, _metadata(path.with_suffix(".toml")))
    if not document.passages:
        raise DocumentError(f"{path.name} holds no sentence to cite: is it empty, or not a text file?")
    rendering = _rendering_of(path)
    return align(document, read_text(rendering), rendering.name) if rendering.is_file() else document


def read_text(path: Path) -> str:
    r"""The file's text as `Path.read_text(encoding="utf-8")` gives it.

    So `\r\n` counts as one code point and a byte order mark as one: whoever opens the file in
    Python finds every citation at its offsets.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise DocumentError(
            f"{path.name} is not UTF-8 (byte {error.start}): convert it, for instance with "
            f"`iconv -f SHIFT_JIS -t UTF-8 {path.name} > new.txt`"
        ) from None
    except OSError as error:
        raise DocumentError(f"cannot read {path}: {error.strerror}") from None
    if "\0" in text:
        raise DocumentError(f"{path.name} holds binary data: save it as UTF-8 text")
    return text


def _rendering_of(path: Path) -> Path:
    return path.with_name(path.name.removesuffix(".ja.txt") + ".en.txt") if path.name.endswith(".ja.txt") else Path("")


def _is_rendering(path: Path) -> bool:
    return path.name.endswith(".en.txt") and path.with_name(path.name.removesuffix(".en.txt") + ".ja.txt").is_file()


def _metadata(path: Path) -> Metadata:
    if not path.is_file():
        return Metadata()
    try:
        given = tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise DocumentError(f"{path.name} is not valid TOML: {error}") from None
    unknown = sorted(set(given) - set(_METADATA_FIELDS))
    if unknown or not all(isinstance(v, str) for v in given.values()):
        raise DocumentError(f"{path.name}: only text fields {', '.join(_METADATA_FIELDS)} are known, found {unknown or given}")
    return Metadata(**given)
