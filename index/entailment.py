"""The entailment model at work: how likely a source says what a statement says, by onnxruntime.

The network is the reader's, taught on statements (`index/train_entailment.py`); it stands on the
same lower half, and reads statement and source in Japanese or English alike. None is shipped: what
it has learnt so far does not suffice (`python -m eval.support` measures it).
"""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from index.contextual import Contextual, Floats
from index.reader_batches import Tokens, encode_question, encode_window, pair_up
from index.reader_examples import Window
from index.tokenise import language_of


class Entailment:
    """Judges statements. Safe to share between threads."""

    def __init__(self, model: Contextual, file: Path) -> None:
        """`file` is what `index.train_entailment` wrote. Raises ModelError where it cannot be read."""
        self._model = model
        self._network = model.session(str(file.resolve()))
        self._statement = lru_cache(maxsize=64)(self._encode_statement)
        self._source = lru_cache(maxsize=512)(self._encode_source)

    def judge(self, statement: str, sources: Sequence[Window]) -> list[float]:
        """For each source the log-odds that it says what the statement says. The last texts' states are kept."""
        if not sources:
            return []
        asked = self._statement(statement)
        return [self._judge(asked, *self._source(source), source) for source in sources]

    def _encode_statement(self, statement: str) -> Floats:
        return self._model.states([encode_question(self._model.tokenizer, statement)])[0]

    def _encode_source(self, source: Window) -> tuple[Tokens, Floats]:
        tokens = encode_window(self._model.tokenizer, source)
        return tokens, self._model.states([tokens.ids])[0]

    def _judge(self, asked: Floats, tokens: Tokens, states: Floats, source: Window) -> float:
        pairs = pair_up([len(asked)], [tokens], [source])
        inputs = {
            "states": np.concatenate([asked, states])[None], "mask": pairs.mask, "roles": pairs.roles, "heads": pairs.heads,
        }  # fmt: skip
        ((logit,),) = self._network.run(["answers"], inputs)
        return float(logit)


def source_window(sentences: Sequence[str], heading: str) -> Window:
    """What a statement is judged against: the sentences that it cites, under their heading."""
    text = (" " if sentences and language_of(sentences[0]) == "en" else "").join(sentences)
    return Window(text, heading, ((0, len(text)),))
