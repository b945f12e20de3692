"""Writes the trained networks as ONNX files: `python -m index.export_reader --work build/reader`.

Weights are stored in blocks of 32 with a scale each (MatMulNBits): the embedder's at four bits,
which is how they came, the reader's own at eight.
"""

import argparse
import logging
import shutil
import warnings
from pathlib import Path

import onnx
import torch
from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer
from torch import Tensor, nn

from index.contextual import DEFAULT_FOLDER, LOWER, POINTER, POOLER, READER, TOKENIZER
from index.pretrained import load_pretrained
from index.reader_network import ReaderNetwork
from index.static_embedding import write_checksums
from index.transformer import WIDTH

OPSET = 17
_TOKENS = {0: "n", 1: "t"}


def export_network(network: nn.Module, inputs: dict[str, Tensor], outputs: dict[str, dict[int, str]], path: Path) -> None:
    """Writes one network in single precision; the axes `n`, `t` and `s` take any length."""
    axes: dict[str, dict[int, str]] = {name: dict(_TOKENS) if value.dim() > 1 else {0: "n"} for name, value in inputs.items()}
    if "member" in axes:
        axes["member"] = {0: "n", 1: "s", 2: "t"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network.eval(), tuple(inputs.values()), str(path), input_names=list(inputs), output_names=list(outputs),
            dynamic_axes={**axes, **outputs}, opset_version=OPSET, dynamo=False,
        )  # fmt: skip


def shrink(path: Path, bits: int, tables: bool = False) -> None:
    """Stores the weights of a file at so many bits, its embedding tables too where asked."""
    logging.disable(logging.INFO)
    model = onnx.load(str(path))
    if tables:
        model = _quantised(model, 4, ("Gather",))
    onnx.save(_quantised(model, bits, ("MatMul",)), str(path))


def _quantised(model: onnx.ModelProto, bits: int, operators: tuple[str, ...]) -> onnx.ModelProto:
    quantizer = MatMulNBitsQuantizer(
        model, bits=bits, block_size=32, is_symmetric=True, accuracy_level=4, op_types_to_quantize=operators
    )
    quantizer.process()
    made: onnx.ModelProto = quantizer.model.model
    return made


def export_reader(network: ReaderNetwork, path: Path) -> None:
    """Writes the reader's own network in single precision."""
    n, t, s = 2, 24, 3
    ones = torch.ones(n, t, dtype=torch.long)
    inputs = {
        "states": torch.randn(n, t, WIDTH), "mask": ones, "roles": ones, "heads": torch.tensor([3, 4]), "spans": ones,
        "member": torch.ones(n, s, t),
    }  # fmt: skip
    outputs = {"scores": {0: "n", 1: "t", 2: "t"}, "sentences": {0: "n", 1: "s"}, "answers": {0: "n"}}
    export_network(network, inputs, {**outputs, "polarity": {0: "n"}}, path)


class _EntailmentHead(nn.Module):
    """The part of a reader's network that says whether the passage answers."""

    def __init__(self, network: ReaderNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, states: Tensor, mask: Tensor, roles: Tensor, heads: Tensor) -> Tensor:
        return self.network.whole_of(states, mask, roles, heads)[1][:, 0]


def export_entailment(network: ReaderNetwork, path: Path, *, bits: int = 8) -> None:
    """Writes the entailment model, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    ones = torch.ones(2, 24, dtype=torch.long)
    inputs = {"states": torch.randn(2, 24, WIDTH), "mask": ones, "roles": ones, "heads": torch.tensor([3, 4])}
    made = path.with_suffix(".new")
    export_network(_EntailmentHead(network), inputs, {"answers": {0: "n"}}, made)
    shrink(made, bits)
    made.replace(path)


def export(network: ReaderNetwork, folder: Path, vocabulary: Path, *, bits: int = 8) -> None:
    """Writes the three networks, the tokeniser and the checksums into a folder; the shipped pointer too where it has none."""
    folder.mkdir(parents=True, exist_ok=True)
    lower, pooler, tokenizer = load_pretrained(vocabulary)
    ones = torch.ones(2, 24, dtype=torch.long)
    states = torch.randn(2, 24, WIDTH)
    vector = {"vector": {0: "n"}}
    export_network(lower, {"ids": ones * 5, "mask": ones}, {"states": dict(_TOKENS)}, folder / LOWER)
    export_network(pooler, {"states": states, "mask": ones}, vector, folder / POOLER)
    export_reader(network, folder / READER)
    shrink(folder / LOWER, 4, tables=True)
    shrink(folder / POOLER, 4)
    shrink(folder / READER, bits)
    tokenizer.save(str(folder / TOKENIZER), pretty=False)
    if not (folder / POINTER).exists():
        # The reader runs with the pointer, which stands on the same lower half.
        shutil.copyfile(DEFAULT_FOLDER / POINTER, folder / POINTER)
    write_checksums(folder)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("build/reader"), help="checkpoints of the training")
    parser.add_argument("--course", default="teaching", help="the checkpoint's name")
    parser.add_argument("--out", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("--tokenizer", type=Path, default=DEFAULT_FOLDER / TOKENIZER, help="the vocabulary kept")
    options = parser.parse_args()
    network = ReaderNetwork()
    network.load_state_dict(torch.load(options.work / f"{options.course}.pt", weights_only=True))
    export(network, options.out, options.tokenizer)


if __name__ == "__main__":
    main()
