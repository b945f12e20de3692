"""Which language model is asked, if any: named by `--llm`, else by the environment.

Nothing heavy is imported here: with nothing configured, quote mode costs nothing more.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from source.errors import HakushoError

# What servers that hold one model (llama.cpp) take for its name.
_ANY_MODEL = "default"


class LlmSettingsError(HakushoError):
    """The language model is not named in a way that can be used."""


@dataclass(frozen=True, slots=True)
class LlmSettings:
    """A language model and how long to wait for it; no model at all means quote mode.

    `model` is a name at the server, or, without `base_url`, a folder that transformers can read.
    Times are in seconds, `context` and `output` in tokens, `most_characters` bounds an endless answer.
    """

    model: str = ""
    base_url: str = ""
    api_key: str = field(default="", repr=False)
    context: int = 4096
    output: int = 700
    connect: float = 5.0
    first_token: float = 90.0
    between_tokens: float = 20.0
    overall: float = 240.0
    retries: int = 2
    backoff: float = 0.5
    longest_wait: float = 10.0
    most_characters: int = 12_000

    def __bool__(self) -> bool:
        return bool(self.model or self.base_url)

    @property
    def shown(self) -> str:
        """The model and its server for people to read; never the key.

        >>> LlmSettings("qwen3", "http://127.0.0.1:11434/v1", api_key="secret").shown
        'qwen3 at 127.0.0.1:11434'
        """
        if not self.base_url:
            return Path(self.model).name
        parts = urlsplit(self.base_url)
        return f"{self.model} at {parts.hostname}" + (f":{parts.port}" if parts.port else "")


QUOTE_ONLY = LlmSettings()


def llm_settings(named: str | None = None, environment: Mapping[str, str] | None = None) -> LlmSettings:
    """The model of `--llm` (`URL`, `URL#MODEL`, a folder, or `none`), else of the environment.

    Raises LlmSettingsError.

    >>> llm_settings("http://127.0.0.1:8080/v1#qwen3", {}).model
    'qwen3'
    >>> bool(llm_settings("none", {"HAKUSHO_LLM_MODEL": "qwen3"}))
    False
    """
    held = os.environ if environment is None else environment
    url, model = held.get("HAKUSHO_LLM_BASE_URL", "").strip(), held.get("HAKUSHO_LLM_MODEL", "").strip()
    if named is not None:
        url, model = _named(named.strip(), model)
    if not url and not model:
        return QUOTE_ONLY
    context = _whole(held.get("HAKUSHO_LLM_CONTEXT", ""), 4096)
    key = held.get("HAKUSHO_LLM_API_KEY", "")
    if not url:
        return LlmSettings(_folder(model), context=context)
    return LlmSettings(model or _ANY_MODEL, _address(url), key, context)


def _named(named: str, model: str) -> tuple[str, str]:
    if named == "none":
        return "", ""
    if "://" not in named:
        return "", named
    url, _, chosen = named.partition("#")
    return url, chosen or model


def _address(url: str) -> str:
    """The base URL without what people paste after it."""
    try:
        parts = urlsplit(url)
        port_known = parts.port is None or parts.port > 0
    except ValueError:
        port_known, parts = False, urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname or not port_known:
        raise LlmSettingsError("the language model's address is no URL: write it like http://127.0.0.1:11434/v1#MODEL")
    if parts.username or parts.password or parts.query:
        raise LlmSettingsError("the language model's address holds a secret: put the key into HAKUSHO_LLM_API_KEY instead")
    return url.rstrip("/").removesuffix("/chat/completions").removesuffix("/completions")


def _folder(model: str) -> str:
    if not (Path(model) / "config.json").is_file():
        raise LlmSettingsError(
            f"{model!r} is no folder with a text-generation model: name a folder that holds config.json, or give the "
            "server's address too (HAKUSHO_LLM_BASE_URL, or --llm URL#MODEL)"
        )
    return model


def _whole(text: str, otherwise: int) -> int:
    if not text:
        return otherwise
    if not text.isdigit() or int(text) < 1024:
        raise LlmSettingsError(f"HAKUSHO_LLM_CONTEXT is {text!r}: give the model's context in tokens, 1024 or more")
    return int(text)
