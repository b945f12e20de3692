"""A real, tiny, untrained transformer: as a local folder, and behind a server with true token streams."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from eval.llm_server import llm_server
from index.local import LocalIndex
from rag.assistant import Assistant
from rag.llm_local import LocalModel
from rag.llm_settings import LlmSettings, llm_settings
from source.errors import HakushoError

QUESTION = "3月に訪日したウズベキスタンの外相は誰ですか。"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A GPT-2 of two layers with a byte tokeniser, saved as transformers saves models."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE(vocab={c: i for i, c in enumerate([*alphabet, "<eos>"])}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    made = tmp_path_factory.mktemp("model")
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<eos>").save_pretrained(made)
    config = GPT2Config(vocab_size=257, n_positions=2048, n_embd=16, n_layer=2, n_head=2, eos_token_id=256, bos_token_id=256)
    GPT2LMHeadModel(config).save_pretrained(made)
    return made


def test_a_local_folder_never_gets_its_babble_through(index: LocalIndex, folder: Path) -> None:
    answer = Assistant(index, llm=LlmSettings(str(folder), output=40)).ask(QUESTION)
    assert answer.mode == "quote"
    assert [c.passage for c in answer.citations] == ["ca-2-07-1"]
    assert answer.notice


def test_a_local_folder_streams_and_stops(folder: Path) -> None:
    model = LocalModel.load(LlmSettings(str(folder), output=30))
    whole = model.complete("白書").text
    stream = model.stream_complete("白書")
    first = next(stream)
    stream.close()
    assert whole.startswith(first.text)
    assert model.count("abc") == 3


def test_true_token_streams_over_the_protocol(index: LocalIndex, folder: Path) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer, TextIteratorStreamer

    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    model = AutoModelForCausalLM.from_pretrained(folder, local_files_only=True)
    sent: list[str] = []

    def script(asked: dict[str, Any]) -> Iterator[str]:
        streamer = TextIteratorStreamer(tokenizer, skip_prompt=True, skip_special_tokens=True)
        prompt = tokenizer(asked["messages"][-1]["content"][-200:], return_tensors="pt")
        threading.Thread(target=model.generate, kwargs={**prompt, "max_new_tokens": 60, "streamer": streamer}).start()
        for piece in streamer:
            sent.append(piece)
            yield piece

    with llm_server(script) as (url, seen):
        answer = Assistant(index, llm=LlmSettings("tiny", url)).ask(QUESTION)
    assert sent
    assert len(seen.requests) == 1
    assert answer.mode == "quote"
    assert answer.citations


def test_a_folder_without_a_model_is_told(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    with pytest.raises(HakushoError, match="no text-generation model"):
        LocalModel.load(llm_settings(str(tmp_path), {}))
