"""Which variables a request uses, and what is said of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_envkernels.engine.operations import Update
from jupyter_envkernels.engine.variable_expansion import check_recorded, problems_of, variables_of
from jupyter_envkernels.errors import InvalidSpec
from jupyter_envkernels.models import Edit, EnvSpec, Limits, LockedPackage

ENVIRON = {"LAB": "a-long-secret", "SHORT": "short", "HOME": "/", "PIP": "another-secret", "ROOT": "root-secret"}


def request(spec: EnvSpec, **changes: object) -> Update:
    return Update("lesson", Path("/envs/lesson"), spec=spec, **changes)  # type: ignore[arg-type]


def test_what_the_engine_is_to_read() -> None:
    spec = EnvSpec(
        None,
        ("http://h/$LAB", "plain"),
        ("${SHORT}::a", "b"),
        ("c @ http://h/${PIP}",),
        {"V": "$LAB"},
        (LockedPackage("$HOME/d"),),
    )
    found = variables_of(request(spec, edit=Edit(add=("$NOWHERE::e",))), ("$ROOT",), ENVIRON)
    assert found.texts == {
        "http://h/$LAB": "http://h/a-long-secret",
        "${SHORT}::a": "short::a",
        "$HOME/d": "//d",
        "$NOWHERE::e": "$NOWHERE::e",
    }
    assert found.in_pip
    assert found.secrets.hide("a-long-secret another-secret short / root-secret") == "${LAB} ${PIP} short / root-secret"
    assert [warning.code for warning in found.warnings] == ["variables-used", "variables-not-set"]
    assert found.warnings[0].message.endswith(": LAB, SHORT, NOWHERE, HOME, PIP.")
    assert found.warnings[1].message.endswith(": NOWHERE.")


def test_the_configured_channels_of_a_spec_that_names_none() -> None:
    found = variables_of(request(EnvSpec()), ("$ROOT",), ENVIRON)
    assert found.texts == {"$ROOT": "root-secret"}
    assert not found.in_pip
    assert not found.secrets
    assert found.warnings == ()


def test_requirement_files_count(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(
        "x @ http://h/${PIP}\n--index-url http://h/${JUPYTER_TOKEN}\n-r https://u:p4ss@h/b.txt\n"
    )
    asked = request(EnvSpec(pip=("-r a.txt",)), workdir=tmp_path)
    found = variables_of(asked, (), ENVIRON)
    assert found.in_pip
    assert "https://h/b.txt may use further variables" in found.warnings[-1].message
    assert [problem.code for problem in problems_of(asked, Limits(), {})] == ["variable-not-allowed"]
    refused = problems_of(asked, Limits(denied_variables=("P*",)), {})
    assert [problem.code for problem in refused] == ["variable-not-allowed"] * 3
    assert "p4ss" not in str(refused)
    with pytest.raises(InvalidSpec):
        problems_of(request(EnvSpec(pip=("-r /dev/zero",))), Limits(), {})


def test_records_of_an_environment_are_not_to_be_trusted() -> None:
    check_recorded(["plain", "http://h/${LAB}", "http://h/$LAB", "http://h/$%7BLAB%7D"], ["http://h/${LAB}"])
    with pytest.raises(InvalidSpec, match="expanded in specs only"):
        check_recorded(["http://h/${LAB}"], ["http://g/${LAB}"])


def test_a_file_that_cannot_be_found_may_be_read_otherwise(tmp_path: Path) -> None:
    asked = request(EnvSpec(pip=("-r absent.txt",)), workdir=tmp_path)
    assert problems_of(asked, Limits(), {}) == []
    with pytest.raises(InvalidSpec, match="cannot be checked"):
        problems_of(asked, Limits(denied_variables=("LAB",)), {})
