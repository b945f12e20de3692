"""The trained reader as ONNX, with its vocabulary, vectors and checksums.

The recurrence is exported as a custom node and then replaced by ONNX Scan, whose body is one
interpolation: onnxruntime needs about 3 µs a step for it.
"""

import shutil
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper
from torch import Tensor, nn

from index.reader_features import COLUMNS, CONTENT, ROW, WORD
from index.reader_model import ReaderModel, Sizes
from index.reader_words import VECTORS, VOCABULARY, WORDS
from index.static_embedding import write_checksums

PASSAGES, QUESTION = "passages.onnx", "question.onnx"
_PASSAGE = {
    "p": {0: "N", 1: "T"},
    "pv": {0: "N", 1: "T"},
    "ps": {0: "N", 1: "T"},
    "ph": {0: "N", 1: "T"},
}
_AXES = _PASSAGE | {
    "sentence": {0: "N", 1: "S", 2: "T"}, "q": {1: "L"}, "qv": {1: "L"},
    "start": {0: "N", 1: "T"}, "end": {0: "N", 1: "T"}, "by_sentence": {0: "N", 1: "S"}, "answer": {0: "N"},
}  # fmt: skip


class PassageEncoder(nn.Module):
    """The part of the network that knows no question: its results can be kept."""

    def __init__(self, model: ReaderModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, p: Tensor, pv: Tensor) -> tuple[Tensor, Tensor]:
        """Static features and states, `ps` and `ph`."""
        return self.model.encode(p, pv, self.model.passage)


class QuestionReader(nn.Module):
    """The part that asks one question of encoded passages."""

    def __init__(self, model: ReaderModel) -> None:
        super().__init__()
        self.model = model

    def forward(
        self, p: Tensor, pv: Tensor, ps: Tensor, ph: Tensor, sentence: Tensor, q: Tensor, qv: Tensor
    ) -> tuple[Tensor, ...]:
        """Start, end, sentence and answer logits; `q` has one row of tokens, shape (1, tokens, COLUMNS)."""
        asked = self.model.encode_question(q, qv)
        repeated = tuple(x.expand(p.shape[0], *x.shape[1:]) for x in asked)
        return self.model.compare((p, pv, ps, ph, sentence), repeated)


def example(vector: int, seed: int = 0) -> tuple[Tensor, ...]:
    """Random `p`, `pv`, `sentence`, `q`, `qv`: 3 passages of up to 21 tokens, one question of 9."""
    rng = np.random.default_rng(seed)
    p, q = (torch.from_numpy(rng.integers(1, 7, (n, t, COLUMNS))) for n, t in ((3, 21), (1, 9)))
    p[1, 15:] = 0
    p[..., CONTENT], q[..., CONTENT] = p[..., WORD] % 2, q[..., WORD] % 2
    table = torch.from_numpy(rng.normal(size=(8, vector)).astype(np.float32))
    table[0] = 0
    sentence = torch.zeros(3, 2, 21)
    sentence[:, 0, :10], sentence[:, 1, 10:] = 1, (p[:, 10:, WORD] > 0).float()
    return p, table[p[..., ROW]], sentence, q, table[q[..., ROW]]


def load_checkpoint(path: Path) -> ReaderModel:
    """The averaged weights of a checkpoint."""
    state = torch.load(path, weights_only=True)
    model = ReaderModel(Sizes(**state["sizes"]))
    model.load_state_dict(state["average"])
    return model.eval()


def export(checkpoint: Path, work: Path, out: Path) -> None:
    """Writes the model folder from a checkpoint and the vocabulary in `work`."""
    out.mkdir(parents=True, exist_ok=True)
    export_onnx(load_checkpoint(checkpoint), out)
    for name in (VOCABULARY, WORDS, VECTORS):
        shutil.copyfile(work / name, out / name)
    write_checksums(out)


def export_onnx(model: ReaderModel, folder: Path) -> None:
    """Writes the network's two parts."""
    p, pv, sentence, q, qv = example(model.sizes.vector)
    passages = PassageEncoder(model.eval())
    ps, ph = passages(p, pv)
    _write(passages, (p, pv), (["p", "pv"], ["ps", "ph"]), folder / PASSAGES)
    names = (
        ["p", "pv", "ps", "ph", "sentence", "q", "qv"],
        ["start", "end", "by_sentence", "answer"],
    )
    _write(QuestionReader(model), (p, pv, ps, ph, sentence, q, qv), names, folder / QUESTION)


def _write(part: nn.Module, inputs: tuple[Tensor, ...], names: tuple[list[str], list[str]], path: Path) -> None:
    axes = {name: axes for name, axes in _AXES.items() if name in names[0] + names[1]}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            part.eval(), inputs, str(path), input_names=names[0], output_names=names[1], dynamic_axes=axes,
            opset_version=17, dynamo=False, custom_opsets={"hakusho": 1},
        )  # fmt: skip
    onnx.save(_with_scans(onnx.load(path)), path)


def _with_scans(model: onnx.ModelProto) -> onnx.ModelProto:
    """Replaces the custom nodes by Scans that start from zeros."""
    nodes: list[onnx.NodeProto] = []
    for node in model.graph.node:
        nodes += _scan(node) if node.op_type == "Interpolate" else [node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    model.graph.initializer.append(onnx.numpy_helper.from_array(np.array(0, np.int64), "scan_first"))
    model.graph.initializer.append(onnx.numpy_helper.from_array(np.array(0, np.float32), "scan_zero"))
    kept = [o for o in model.opset_import if o.domain != "hakusho"]
    del model.opset_import[:]
    model.opset_import.extend(kept)
    onnx.checker.check_model(model)
    return model


def _scan(node: onnx.NodeProto) -> list[onnx.NodeProto]:
    x, f, y = node.input[0], node.input[1], node.output[0]
    return [
        helper.make_node("Gather", [x, "scan_first"], [f"{y}_0"], axis=0),
        helper.make_node("Mul", [f"{y}_0", "scan_zero"], [f"{y}_zeros"]),
        helper.make_node("Scan", [f"{y}_zeros", x, f], [f"{y}_last", y], body=_body(), num_scan_inputs=2),
    ]


def _body() -> onnx.GraphProto:
    """C ← x + f (c - x)."""
    nodes = [
        helper.make_node("Sub", ["c", "x"], ["gap"]),
        helper.make_node("Mul", ["gap", "f"], ["rest"]),
        helper.make_node("Add", ["rest", "x"], ["state"]),
        helper.make_node("Identity", ["state"], ["out"]),
    ]
    values = {n: helper.make_tensor_value_info(n, TensorProto.FLOAT, None) for n in ("c", "x", "f", "state", "out")}
    return helper.make_graph(nodes, "interpolate", [values[n] for n in "cxf"], [values["state"], values["out"]])
