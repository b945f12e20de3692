"""The page behind a password and under a proxy's root path, in a real Chromium."""

from collections.abc import Iterator

import bcrypt
import pytest
from browser import serving
from playwright.sync_api import Browser, Error, expect

USER = {"username": "hanako", "password": "open"}


@pytest.fixture(scope="module")
def address(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("guarded")
    users = folder / "users"
    users.write_text(f"hanako:{bcrypt.hashpw(b'open', bcrypt.gensalt(4)).decode()}\n", encoding="utf-8")
    users.chmod(0o600)
    with serving("--auth-file", str(users), "--root-path", "/haku", index=folder / "index") as at:
        yield at


def test_the_page_answers_under_the_root_path(browser: Browser, address: str) -> None:
    context = browser.new_context(http_credentials=USER, locale="ja-JP")
    page = context.new_page()
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.goto(address.rstrip("/"))
    box = page.locator("#box")
    box.fill("租税条約はいつ署名されましたか")
    box.press("Enter")
    expect(page.locator(".turn .reply").last).to_contain_text("12月")
    assert page.url == address
    stray = [url for url in requested if not url.startswith((address, address.rstrip("/"), "data:", "blob:"))]
    assert not stray, f"requests outside the root path: {stray}"
    context.close()


def test_without_the_password_there_is_no_page(browser: Browser, address: str) -> None:
    context = browser.new_context()
    with pytest.raises(Error, match="INVALID_AUTH_CREDENTIALS"):
        context.new_page().goto(address)
    context.close()
