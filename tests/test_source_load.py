"""Files → documents, with an error that names the remedy for everything a user can get wrong."""

from pathlib import Path

import pytest

from source.document import Document
from source.errors import DocumentError
from source.load import DEFAULT_DOCUMENTS, load_document, load_documents
from source.rendering import align


def test_a_folder_gives_its_documents_by_stem(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text("二つ目。", encoding="utf-8")
    (tmp_path / "a.txt").write_text("一つ目。", encoding="utf-8")
    assert [d.id for d in load_documents(tmp_path)] == ["a", "b"]


def test_offsets_are_those_of_read_text(tmp_path: Path) -> None:
    path = tmp_path / "windows.txt"
    path.write_bytes("\ufeff一つ目。\r\n\r\n二つ目。\r\n".encode())
    document = load_document(path)
    text = path.read_text(encoding="utf-8")
    assert [text[p.start : p.end] for p in document.passages] == ["一つ目。", "二つ目。"]


@pytest.mark.parametrize(
    ("name", "content", "remedy"),
    [
        ("sjis.txt", "日本語の文。".encode("shift_jis"), "iconv"),
        ("binary.txt", b"\0\1\2", "UTF-8 text"),
        ("empty.txt", b"", "empty"),
    ],
)
def test_unreadable_files(tmp_path: Path, name: str, content: bytes, remedy: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DocumentError, match=remedy) as raised:
        load_documents(tmp_path)
    assert name in str(raised.value)


def test_missing_and_empty_folders(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="no folder"):
        load_documents(tmp_path / "nowhere")
    with pytest.raises(DocumentError, match=r"no \.txt file"):
        load_documents(tmp_path)


def test_two_files_of_one_name(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    for folder in (tmp_path, tmp_path / "deep"):
        (folder / "same.txt").write_text("文。", encoding="utf-8")
    with pytest.raises(DocumentError, match="rename"):
        load_documents(tmp_path)


def test_bad_metadata(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("文。", encoding="utf-8")
    (tmp_path / "a.toml").write_text("colour = 'red'", encoding="utf-8")
    with pytest.raises(DocumentError, match="colour"):
        load_documents(tmp_path)


def test_the_rendering_is_aligned_sentence_by_sentence(chapter: Document) -> None:
    assert chapter.has_rendering
    assert all(p.rendering for p in chapter.passages)
    assert "Turkmenistan" in chapter.passage("ca-2-13-1").rendering
    headings = ["(1) Overview", "(2) Central Asian Countries", "(3) Caucasus Countries"]
    assert [s.rendering for s in chapter.sections] == headings
    assert [d.id for d in load_documents(DEFAULT_DOCUMENTS)] == ["bluebook-central-asia-caucasus.ja"]


def test_a_rendering_that_does_not_match_is_named(chapter: Document) -> None:
    with pytest.raises(DocumentError, match="blocks"):
        align(chapter, "One line.", "x.en.txt")
