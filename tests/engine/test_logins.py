from __future__ import annotations

import json
from pathlib import Path

from jupyter_envkernels.engine.logins import login_file, logins_of


def test_logins_are_taken_out_of_urls() -> None:
    logins = logins_of(
        [
            "https://plain.example/main",
            "https://ada:p%40ss@word.example/main",
            "https://token.example/t/tok-1/main",
            "https://ada:secret@both.example:8443/t/tok-2/main",
            "file:///t/not-a-token/main",
        ]
    )
    assert logins.mirrors == {
        "https://token.example/main": "https://token.example/t/tok-1/main",
        "https://both.example:8443/main": "https://both.example:8443/t/tok-2/main",
    }
    assert logins.passwords == {
        "word.example": {"BasicHTTP": {"username": "ada", "password": "p@ss"}},
        "both.example": {"BasicHTTP": {"username": "ada", "password": "secret"}},
    }


def test_the_persons_own_logins_stay(tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_text(
        "machine a.example login ada password one\nmachine b.example login b password two\n"
    )
    (tmp_path / ".rattler").mkdir()
    (tmp_path / ".rattler" / "credentials.json").write_text('{"c.example": {"CondaToken": "three"}}')
    with login_file({"b.example": {"BearerToken": "four"}}, {"HOME": str(tmp_path)}) as path:
        assert path is not None
        assert path.stat().st_mode & 0o077 == 0
        assert json.loads(path.read_text()) == {
            "a.example": {"BasicHTTP": {"username": "ada", "password": "one"}},
            "b.example": {"BearerToken": "four"},
            "c.example": {"CondaToken": "three"},
        }
    assert not path.exists()


def test_the_file_that_is_named_counts_alone(tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_text("machine a.example login ada password one\n")
    (tmp_path / "named").write_text("no JSON")
    environ = {"HOME": str(tmp_path), "RATTLER_AUTH_FILE": str(tmp_path / "named")}
    with login_file({"b.example": {}}, environ) as path:
        assert path is not None
        assert json.loads(path.read_text()) == {"b.example": {}}


def test_without_passwords_there_is_no_file() -> None:
    with login_file({}, {}) as path:
        assert path is None
