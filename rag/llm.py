"""A language model as LlamaIndex knows it: one behind an OpenAI-like server, or a local folder."""

from importlib.util import find_spec
from typing import TYPE_CHECKING

from rag.llm_settings import LlmSettings
from source.errors import HakushoError

if TYPE_CHECKING:
    from llama_index.core.llms import LLM


class LlmError(HakushoError):
    """The language model cannot be used as it is installed."""


def load_llm(settings: LlmSettings) -> "LLM":
    """The model that the settings name; nothing is sent as yet. Raises LlmError."""
    if not settings.base_url:
        from rag.llm_local import LocalModel

        return LocalModel.load(settings)
    if find_spec("llama_index.llms.openai_like") is None:
        raise LlmError("a language model needs one more package: run `pip install 'hakusho[llm]'`, or use --llm none")
    return _openai_like(settings)


def _openai_like(settings: LlmSettings) -> "LLM":
    import httpx
    from llama_index.llms.openai_like import OpenAILike

    # Waits for tokens are bounded by `rag.llm_stream`, which can tell the first from the next.
    timeout = httpx.Timeout(settings.overall, connect=settings.connect)
    return OpenAILike(
        model=settings.model,
        api_base=settings.base_url,
        # The protocol wants some key; a server without one ignores it.
        api_key=settings.api_key or "none",
        is_chat_model=True,
        context_window=settings.context,
        max_tokens=settings.output,
        temperature=0.0,
        max_retries=0,
        reuse_client=False,
        additional_kwargs={"timeout": timeout},
    )
