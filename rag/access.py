"""Who may reach a served assistant, and under which names: the settings of `hakusho serve`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from rag.accounts import Accounts, read_accounts
from source.errors import HakushoError

_ROOT_PATH = re.compile(r"(/[A-Za-z0-9._~-]+)+")
_HOST = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*|\[[0-9A-Fa-f:.]+\]")
_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://[^/\s?#@]+")


@dataclass(frozen=True, slots=True)
class Access:
    """`hosts` are names of this server besides its addresses, `origins` web pages elsewhere that may call it."""

    accounts: Accounts | None = None
    root_path: str = ""
    hosts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()

    def admits_host(self, host: str) -> bool:
        """Whether a `Host` header names this server.

        A page on the internet can make its own name point at this machine (DNS rebinding), but it then
        sends that name. It cannot own a bare address or a name without a dot.
        """
        name = host_name(host)
        return is_own_by_form(name) or name in self.hosts

    def admits_origin(self, origin: str, host: str) -> bool:
        """Whether a request sent by a page of `origin` may be answered: its own pages, or those that were named."""
        if origin.lower() in self.origins:
            return True
        scheme, _, netloc = origin.lower().partition("://")
        if scheme not in ("http", "https"):
            return False
        return _without_port(netloc, scheme) == _without_port(host.lower(), scheme) or host_name(netloc) in self.hosts


def make_access(
    auth_file: Path | None = None, root_path: str = "", hosts: Sequence[str] = (), origins: Sequence[str] = ()
) -> Access:
    """Checks the settings. Raises HakushoError, with the remedy, for one that cannot be used."""
    root_path = root_path.rstrip("/")
    if root_path and not _ROOT_PATH.fullmatch(root_path):
        raise HakushoError(f"{root_path!r} is no root path: begin with /, as in --root-path /hakusho")
    for host in hosts:
        if not _HOST.fullmatch(host):
            raise HakushoError(f"{host!r} is no host name: give it without http:// and port, as in --allow-host docs.example.org")
    origins = [o.rstrip("/").lower() for o in origins]
    for origin in origins:
        if not _ORIGIN.fullmatch(origin):
            raise HakushoError(f"{origin!r} is no origin: give scheme and host, as in --allow-origin https://tools.example.org")
    accounts = read_accounts(auth_file) if auth_file is not None else None
    return Access(accounts, root_path, tuple(h.lower() for h in hosts), tuple(origins))


def host_name(host: str) -> str:
    """The name in a `Host` header, without port: `[::1]:7860` gives `[::1]`."""
    if host.startswith("["):
        return host.partition("]")[0].lower() + "]"
    return host.partition(":")[0].rstrip(".").lower()


def is_own_by_form(name: str) -> bool:
    """Whether a name cannot belong to a stranger on the internet: an address, or a name without a dot."""
    if not name:
        return False
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        return "." not in name or name.endswith(".localhost")
    return True


def is_loopback(host: str) -> bool:
    """Whether an address to listen on can be reached from this machine alone."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _without_port(netloc: str, scheme: str) -> str:
    """A host with its port, the scheme's usual one left out."""
    return netloc.removesuffix({"http": ":80", "https": ":443"}[scheme])
