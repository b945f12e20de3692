"""What stands before every request: password, names, origins, a proxy's root path."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import bcrypt
import httpx
import openai
import pytest
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from server import CLIENT, PATIENCE, running

from rag.access import Access, is_loopback, make_access
from rag.assistant import Assistant

ROOT = Path(__file__).parent.parent
USER = ("花子", "ひらけ:ごま")
LINE = f"{USER[0]}:{bcrypt.hashpw(USER[1].encode(), bcrypt.gensalt(4)).decode()}\n"
SIGNED = "租税条約はいつ署名されましたか"


@pytest.fixture(scope="module")
def auth_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("auth") / "users"
    path.write_text(LINE, encoding="utf-8")
    path.chmod(0o600)
    return path


@pytest.fixture(scope="module")
def guarded(assistant: Assistant, auth_file: Path) -> Iterator[str]:
    """Behind a password, a proxy at /haku, a name and an origin."""
    access = make_access(auth_file, "/haku", ["Docs.example.org"], ["https://tools.example.org/"])
    with running(assistant, access) as address:
        yield address


@pytest.mark.parametrize("path", ["/", "/gradio_api/info", "/v1/documents", "/v1/models", "/metrics", "/openapi.json", "/mcp"])
def test_everything_asks_for_the_password(guarded: str, path: str) -> None:
    for prefix in ("", "/haku"):
        for auth in (None, (USER[0], "x"), ("x", USER[1])):
            refused = CLIENT.get(f"{guarded}{prefix}{path}", auth=auth)
            assert refused.status_code == 401
            assert refused.headers["www-authenticate"].startswith("Basic")
            body = refused.json()
            assert "user" in (body["error"]["message"] if path == "/v1/models" else body["detail"])
        assert CLIENT.get(f"{guarded}{prefix}{path}", auth=USER).status_code != 401


@pytest.mark.parametrize("header", ["Basic", "Basic !!!", "Basic /w==", "Basic YQ==", "Bearer", "Bearer a", "Digest x", "é"])
def test_broken_credentials_are_refused(guarded: str, header: str) -> None:
    assert CLIENT.get(f"{guarded}/v1/documents", headers={"Authorization": header.encode()}).status_code == 401


def test_health_needs_no_password(guarded: str) -> None:
    assert CLIENT.get(f"{guarded}/healthz").status_code == 200
    assert CLIENT.get(f"{guarded}/haku/healthz").status_code == 200
    assert CLIENT.get(f"{guarded}/haku/healthz/../metrics").status_code == 401


def test_clients_pass_the_password(guarded: str) -> None:
    answer = CLIENT.post(f"{guarded}/haku/v1/ask", json={"question": SIGNED}, auth=USER, timeout=PATIENCE).json()
    client = openai.OpenAI(base_url=f"{guarded}/haku/v1", api_key="none", http_client=httpx.Client(auth=USER), max_retries=0)
    completion = client.chat.completions.create(model="hakusho", messages=[{"role": "user", "content": SIGNED}])
    assert completion.citations == answer["citations"]  # type: ignore[attr-defined]
    with pytest.raises(openai.AuthenticationError, match="user"):
        openai.OpenAI(base_url=f"{guarded}/haku/v1", api_key="none", max_retries=0).models.list()

    async def agent() -> bool:
        signed_in = httpx.AsyncClient(auth=USER, follow_redirects=True)
        transport = streamable_http_client(f"{guarded}/haku/mcp", http_client=signed_in)
        async with transport as (incoming, outgoing, _), ClientSession(incoming, outgoing) as session:
            await session.initialize()
            result = await session.call_tool("ask", {"question": SIGNED})
            return bool(result.structuredContent) and result.structuredContent["citations"] == answer["citations"]

    assert asyncio.run(asyncio.wait_for(agent(), PATIENCE))


def test_an_api_key_is_user_and_password(assistant: Assistant, tmp_path: Path) -> None:
    path = tmp_path / "users"
    path.write_text(f"taro:{bcrypt.hashpw(b'open', bcrypt.gensalt(4)).decode()}", encoding="utf-8")
    path.chmod(0o600)
    with running(assistant, make_access(path)) as address:
        models = openai.OpenAI(base_url=f"{address}/v1", api_key="taro:open", max_retries=0).models.list()
        assert [m.id for m in models] == ["hakusho"]


def test_the_page_and_the_programs_stand_under_the_root_path(guarded: str) -> None:
    with httpx.Client(base_url=guarded, auth=USER) as client:
        moved = client.get("/haku?passage=ca-2-07-1")
        assert (moved.status_code, moved.headers["location"]) == (307, "/haku/?passage=ca-2-07-1")
        # A proxy that leaves the root path on, and one that takes it off.
        for prefix in ("/haku", ""):
            assert client.get(f"{prefix}/v1/documents").status_code == 200
            page = client.get(f"{prefix}/?passage=ca-2-07-1")
            assert page.status_code == 200
            assert "/haku" in page.text
            assert client.get(f"{prefix}/gradio_api/info").status_code == 200
        description = client.get("/haku/openapi.json").json()
        assert description["servers"] == [{"url": "/haku"}]
        assert description["paths"]["/v1/ask"]["post"]["security"] == [{"basic": []}]
        assert "security" not in description["paths"]["/healthz"]["get"]
        assert client.get("/hakusho/v1/documents").status_code == 404


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:7860", 200),
        ("192.168.0.7", 200),
        ("[::1]:7860", 200),
        ("localhost:1", 200),
        ("hakusho", 200),
        ("docs.example.org", 200),
        ("DOCS.example.org.:443", 200),
        ("example.org", 421),
        ("docs.example.org.attacker.net", 421),
        ("127.0.0.1.attacker.net", 421),
        ("", 421),
    ],
)
def test_only_its_own_names(guarded: str, host: str, status: int) -> None:
    response = CLIENT.get(f"{guarded}/healthz", headers={"Host": host})
    assert response.status_code == status
    if status == 421:
        assert "--allow-host" in response.json()["detail"]


@pytest.mark.parametrize(
    ("origin", "host", "status"),
    [
        ("http://127.0.0.1:7860", "127.0.0.1:7860", 200),
        ("https://docs.example.org", "127.0.0.1:7860", 200),
        ("https://docs.example.org", "docs.example.org", 200),
        ("http://localhost:80", "localhost", 200),
        ("https://tools.example.org", "127.0.0.1", 200),
        ("http://tools.example.org", "127.0.0.1", 403),
        ("http://127.0.0.1:9999", "127.0.0.1:7860", 403),
        ("https://attacker.net", "127.0.0.1", 403),
        ("null", "127.0.0.1", 403),
        ("file://", "127.0.0.1", 403),
    ],
)
def test_only_its_own_pages(guarded: str, origin: str, host: str, status: int) -> None:
    response = CLIENT.get(f"{guarded}/healthz", headers={"Host": host, "Origin": origin})
    assert response.status_code == status


def test_other_origins_get_in_when_they_are_named(guarded: str, served: str) -> None:
    asks = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}
    origin = {"Origin": "https://tools.example.org"}
    allowed = CLIENT.options(f"{guarded}/haku/v1/ask", headers={**origin, **asks})
    assert allowed.status_code == 200
    assert allowed.headers["access-control-allow-origin"] == origin["Origin"]
    answer = CLIENT.get(f"{guarded}/haku/v1/documents", headers=origin, auth=USER)
    assert answer.headers["access-control-allow-origin"] == origin["Origin"]
    # By default nobody.
    refused = CLIENT.options(f"{served}/v1/ask", headers={**origin, **asks})
    assert refused.status_code == 403
    assert "access-control-allow-origin" not in CLIENT.get(f"{served}/v1/documents").headers


def test_names_by_form() -> None:
    assert Access().admits_host("xn--n8j.localhost")
    assert not Access().admits_host("1.2.3.4.5")
    assert not Access(hosts=("a.org",)).admits_host("b.a.org")
    assert [is_loopback(h) for h in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "docs.example.org")] == [True] * 3 + [False] * 2


def test_the_command_serves_with_all_settings(auth_file: Path, index_folder: Path) -> None:
    arguments = ["--host", "0.0.0.0", "--port", "0", "--auth-file", str(auth_file), "--root-path", "/haku/"]
    process = subprocess.Popen(
        [sys.executable, "-m", "rag", "serve", *arguments, "--allow-host", "docs.example.org"],
        cwd=ROOT,
        env={**os.environ, "HAKUSHO_INDEX": str(index_folder)},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout
        address = next(line for line in process.stdout if "http://" in line).split()[1].replace("0.0.0.0", "127.0.0.1")
        assert address.endswith("/haku/")
        assert CLIENT.get(f"{address}v1/documents").status_code == 401
        named = {"Host": "docs.example.org"}
        assert CLIENT.get(f"{address}v1/documents", auth=USER, headers=named).status_code == 200
    finally:
        process.terminate()
        assert process.wait(PATIENCE) in (0, -15, 1)
