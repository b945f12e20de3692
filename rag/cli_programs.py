"""The command line for what programs use: the settings of `serve`, and the commands `mcp` and `password`."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rag.access import Access


def access_options(serve: argparse.ArgumentParser) -> None:
    """Who may reach the server, and under which names."""
    serve.add_argument("--auth-file", type=Path, metavar="FILE", help="who may come in: lines made by `hakusho password USER`")
    serve.add_argument("--root-path", default="", metavar="/PATH", help="where a reverse proxy shows the server")
    serve.add_argument("--allow-host", action="append", default=[], metavar="NAME", help="a name of this server; may be repeated")
    serve.add_argument(
        "--allow-origin", action="append", default=[], metavar="ORIGIN", help="a site whose pages may call; may be repeated"
    )


def read_access(given: argparse.Namespace) -> "Access":
    """The settings, checked; an open server on a network is remarked upon."""
    from rag.access import is_loopback, make_access

    access = make_access(given.auth_file, given.root_path, given.allow_host, given.allow_origin)
    if access.accounts is None and not is_loopback(given.host):
        _notice(f"anyone who can reach {given.host} can ask: --auth-file FILE asks for a password")
    return access


def run_mcp(given: argparse.Namespace) -> int:
    """Serves agents until standard input ends."""
    from rag.assistant import Assistant
    from rag.llm_settings import llm_settings
    from rag.mcp_server import run_stdio
    from rag.service import Service

    assistant = Assistant.open(given.index, progress=_notice, llm=llm_settings(given.llm))
    if sys.stdin.isatty():
        _notice("waiting for an MCP client on standard input: an agent starts this command itself (Ctrl+D ends it)")
    run_stdio(Service(assistant))
    return 0


def make_password(given: argparse.Namespace) -> int:
    """Asks for a password, or reads it from standard input, and prints the user's line."""
    from getpass import getpass

    from rag.accounts import AccountError, account_line

    if sys.stdin.isatty():
        password = getpass("Password: ")
        if getpass("Again: ") != password:
            raise AccountError("the two passwords differ: try again")
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    print(account_line(given.user, password))
    return 0


def _notice(text: str) -> None:
    print(text, file=sys.stderr)
