"""A local folder with a text-generation model, run by transformers on this machine."""

import threading
from collections.abc import Sequence
from typing import Any

from llama_index.core.base.llms.types import (
    ChatMessage,
    ChatResponse,
    ChatResponseAsyncGen,
    CompletionResponse,
    CompletionResponseGen,
    LLMMetadata,
    MessageRole,
)
from llama_index.core.llms import CustomLLM
from pydantic import PrivateAttr

from rag.llm_settings import LlmSettings
from source.errors import HakushoError


class LocalModel(CustomLLM):
    """A causal language model with its tokeniser, as a LlamaIndex LLM."""

    name: str
    context: int
    output: int
    _model: Any = PrivateAttr()
    _tokenizer: Any = PrivateAttr()

    @classmethod
    def load(cls, settings: LlmSettings) -> "LocalModel":
        """Reads the folder; nothing is downloaded. Raises HakushoError where it holds no such model."""
        from transformers import AutoModelForCausalLM, AutoTokenizer

        try:
            tokenizer = AutoTokenizer.from_pretrained(settings.model, local_files_only=True)
            model: Any = AutoModelForCausalLM.from_pretrained(settings.model, local_files_only=True)
        except (OSError, ValueError, KeyError) as error:
            raise HakushoError(
                f"the folder {settings.model!r} holds no text-generation model that transformers can read "
                f"({type(error).__name__}): name another with HAKUSHO_LLM_MODEL or --llm"
            ) from None
        room = getattr(model.config, "max_position_embeddings", None) or settings.context
        made = cls(name=settings.model, context=min(settings.context, room), output=min(settings.output, room // 3))
        made._model, made._tokenizer = model.eval(), tokenizer
        return made

    @property
    def metadata(self) -> LLMMetadata:
        """Sizes and name."""
        return LLMMetadata(context_window=self.context, num_output=self.output, is_chat_model=True, model_name=self.name)

    def count(self, text: str) -> int:
        """The tokens of a text."""
        return len(self._tokenizer(text)["input_ids"])

    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        """The whole continuation of a prompt."""
        *_, last = [CompletionResponse(text=""), *self.stream_complete(prompt)]
        return last

    def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponseGen:
        """The continuation as it comes; closing the generator ends the generation."""
        from transformers import TextIteratorStreamer

        streamer, stop = TextIteratorStreamer(self._tokenizer, skip_prompt=True, skip_special_tokens=True), threading.Event()
        self._start(prompt, streamer, stop)
        text = ""
        try:
            for piece in streamer:
                text += piece
                yield CompletionResponse(text=text, delta=piece)
        finally:
            stop.set()

    async def astream_chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponseAsyncGen:
        """The answer as it comes; cancelling ends the generation at the next token."""
        from transformers import AsyncTextIteratorStreamer

        streamer, stop = AsyncTextIteratorStreamer(self._tokenizer, skip_prompt=True, skip_special_tokens=True), threading.Event()
        self._start(self._prompt(messages), streamer, stop)

        async def answer() -> ChatResponseAsyncGen:
            text = ""
            try:
                async for piece in streamer:
                    text += piece
                    yield ChatResponse(message=ChatMessage(text, role=MessageRole.ASSISTANT), delta=piece)
            finally:
                stop.set()

        return answer()

    def _start(self, prompt: str, streamer: Any, stop: threading.Event) -> None:
        """Generates in a thread; the streamer ends whatever happens there."""
        from transformers import StoppingCriteria

        class Stopped(StoppingCriteria):
            def __call__(self, input_ids: Any, scores: Any, **kwargs: Any) -> Any:
                return input_ids.new_full((input_ids.shape[0],), stop.is_set()).bool()

        given = self._tokenizer(prompt, return_tensors="pt", truncation=True, max_length=self.context - self.output)

        def generate() -> None:
            try:
                self._model.generate(
                    **given, max_new_tokens=self.output, do_sample=False, streamer=streamer, stopping_criteria=[Stopped()]
                )
            except RuntimeError:
                streamer.end()

        threading.Thread(target=generate, name="local-model", daemon=True).start()

    def _prompt(self, messages: Sequence[ChatMessage]) -> str:
        turns = [{"role": m.role.value, "content": m.content or ""} for m in messages]
        if getattr(self._tokenizer, "chat_template", None):
            return str(self._tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True))
        return "\n\n".join(t["content"] for t in turns) + "\n\n"
