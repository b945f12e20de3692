"""What can go wrong with a language model, told from whatever its client raises.

The texts of errors are never passed on: a server's message may repeat the key it was sent.
"""

import email.utils
import time
from collections.abc import Iterator
from typing import Literal

import httpx

FaultKind = Literal[
    "unreachable", "refused", "unknown_model", "busy", "failed", "slow", "stalled", "long", "malformed", "cut", "empty", "endless"
]
_PASSING = ("unreachable", "busy", "failed")


class ModelFaultError(Exception):
    """A language model gave no answer, or not a whole one. `wait` is what the server asked for, in seconds."""

    def __init__(self, kind: FaultKind, wait: float | None = None) -> None:
        super().__init__(kind)
        self.kind: FaultKind = kind
        self.wait = wait

    @property
    def passing(self) -> bool:
        """Whether asking once more may help."""
        return self.kind in _PASSING


def fault_of(error: BaseException, *, began: bool) -> ModelFaultError:
    """The fault that an error of any client stands for; `began` says whether text had come."""
    chain = list(_causes(error))
    for cause in chain:
        status = getattr(cause, "status_code", None)
        if isinstance(status, int):
            return _of_status(status, getattr(getattr(cause, "response", None), "headers", {}))
    if any(isinstance(c, httpx.TimeoutException) for c in chain):
        connecting = any(isinstance(c, httpx.ConnectTimeout) for c in chain)
        return ModelFaultError("unreachable" if connecting else "stalled" if began else "slow")
    if any(isinstance(c, httpx.TransportError | OSError) for c in chain):
        return ModelFaultError("cut" if began else "unreachable")
    if any(isinstance(c, ValueError | TypeError | AttributeError | KeyError) for c in chain):
        return ModelFaultError("malformed")
    return ModelFaultError("cut" if began else "failed")


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    for _ in range(8):
        if seen is None:
            return
        yield seen
        seen = seen.__cause__ or seen.__context__


def _of_status(status: int, headers: object) -> ModelFaultError:
    if status in (401, 403):
        return ModelFaultError("refused")
    if status == 404:
        return ModelFaultError("unknown_model")
    if status == 429:
        return ModelFaultError("busy", _wait(headers))
    return ModelFaultError("failed", _wait(headers)) if status >= 500 or status == 408 else ModelFaultError("malformed")


def _wait(headers: object) -> float | None:
    """Retry-After in seconds, given as a number or as a date (RFC 9110, 10.2.3)."""
    given = headers.get("retry-after") if isinstance(headers, httpx.Headers) else None
    if given is None:
        return None
    if given.strip().isdigit():
        return float(given)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(given).timestamp() - time.time())
    except ValueError:
        return None
