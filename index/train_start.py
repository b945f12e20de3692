"""Where the static model's training starts: a Unigram vocabulary and a first table.

Half of each row comes from chiVe (Manabe et al. 2019; the vectors inside the `ja-ginza`
package, projected by PCA), half is random: the random half keeps rare names apart, as random
indexing does (Sahlgren 2005). Rows are scaled by inverse document frequency.
"""

import importlib.util
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

from source.errors import HakushoError

Floats = NDArray[np.float32]
_INVISIBLE = "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]"


def train_vocabulary(texts: Iterable[str], size: int) -> Tokenizer:
    """A Unigram tokeniser (Kudo 2018) over NFKC, lower-case text; runs of one script only."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Replace(Regex(_INVISIBLE), ""), normalizers.NFKC(), normalizers.Lowercase()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Whitespace(),
            pre_tokenizers.Punctuation(),
            pre_tokenizers.Digits(),
            pre_tokenizers.Split(Regex(r"[ァ-ヶー]+|[ぁ-ゖ]+|[a-z']+|[0-9]+"), "isolated"),
        ]
    )
    trainer = trainers.UnigramTrainer(
        vocab_size=size, unk_token="[UNK]", special_tokens=["[UNK]", "[PAD]"], max_piece_length=12, show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def first_table(tokenizer: Tokenizer, dim: int, texts: Sequence[str], seed: int) -> Floats:
    """The starting rows, shape (vocabulary, dim)."""
    rng = np.random.default_rng(seed)
    size = tokenizer.get_vocab_size()
    table = rng.standard_normal((size, dim)).astype(np.float32)
    table /= np.linalg.norm(table, axis=1, keepdims=True)
    half = dim // 2
    words, vectors = chive()
    vectors = _pca(vectors, half)
    known = {w: i for i, w in enumerate(words)}
    for piece, row in tokenizer.get_vocab().items():
        table[row, :half] = vectors[known[piece]] if piece in known else 0
    norms = np.linalg.norm(table, axis=1, keepdims=True)
    return np.asarray(table / np.maximum(norms, 1e-9) * _idf(tokenizer, texts)[:, None], dtype=np.float32)


def _idf(tokenizer: Tokenizer, texts: Sequence[str]) -> Floats:
    df: Counter[int] = Counter()
    for encoding in tokenizer.encode_batch(list(texts)):
        df.update(set(encoding.ids))
    n = len(texts)
    counts = np.asarray([df.get(i, 0) for i in range(tokenizer.get_vocab_size())], dtype=np.float32)
    return np.asarray(np.log1p(n / (counts + 1.0)) / np.log1p(n), dtype=np.float32)


def _pca(vectors: Floats, dim: int) -> Floats:
    """Unit rows projected on their first `dim` principal directions."""
    unique = np.unique(vectors, axis=0)
    mean = unique.mean(axis=0)
    _, _, directions = np.linalg.svd(unique - mean, full_matrices=False)
    projected = (vectors - mean) @ directions[:dim].T
    return np.asarray(projected / np.maximum(np.linalg.norm(projected, axis=1, keepdims=True), 1e-9), dtype=np.float32)


def chive() -> tuple[list[str], Floats]:
    """The words and vectors of chiVe: rows of shape (words, 300)."""
    rows, vectors = chive_table()
    return list(rows), np.asarray(vectors[list(rows.values())], dtype=np.float32)


def chive_table() -> tuple[dict[str, int], Floats]:
    """The vectors in `ja-ginza` (chiVe): the row of each of 480,443 words, and 20,000 rows that they share, shape (rows, 300)."""
    found = importlib.util.find_spec("ja_ginza")
    if found is None or found.origin is None:
        raise HakushoError(
            "chiVe's vectors are those in ja-ginza: `pip install -e .[train]`, then `pip install --no-deps ja-ginza` (its dependencies ask for an older Sudachi)"
        )
    import srsly
    from spacy.strings import hash_string  # type: ignore[attr-defined,unused-ignore]

    vocabulary = next(Path(found.origin).parent.glob("ja_ginza-*/vocab"))
    rows = srsly.read_msgpack(vocabulary / "key2row")
    strings = json.loads((vocabulary / "strings.json").read_text(encoding="utf-8"))
    hashes = {s: hash_string(s) for s in strings}
    words = {s: int(rows[h]) for s, h in hashes.items() if h in rows}
    return words, np.asarray(np.load(vocabulary / "vectors"), dtype=np.float32)
