"""The reader: where in these passages is the answer, if anywhere?

Run time only: numpy and onnxruntime, no torch. Scores were trained normalised over several
passages at once (Clark & Gardner 2018), so that they compare across passages.
"""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock

import numpy as np
import onnxruntime
from onnxruntime import InferenceSession as Session

from index.reader_arrays import one_hot, pad, pad_floats, sentence_ids
from index.reader_features import ROW, Analyser, Tokens, Word, encode
from index.reader_marks import Readable, Reading, ReadingText, SentenceReading, nothing, reading
from index.reader_vocabulary import load_vectors
from index.reader_words import Floats, Ints, Vocabulary
from index.static_embedding import ModelError, verify_checksums

__all__ = ["DEFAULT_FOLDER", "Readable", "Reader", "Reading", "ReadingText", "SentenceReading"]
DEFAULT_FOLDER = Path(__file__).parent / "reader"
PASSAGES, QUESTION = "passages.onnx", "question.onnx"
KEPT = 512  # passages whose encoding is kept: 150 kB each
TOGETHER = 32  # passages in one call of the network


@dataclass(frozen=True)
class _Encoded:
    """A passage as the network knows it before any question."""

    tokens: Tokens
    static: Floats
    states: Floats


class Reader:
    """Marks answers. Safe to share between threads."""

    def __init__(self, sessions: tuple[Session, Session], vocabulary: Vocabulary, vectors: Floats) -> None:
        self._passages, self._question = sessions
        self._vocabulary, self._vectors = vocabulary, vectors
        self._lock = Lock()
        self._kept: OrderedDict[str, _Encoded] = OrderedDict()

    @classmethod
    def load(cls, folder: Path = DEFAULT_FOLDER, *, threads: int = 2) -> "Reader":
        """Reads a model folder. Raises ModelError where it is missing, incomplete or changed."""
        verify_checksums(folder)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        # Threads that wait busily take the core that others need.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            made = [Session(str(folder / name), options, ["CPUExecutionProvider"]) for name in (PASSAGES, QUESTION)]
            return cls((made[0], made[1]), Vocabulary.load(folder), load_vectors(folder))
        except Exception as error:  # onnxruntime raises its own kinds, which share no public base
            raise ModelError(f"the reader in {folder} cannot be read ({error}): install Hakusho again") from None

    @cached_property
    def _analyser(self) -> Analyser:
        return Analyser()

    def read(self, question: str, passages: Sequence[Readable]) -> list[Reading]:
        """A reading per passage, in order. Passages read before cost less: their encoding is kept."""
        asked = encode(self._words(question), self._vocabulary)
        encoded = self._encoded([p.text for p in passages])
        readings = [nothing(p) for p in passages]
        full = [i for i, e in enumerate(encoded) if e.tokens.spans] if asked.spans else []
        for at in range(0, len(full), TOGETHER):
            some = full[at : at + TOGETHER]
            outputs = self._ask(asked, [encoded[i] for i in some], [passages[i] for i in some])
            for i, output in zip(some, outputs, strict=True):
                readings[i] = reading(passages[i], encoded[i].tokens, *output)
        return readings

    def _words(self, text: str) -> list[Word]:
        with self._lock:  # a Sudachi tokeniser is not to be used by two threads at once
            return self._analyser.words(text)

    def _encoded(self, texts: list[str]) -> list[_Encoded]:
        """Encodings, from those kept where there."""
        held = {t: self._kept[t] for t in set(texts) if t in self._kept}
        new = [t for t in dict.fromkeys(texts) if t not in held]
        for at in range(0, len(new), TOGETHER):
            some = new[at : at + TOGETHER]
            held |= dict(zip(some, self._encode([self._words(t) for t in some]), strict=True))
        with self._lock:
            self._kept.update({t: held[t] for t in new})
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return [held[t] for t in texts]

    def _encode(self, texts: list[list[Word]]) -> list[_Encoded]:
        tokens = [encode(words, self._vocabulary) for words in texts]
        p = pad([t.rows for t in tokens])
        static, states = self._passages.run(["ps", "ph"], {"p": p, "pv": self._vectors[p[..., ROW]]})
        lengths = [len(t.spans) for t in tokens]
        return [
            _Encoded(t, static[i, :n].copy(), states[i, :n].copy()) for i, (t, n) in enumerate(zip(tokens, lengths, strict=True))
        ]

    def _ask(
        self, asked: Tokens, encoded: list[_Encoded], passages: list[Readable]
    ) -> Iterator[tuple[Floats, Floats, Floats, float]]:
        p, q = pad([e.tokens.rows for e in encoded]), asked.rows[None]
        sentence = one_hot([sentence_ids(e.tokens, r.sentences) for e, r in zip(encoded, passages, strict=True)])
        held: dict[str, Ints | Floats] = {
            "p": p, "pv": self._vectors[p[..., ROW]], "q": q, "qv": self._vectors[q[..., ROW]],
            "ps": pad_floats([e.static for e in encoded]), "ph": pad_floats([e.states for e in encoded]),
            "sentence": sentence.astype(np.float32),
        }  # fmt: skip
        start, end, by_sentence, answer = self._question.run(["start", "end", "by_sentence", "answer"], held)
        return zip(start, end, by_sentence, answer, strict=True)
