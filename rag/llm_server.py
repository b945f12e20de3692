"""A model behind an OpenAI-compatible server, asked over a connection of its own each time.

The connection lives in the event loop that asks and is closed with it, so that a cancelled
request leaves nothing open.
"""

from collections.abc import Sequence
from typing import Any

import httpx
from llama_index.core.base.llms.types import ChatMessage, ChatResponseAsyncGen
from llama_index.llms.openai_like import OpenAILike
from pydantic import PrivateAttr

from rag.llm_settings import LlmSettings


class ServerModel(OpenAILike):
    """LlamaIndex's OpenAI-like client with Hakusho's settings."""

    _settings: LlmSettings = PrivateAttr()

    @classmethod
    def of(cls, settings: LlmSettings, http: httpx.AsyncClient | None = None) -> "ServerModel":
        """The client for a server; `http` is the connection to use."""
        made = cls(
            model=settings.model,
            api_base=settings.base_url,
            # The protocol wants some key; a server without one ignores it.
            api_key=settings.api_key or "none",
            is_chat_model=True,
            context_window=settings.context,
            max_tokens=settings.output,
            temperature=0.0,
            timeout=settings.overall,
            max_retries=0,
            async_http_client=http,
        )
        made._settings = settings
        return made

    async def astream_chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponseAsyncGen:
        """The answer as it comes."""
        if self._async_http_client is not None:
            answer: ChatResponseAsyncGen = await super().astream_chat(messages, **kwargs)
            return answer
        return self._over_own_connection(messages, kwargs)

    async def _over_own_connection(self, messages: Sequence[ChatMessage], kwargs: dict[str, Any]) -> ChatResponseAsyncGen:
        # Waits for tokens are bounded by `rag.llm_stream`, which can tell the first from the next.
        timeout = httpx.Timeout(self._settings.overall, connect=self._settings.connect)
        async with httpx.AsyncClient(timeout=timeout, follow_redirects=True) as http:
            once = ServerModel.of(self._settings, http)
            async for response in await once.astream_chat(messages, timeout=timeout, **kwargs):
                yield response
