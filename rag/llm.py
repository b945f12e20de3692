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
    from rag.llm_server import ServerModel

    return ServerModel.of(settings)
