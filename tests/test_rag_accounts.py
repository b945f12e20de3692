"""The auth file: what a line may be, and that no mistake passes silently."""

import io
import os
import sys
from pathlib import Path

import bcrypt
import pytest

from rag.accounts import AccountError, Accounts, account_line, read_accounts
from rag.cli import main

HASH = bcrypt.hashpw(b"open", bcrypt.gensalt(4)).decode()


def write(folder: Path, text: str | bytes, mode: int = 0o600) -> Path:
    path = folder / "users"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    path.chmod(mode)
    return path


def test_a_line_that_was_made_lets_its_user_in(tmp_path: Path) -> None:
    accounts = read_accounts(write(tmp_path, f"# staff\n\n{account_line('花子', 'ひらけ ごま:')}\nhtpasswd:{HASH}\n"))
    assert accounts.check("花子", "ひらけ ごま:")
    assert accounts.known("花子", "ひらけ ごま:")
    assert accounts.check("htpasswd", "open")
    for user, password in [("花子", "open"), ("htpasswd", ""), ("stranger", "open"), ("", ""), ("htpasswd", "open" + "x" * 99)]:
        assert not accounts.check(user, password)
        assert not accounts.known(user, password)


def test_names_and_passwords_are_not_mixed_up() -> None:
    accounts = Accounts({"a": HASH.encode()})
    assert accounts.check("a", "open")
    assert not accounts.known("a:open", "")
    assert not accounts.known("", "a:open")


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("", "holds no user"),
        ("# nobody\n", "holds no user"),
        ("hanako\n", "line 1 .* is not `user:hash`"),
        (f":{HASH}\n", "line 1 .* is not `user:hash`"),
        ("# x\nhanako:secret\n", "line 2 .* holds no bcrypt hash.*hakusho password hanako"),
        ("hanako:$apr1$abc$def\n", "no bcrypt hash"),
        (f"hanako:{HASH}x\n", "no bcrypt hash"),
        (f"hanako:{HASH.replace('$04$', '$31$')}\n", "cost of 31"),
        (f"hanako:{HASH}\nhanako:{HASH}\n", "names 'hanako' again"),
        (b"\xff\xfe\n", "not UTF-8"),
    ],
)
def test_a_bad_line_is_named_with_its_remedy(tmp_path: Path, text: str | bytes, remedy: str) -> None:
    with pytest.raises(AccountError, match=remedy) as error:
        read_accounts(write(tmp_path, text))
    assert "secret" not in str(error.value)


def test_a_file_that_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(AccountError, match="cannot read the auth file"):
        read_accounts(tmp_path / "missing")
    with pytest.raises(AccountError, match="cannot read the auth file"):
        read_accounts(tmp_path)


@pytest.mark.skipif(os.name != "posix", reason="other systems have no mode bits")
def test_a_file_that_others_may_write_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AccountError, match="chmod 600"):
        read_accounts(write(tmp_path, f"a:{HASH}\n", 0o620))


@pytest.mark.parametrize(("user", "password"), [("a:b", "x"), ("", "x"), ("#a", "x"), ("a\n", "x"), ("a", ""), ("a", "x" * 73)])
def test_what_no_line_can_be_made_of(user: str, password: str) -> None:
    with pytest.raises(AccountError):
        account_line(user, password)


def test_the_command_makes_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("ひらけ\n"))
    assert main(["password", "hanako"]) == 0
    assert read_accounts(write(tmp_path, capsys.readouterr().out)).check("hanako", "ひらけ")
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    assert main(["password", "hanako"]) == 2
    assert "choose another" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "remedy"),
    [
        (["--auth-file", "/nowhere"], "cannot read the auth file"),
        (["--root-path", "hakusho"], "--root-path /hakusho"),
        (["--root-path", "/a//b"], "begin with /"),
        (["--allow-host", "https://x.org"], "without http://"),
        (["--allow-origin", "x.org"], "--allow-origin https://"),
    ],
)
def test_serve_names_a_setting_that_cannot_be(arguments: list[str], remedy: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", *arguments]) == 2
    assert remedy in capsys.readouterr().err
