"""Snapshots: whole or not at all, and a mismatch is mended by a rebuild."""

import json
from pathlib import Path

import numpy as np
import pytest

from index.embedding import DEFAULT_MODEL, LlamaIndexModel, StaticModel, load_embedder, prefixes, shipped_static
from index.local import IndexMismatchError, LocalIndex
from index.open import build, open_index
from index.snapshot import read_manifest, read_snapshot, write_snapshot
from index.tokenise import default_tokeniser
from source.errors import HakushoError


def test_what_is_read_ranks_as_what_was_built(index: LocalIndex, tmp_path: Path) -> None:
    write_snapshot(tmp_path, index.documents, index.embedder, index.tokeniser, origin="here")
    again = read_snapshot(tmp_path, index.embedder, index.tokeniser)
    assert again.documents == index.documents
    terms = index.tokeniser.fields("カスピ海ルートの重要性")["word"]
    for level in ("passage", "paragraph"):
        np.testing.assert_allclose(again.lexical(level, "word", terms), index.lexical(level, "word", terms), rtol=1e-6)
    vector = index.embedder.encode_question("輸送路")
    np.testing.assert_allclose(again.similarity(vector), index.similarity(vector), rtol=1e-5)


def test_a_damaged_file_is_named_and_rebuilt(index_folder: Path) -> None:
    build()
    snapshot, _ = read_manifest(index_folder)
    (snapshot / "dense.faiss").write_bytes(b"x")
    with pytest.raises(IndexMismatchError, match=r"dense\.faiss"):
        read_snapshot(index_folder, load_embedder(), default_tokeniser())
    notices: list[str] = []
    assert open_index(progress=notices.append).passages
    assert "rebuilding" in notices[0]


def test_another_model_means_a_rebuild_from_the_stored_texts(tmp_path: Path) -> None:
    documents, folder = tmp_path / "docs", tmp_path / "index"
    documents.mkdir()
    (documents / "a.txt").write_text("一つ目の文。二つ目の文。", encoding="utf-8")
    build(documents, folder)
    (documents / "a.txt").unlink()
    snapshot, manifest = read_manifest(folder)
    (snapshot / "manifest.json").write_text(json.dumps({**manifest, "embedding": "another"}), encoding="utf-8")
    notices: list[str] = []
    assert len(open_index(folder, progress=notices.append).passages) == 2
    assert "another embedding" in notices[0]


def test_an_index_of_ones_own_is_not_replaced_by_the_shipped_one(index_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "own.txt").write_text("自分の文書。", encoding="utf-8")
    build(tmp_path / "own.txt")
    assert [d.id for d in open_index().documents] == ["own"]


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "precious.doc").write_text("x", encoding="utf-8")
    with pytest.raises(HakushoError, match="not an index"):
        build(into=tmp_path)
    assert (tmp_path / "precious.doc").read_text(encoding="utf-8") == "x"


def test_a_llama_index_embedding_serves(index: LocalIndex, tmp_path: Path) -> None:
    from llama_index.core.embeddings import MockEmbedding

    folder = tmp_path / "index"
    write_snapshot(folder, index.documents, LlamaIndexModel(MockEmbedding(embed_dim=8), "mock"), index.tokeniser, origin="here")
    assert read_manifest(folder)[1]["dimension"] == 8


def test_families_have_their_prefixes() -> None:
    assert prefixes("intfloat/multilingual-e5-small") == ("query: ", "passage: ")
    assert prefixes("cl-nagoya/ruri-v3-30m")[0] == "検索クエリ: "
    assert prefixes("BAAI/bge-m3") == ("", "")


def test_a_model_that_cannot_be_loaded_is_named(tmp_path: Path) -> None:
    with pytest.raises(HakushoError, match="HAKUSHO_EMBEDDING"):
        load_embedder(str(tmp_path / "no-such-model"))


def test_a_sentence_transformers_folder_serves_by_name(index_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The shipped folder, loaded the slow way, is a model by name like any other.
    monkeypatch.setenv("HAKUSHO_EMBEDDING", str(DEFAULT_MODEL))
    by_name = build()
    np.testing.assert_allclose(
        by_name.embedder.encode_question("輸送路"), StaticModel(shipped_static()).encode_question("輸送路"), atol=1e-4
    )
