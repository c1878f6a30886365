from __future__ import annotations

import json
from pathlib import Path

from jupyter_envkernels.engine.fetch.credentials import configured_logins, login_file, logins_of, places_of, withheld
from jupyter_envkernels.engine.operations import Create, Update
from jupyter_envkernels.envs.conda_config.condarc import Settings
from jupyter_envkernels.models import Edit, EnvSpec, LockedPackage


def test_logins_are_taken_out_of_urls() -> None:
    logins = logins_of(
        [
            "https://plain.example/main",
            "https://ada:p%40ss@word.example/main",
            "https://token.example/t/tok-1/main",
            "https://ada:secret@both.example:8443/t/tok-2/main",
            "file:///t/not-a-token/main",
            "https://package.example/t/tok-3/main/noarch/x-1-0.conda",
        ]
    )
    assert logins.mirrors == {
        "https://token.example/main": "https://token.example/t/tok-1/main",
        "https://both.example:8443/main": "https://both.example:8443/t/tok-2/main",
        "https://package.example/main/noarch": "https://package.example/t/tok-3/main/noarch",
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


def test_what_a_request_says_of_places() -> None:
    lines = (
        "numpy",
        "https://u:p@h:8/extra::x>1",
        "y[channel=https://h/t/T/y]",
        "https://u:p@h/main/noarch/z-1-0.conda",
    )
    locked = (LockedPackage("https://h/t/T/main/noarch/w-1-0.conda"),)
    request = Create("lesson", Path("/envs/lesson"), spec=EnvSpec("", ("https://$U@h/c",), lines, locked=locked))
    assert places_of(request, ("conda-forge",), {"U": "u:p"}) == [
        "https://u:p@h/c",
        "https://u:p@h:8/extra",
        "https://h/t/T/y",
        "https://u:p@h/main/noarch",
        "https://h/t/T/main/noarch/w-1-0.conda",
    ]
    update = Update("lesson", Path("/envs/lesson"), edit=Edit(add=("https://h/t/T/extra::x",)))
    assert places_of(update, ("conda-forge",), {}) == ["conda-forge", "https://h/t/T/extra"]


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


def test_logins_of_hosts_with_mirrors_are_left_out(tmp_path: Path) -> None:
    own = {"a.example": {"BearerToken": "1"}, "*.b.example": {"BearerToken": "2"}, "c.example": {"BearerToken": "3"}}
    (tmp_path / "named").write_text(json.dumps(own))
    environ = {"RATTLER_AUTH_FILE": str(tmp_path / "named")}
    assert withheld(environ, {"a.example", "x.b.example"}) == ["*.b.example", "a.example"]
    with login_file({"a.example": {"BearerToken": "4"}}, environ, {"a.example", "x.b.example"}) as path:
        assert path is not None
        assert json.loads(path.read_text()) == {"c.example": {"BearerToken": "3"}}
    with login_file({}, environ, {"d.example"}) as path:
        assert path is None


def test_logins_of_configured_channels() -> None:
    logins = configured_logins(
        Settings(
            channels=("https://bob:two@u.example/forge", "public", "lab"),
            channel_alias="https://ada:one@alias.example",
            default_channels=("https://d.example/t/D/main",),
            custom_channels={"lab": "https://h.example/t/T"},
            custom_multichannels={"all": ("https://m.example/t/M/x",)},
        )
    )
    assert logins.mirrors == {
        "https://d.example/main": "https://d.example/t/D/main",
        "https://h.example/lab": "https://h.example/t/T/lab",
        "https://m.example/x": "https://m.example/t/M/x",
    }
    assert logins.passwords == {
        "u.example": {"BasicHTTP": {"username": "bob", "password": "two"}},
        "alias.example": {"BasicHTTP": {"username": "ada", "password": "one"}},
    }
