"""What stands before every request: the proxy's root path, the host and origin it names, its size, its password."""

import base64
import binascii
import logging
from functools import partial
from urllib.parse import quote

import anyio
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.access import Access
from rag.accounts import Accounts
from rag.http_problem import error_response, inner_path

MAX_BODY = 1 << 20
OPEN_TO_ALL = ("/healthz",)
_LOG = logging.getLogger("hakusho")
_CHALLENGE = {"WWW-Authenticate": 'Basic realm="Hakusho", charset="UTF-8"'}


class RootPath:
    """Serves under a root path, whether the proxy in front takes it off or leaves it on."""

    def __init__(self, app: ASGIApp, root_path: str) -> None:
        self._app, self._root = app, root_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Puts the root path in front of a path that lacks it."""
        app: ASGIApp = self._app
        if self._root and scope["type"] in ("http", "websocket"):
            path = scope["path"]
            if path == self._root:
                app = RedirectResponse(self._folder(scope))
            elif not path.startswith(f"{self._root}/"):
                path = self._root + path
            scope = {**scope, "root_path": self._root, "path": path, "raw_path": quote(path).encode()}
        await app(scope, receive, send)

    def _folder(self, scope: Scope) -> str:
        """The address of the page, whose own addresses are relative to a folder, with what was asked of it."""
        query = scope["query_string"].decode("latin-1")
        return f"{self._root}/?{query}" if query else f"{self._root}/"


class Doorkeeper:
    """Lets in requests that name this server, come from its own pages, and know a password where one is asked for."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app, self._access = app, access
        self._checks = anyio.CapacityLimiter(2)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuses with the remedy, or passes the request on."""
        if scope["type"] not in ("http", "websocket"):
            return await self._app(scope, receive, send)
        headers, path = Headers(scope=scope), inner_path(scope)
        refusal = self._stranger(headers) or await self._unknown(headers, path, scope)
        if refusal is None:
            return await self._app(scope, receive, send)
        if scope["type"] == "websocket":
            return await send({"type": "websocket.close", "code": 1008})
        status, detail = refusal
        response = error_response(path, status, detail, headers=_CHALLENGE if status == 401 else None)
        return await response(scope, receive, send)

    def _stranger(self, headers: Headers) -> tuple[int, str] | None:
        host, origin = headers.get("host", ""), headers.get("origin")
        if not self._access.admits_host(host):
            return 421, "this server does not go by that name: start it with --allow-host NAME to use it under a name"
        if origin is not None and not self._access.admits_origin(origin, host):
            return 403, "pages of another origin may not call this server: start it with --allow-origin ORIGIN to let them"
        return None

    async def _unknown(self, headers: Headers, path: str, scope: Scope) -> tuple[int, str] | None:
        accounts = self._access.accounts
        # A browser asks whether it may send a password before it sends one.
        preflight = scope.get("method") == "OPTIONS" and "access-control-request-method" in headers
        if accounts is None or path in OPEN_TO_ALL or preflight:
            return None
        pair = credentials(headers.get("authorization", ""))
        if pair is None:
            return 401, "a user and password are needed: send them as HTTP Basic, or as the API key `user:password`"
        if accounts.known(*pair) or await self._check(accounts, pair):
            return None
        client = (scope.get("client") or ("?",))[0]
        _LOG.warning("wrong user or password from %s", client)
        return 401, "the user or the password is wrong: send those of the auth file"

    async def _check(self, accounts: Accounts, pair: tuple[str, str]) -> bool:
        return await anyio.to_thread.run_sync(partial(accounts.check, *pair), limiter=self._checks)


def credentials(header: str) -> tuple[str, str] | None:
    """User and password of an `Authorization` header: HTTP Basic, or an API key (Bearer) `user:password`."""
    scheme, _, value = header.partition(" ")
    try:
        if scheme.lower() == "basic":
            text = base64.b64decode(value.strip(), validate=True).decode()
        elif scheme.lower() == "bearer":
            text = value.strip().encode("latin-1").decode()
        else:
            return None
    except (binascii.Error, UnicodeError):
        return None
    user, colon, password = text.partition(":")
    return (user, password) if colon else None


class BodyLimit:
    """Refuses a request body beyond `limit` bytes, announced or not."""

    def __init__(self, app: ASGIApp, limit: int = MAX_BODY) -> None:
        self._app, self._limit = app, limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Counts what comes."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        detail = f"the request is larger than {self._limit} bytes: send less at once"
        announced = Headers(scope=scope).get("content-length", "0")
        if announced.isdecimal() and int(announced) > self._limit:
            response = error_response(inner_path(scope), 413, detail, headers={"Connection": "close"})
            return await response(scope, receive, send)
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._limit:
                raise HTTPException(413, detail)
            return message

        return await self._app(scope, counted, send)
