"""The entailment model at work: how likely a source says what a statement says, by onnxruntime.

The network is the reader's, taught on statements (`index/train_entailment.py`); it stands on the
same lower half, and reads statement and source in Japanese or English alike. None is shipped: what
it has learnt so far does not suffice (`python -m eval.support` measures it).
"""

from collections.abc import Sequence
from pathlib import Path

from index.contextual import Contextual, Floats
from index.reader_batches import encode_question, encode_window, inputs_of
from index.reader_examples import Window
from index.tokenise import language_of

_INPUTS = ("states", "mask", "roles", "heads")


class Entailment:
    """Judges statements. Safe to share between threads."""

    def __init__(self, model: Contextual, file: Path) -> None:
        """`file` is what `index.train_entailment` wrote. Raises ModelError where it cannot be read."""
        self._model = model
        self._network = model.session(str(file.resolve()))

    def judge(self, statement: str, sources: Sequence[Window]) -> list[float]:
        """For each source the log-odds that it says what the statement says."""
        asked = self._model.kept_states(encode_question(self._model.tokenizer, statement))
        return [self._judge(asked, source) for source in sources]

    def _judge(self, asked: Floats, source: Window) -> float:
        tokens = encode_window(self._model.tokenizer, source)
        given = inputs_of(asked, self._model.kept_states(tokens.ids), tokens, source)
        ((logit,),) = self._network.run(["answers"], {name: given[name] for name in _INPUTS})
        return float(logit)


def source_window(sentences: Sequence[str], heading: str) -> Window:
    """What a statement is judged against: the sentences that it cites, under their heading."""
    text = (" " if sentences and language_of(sentences[0]) == "en" else "").join(sentences)
    return Window(text, heading, ((0, len(text)),))
