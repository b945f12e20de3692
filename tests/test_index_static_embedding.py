"""The fast reader gives sentence-transformers' vectors, and says what is wrong with a model folder."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer

from index.contextual import DEFAULT_FOLDER, LOWER, POINTER, READER, TOKENIZER
from index.embedding import DEFAULT_MODEL
from index.static_embedding import ModelError, StaticEmbedder
from index.train import save
from index.train_data import DataError, need

TEXTS = ["外務大臣が訪日した。", "The foreign minister visited Japan.", "ﾄﾙｸﾒﾆｽﾀﾝ 2024年", "辻\U000e0100清人", "a", "日本" * 400]


@pytest.fixture(scope="module")
def model() -> StaticEmbedder:
    return StaticEmbedder.load(DEFAULT_MODEL)


def test_vectors_are_those_of_sentence_transformers(model: StaticEmbedder) -> None:
    from sentence_transformers import SentenceTransformer

    slow = SentenceTransformer(str(DEFAULT_MODEL), device="cpu").encode(TEXTS, normalize_embeddings=True)
    assert slow.dtype == np.float32
    np.testing.assert_allclose(model.encode(TEXTS), slow, atol=1e-4)


def test_what_training_writes_is_read_by_both(tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    tokenizer = Tokenizer.from_file(str(DEFAULT_MODEL / "tokenizer.json"))
    table = np.random.default_rng(0).standard_normal((tokenizer.get_vocab_size(), 8)).astype(np.float32)
    (tmp_path / "README.md").write_text("a card", encoding="utf-8")
    save(tmp_path, tokenizer, table)
    fast = StaticEmbedder.load(tmp_path).encode(TEXTS)
    slow = SentenceTransformer(str(tmp_path), device="cpu").encode(TEXTS, normalize_embeddings=True)
    np.testing.assert_allclose(fast, slow, atol=1e-4)
    rows = [table[e.ids].mean(axis=0) for e in tokenizer.encode_batch(TEXTS, add_special_tokens=False)]
    np.testing.assert_allclose(fast, rows / np.linalg.norm(rows, axis=1, keepdims=True), atol=2e-3)
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == "a card"


def test_the_shipped_models_are_small() -> None:
    sizes = {
        p.name if folder == DEFAULT_FOLDER else f"static {p.name}": p.stat().st_size
        for folder in (DEFAULT_MODEL, DEFAULT_FOLDER)
        for p in folder.iterdir()
    }
    assert sum(size for name, size in sizes.items() if name not in (READER, POINTER)) <= 60e6
    assert sum(sizes[name] for name in (LOWER, READER, POINTER, TOKENIZER)) <= 40e6


def test_a_translation_is_nearer_than_another_sentence(model: StaticEmbedder) -> None:
    english, japanese, other = model.encode(["They signed a treaty.", "彼らは条約に署名した。", "今日はよい天気だ。"])
    assert english @ japanese > english @ other + 0.2


def test_empty_and_token_vectors(model: StaticEmbedder) -> None:
    assert not model.encode([""]).any()
    offsets, vectors = model.token_vectors("日本とJapan")
    assert len(offsets) == len(vectors) > 0
    assert all(0 <= a < b <= 8 for a, b in offsets)
    assert model.token_vectors("")[1].shape == (0, model.dim)


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "checksums.json"])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    folder = shutil.copytree(DEFAULT_MODEL, tmp_path / "model")
    (folder / name).unlink()
    with pytest.raises(ModelError, match=name):
        StaticEmbedder.load(folder)


def test_a_changed_file_is_named(tmp_path: Path) -> None:
    folder = shutil.copytree(DEFAULT_MODEL, tmp_path / "model")
    data = bytearray((folder / "model.safetensors").read_bytes())
    data[-1] ^= 1
    (folder / "model.safetensors").write_bytes(data)
    with pytest.raises(ModelError, match=r"model\.safetensors is not the file"):
        StaticEmbedder.load(folder)


def test_training_names_the_data_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="jaquad/train"):
        need(tmp_path, "jaquad/train")
