"""Who may use a served assistant: `user:bcrypt-hash` lines, as Apache's htpasswd writes them.

Nothing here knows HTTP. A password is never stored, and a line is never repeated in a message.
"""

import hashlib
import hmac
import os
import re
import secrets
import stat
from collections import OrderedDict
from pathlib import Path

import bcrypt

from source.errors import HakushoError

# bcrypt reads no more than this many bytes of a password.
MAX_PASSWORD = 72
_HASH = re.compile(r"\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}")
# Each step doubles the time of a check: 14 is about a second.
_COSTS = range(4, 15)
_REMEMBERED = 1024


class AccountError(HakushoError):
    """An auth file or a password that cannot be used."""


class Accounts:
    """The users of one auth file. `check` is slow by design the first time, quick afterwards; thread-safe."""

    def __init__(self, hashes: dict[str, bytes]) -> None:
        self._hashes = hashes
        # An unknown user costs as much time as a wrong password, so that names cannot be guessed by the clock.
        cost = max(int(h[4:6]) for h in hashes.values())
        self._decoy = bcrypt.hashpw(secrets.token_bytes(16), bcrypt.gensalt(cost))
        self._key = secrets.token_bytes(32)
        self._known: OrderedDict[bytes, None] = OrderedDict()

    def known(self, user: str, password: str) -> bool:
        """Whether this pair has been found right before: quick enough for an event loop."""
        return self._digest(user, password) in self._known

    def check(self, user: str, password: str) -> bool:
        """Whether the password is the user's."""
        if self.known(user, password):
            return True
        given = password.encode()
        usable = 0 < len(given) <= MAX_PASSWORD and b"\0" not in given
        right = bcrypt.checkpw(given if usable else b"-", self._hashes.get(user, self._decoy))
        if not (right and usable and user in self._hashes):
            return False
        self._known[self._digest(user, password)] = None
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return True

    def _digest(self, user: str, password: str) -> bytes:
        """A keyed digest of the pair: looking it up says nothing about the password, by content or by time."""
        return hmac.digest(self._key, f"{len(user)}:{user}:{password}".encode("utf-8", "surrogatepass"), hashlib.sha256)


def read_accounts(path: Path) -> Accounts:
    """Reads an auth file. Raises AccountError, with the line and the remedy, for anything that is not right."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        mode = path.stat().st_mode
    except OSError as error:
        raise AccountError(f"cannot read the auth file {path} ({error.strerror}): name a file of `user:hash` lines") from None
    except UnicodeDecodeError:
        raise AccountError(f"the auth file {path} is not UTF-8: save it as UTF-8") from None
    if os.name == "posix" and mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise AccountError(f"others may write to the auth file {path}: run `chmod 600 {path}`")
    hashes: dict[str, bytes] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            user, hashed = _account(line.strip(), f"line {number} of {path}")
            if user in hashes:
                raise AccountError(f"line {number} of {path} names {user!r} again: keep one line a user")
            hashes[user] = hashed
    if not hashes:
        raise AccountError(f"the auth file {path} holds no user: add a line made by `hakusho password USER`")
    return Accounts(hashes)


def _account(line: str, where: str) -> tuple[str, bytes]:
    user, colon, hashed = line.partition(":")
    if not colon or not user:
        raise AccountError(f"{where} is not `user:hash`: make the line with `hakusho password USER`")
    found = _HASH.fullmatch(hashed)
    if found is None:
        raise AccountError(f"{where} holds no bcrypt hash: make the line with `hakusho password {user}` or `htpasswd -nB {user}`")
    if int(found[1]) not in _COSTS:
        raise AccountError(f"{where} has a bcrypt cost of {found[1]}: use one from {_COSTS[0]} to {_COSTS[-1]}")
    return user, hashed.encode()


def account_line(user: str, password: str) -> str:
    """A line for an auth file. Raises AccountError for a name or password that cannot be used."""
    if not user or ":" in user or user.startswith("#") or user != user.strip() or not user.isprintable():
        raise AccountError(
            f"{user!r} cannot be a user's name: use letters, digits and signs other than `:`, not beginning with #"
        )
    given = password.encode("utf-8", "replace")
    if not given or b"\0" in given:
        raise AccountError("the password is empty or holds a null character: choose another")
    if len(given) > MAX_PASSWORD:
        raise AccountError(f"the password takes {len(given)} bytes: choose one of at most {MAX_PASSWORD}")
    return f"{user}:{bcrypt.hashpw(given, bcrypt.gensalt()).decode()}"
