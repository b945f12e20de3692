"""Writes the trained pointer as an ONNX file: `python -m index.export_pointer --work build/pointer`.

The recurrence is exported as a custom node and then replaced by ONNX Scan, whose body is one
interpolation: onnxruntime needs about 3 µs a step for it. Weights are stored in blocks of 32, at eight bits.
"""

import argparse
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper
from torch import Tensor, nn

from index.contextual import DEFAULT_FOLDER, POINTER
from index.export_reader import OPSET, shrink
from index.pointer_network import PointerNetwork
from index.reader_words import COLUMNS, CONTENT, PART, PARTS
from index.static_embedding import write_checksums
from index.transformer import WIDTH

_AXES = {
    "rows": {0: "n", 1: "t"}, "states": {0: "n", 1: "t"}, "asked_rows": {1: "q"}, "asked_states": {1: "q"},
    "sentence": {0: "n", 1: "s", 2: "t"}, "spans": {0: "n", 1: "t", 2: "t"},
}  # fmt: skip


class SpanPointer(nn.Module):
    """One question over several passages, its spans alone."""

    def __init__(self, network: PointerNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, rows: Tensor, states: Tensor, asked_rows: Tensor, asked_states: Tensor, sentence: Tensor) -> Tensor:
        """Scores of spans, (n, t, t); the question is (1, q, ·)."""
        asked = self.network.asked(asked_rows, asked_states)
        repeated = tuple(x.expand(rows.shape[0], *x.shape[1:]) for x in asked)
        return self.network.compare(self.network.told(rows, states), repeated, sentence)[0]


def example(seed: int = 0) -> tuple[Tensor, ...]:
    """Random inputs of `SpanPointer`: 3 passages of up to 21 words, a question of 9."""
    rng = np.random.default_rng(seed)
    p, q = (torch.from_numpy(rng.integers(1, 7, (n, t, COLUMNS))) for n, t in ((3, 21), (1, 9)))
    for rows in (p, q):
        rows[..., CONTENT] = rows[..., CONTENT] % 2
        rows[..., PART] = rows[..., PART] % PARTS
    p[1, 15:] = 0
    states = [torch.from_numpy(rng.normal(size=(*x.shape[:2], WIDTH)).astype(np.float32)) for x in (p, q)]
    sentence = torch.zeros(3, 2, 21)
    sentence[:, 0, :10], sentence[:, 1, 10:] = 1, (p[:, 10:, PART] > 0).float()
    return p, states[0], q, states[1], sentence


def export_pointer(network: PointerNetwork, path: Path, *, bits: int | None = 8) -> None:
    """Writes the network; without `bits` in single precision."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            SpanPointer(network).eval(), example(), str(path), input_names=list(_AXES)[:5], output_names=["spans"],
            dynamic_axes=_AXES, opset_version=OPSET, dynamo=False, custom_opsets={"hakusho": 1},
        )  # fmt: skip
    onnx.save(_with_scans(onnx.load(str(path))), str(path))
    if bits:
        shrink(path, bits)


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


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("build/pointer"), help="where the training left its weights")
    parser.add_argument("--out", type=Path, default=DEFAULT_FOLDER)
    options = parser.parse_args()
    network = PointerNetwork()
    network.load_state_dict(torch.load(options.work / "pointer.pt", weights_only=True))
    export_pointer(network, options.out / POINTER)
    write_checksums(options.out)


if __name__ == "__main__":
    main()
