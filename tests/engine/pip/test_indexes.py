"""Pip and uv are kept to the indexes of the administrator, whoever names others."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from jupyter_envkernels.engine.pip.indexes import (
    check_indexes,
    problems_of_installed,
    problems_of_spec,
    variables_for,
)
from jupyter_envkernels.errors import NotAllowed
from jupyter_envkernels.models import EnvSpec, Limits

INDEX = "https://pip.example.org/simple"
EVIL = "https://evil.example/simple"
LIMITS = Limits(pip_indexes=(INDEX,))
CONFIG = {"index-url": INDEX}


def refusal(
    folder: Path, lines: Sequence[str] = ("numpy",), /, *, config: Mapping[str, str] = CONFIG, **environ: str
) -> str | None:
    try:
        check_indexes(LIMITS, lines, folder, config, environ)
    except NotAllowed as error:
        assert set(error.details["problems"]) == {"pip-index-not-allowed"}
        return error.message
    return None


def test_what_is_configured(tmp_path: Path) -> None:
    assert refusal(tmp_path) is None
    assert refusal(tmp_path, config={}) == "pip may not use https://pypi.org/simple here.", "it is what pip uses else"
    assert refusal(tmp_path, config={"index-url": EVIL}) == f"pip may not use {EVIL} here."
    for name in ("extra-index-url", "find-links", "pypi-url", "requirement", "editable"):
        assert refusal(tmp_path, config={**CONFIG, name: f"{INDEX} {EVIL}"}) == f"pip may not use {EVIL} here."
    assert refusal(tmp_path, config={**CONFIG, "find-links": "wheels"}) == "pip may not use wheels here."
    assert refusal(tmp_path, config={"no-index": "1"}) is None
    assert refusal(tmp_path, ["numpy", f"-i {INDEX}"], config={}) is None
    assert refusal(tmp_path, ["numpy", f"--extra-index-url {INDEX}"], config={}) is not None
    check_indexes(Limits(), [f"-i {EVIL}"], tmp_path, {"index-url": EVIL}, {})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("UV_DEFAULT_INDEX", EVIL),
        ("UV_INDEX_URL", EVIL),
        ("UV_INDEX", f"{INDEX} evil={EVIL}"),
        ("UV_EXTRA_INDEX_URL", f"{INDEX} {EVIL}"),
        ("UV_FIND_LINKS", f"{INDEX},{EVIL}"),
        ("UV_TORCH_BACKEND", "cpu"),
        ("UV_CONSTRAINT", EVIL),
    ],
)
def test_variables_of_uv(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(NotAllowed):
        check_indexes(LIMITS, ["numpy"], tmp_path, CONFIG, {name: value})
    assert refusal(tmp_path, UV_INDEX=f"ours={INDEX}") is None


def test_files_that_lines_name(tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    (tmp_path / "a.txt").write_text("numpy\n-r more/b.txt\n-r a.txt\n")
    (tmp_path / "more" / "b.txt").write_text("pandas\n-c c.txt\n")
    (tmp_path / "more" / "c.txt").write_text("scipy==1\n")
    lines = ["-r a.txt"]
    assert refusal(tmp_path, lines) is None
    (tmp_path / "more" / "c.txt").write_text(f"scipy @ {EVIL}/scipy.whl\n")
    assert refusal(tmp_path, lines) == f"pip may not use {EVIL}/scipy.whl here."
    assert refusal(tmp_path, UV_CONSTRAINT="more/c.txt") is not None
    assert refusal(tmp_path, config={**CONFIG, "constraint": str(tmp_path / "more" / "c.txt")}) is not None
    (problem,) = problems_of_spec(LIMITS, EnvSpec(pip=("-r a.txt",)), tmp_path)
    assert "scipy.whl" in problem.message
    assert problems_of_spec(LIMITS, EnvSpec(pip=("-r a.txt",)), None) == []
    assert problems_of_spec(Limits(), EnvSpec(pip=("-r a.txt",)), tmp_path) == []


@pytest.mark.parametrize(
    "content",
    [
        f"--index-url {EVIL}".encode("utf-16"),
        b"# -*- coding: utf-7 -*-\n--index-url https:+AC8ALw-evil.example\n",
        f"-i {EVIL}".encode("utf-16-le"),
        b"\xff\xff\xff",
        b"#" * (2 << 20),
        f"\ufeff--index-url {EVIL}".encode(),
        b"--index-url \\\n" + EVIL.encode(),
        b"# a comment \\\n-i " + EVIL.encode(),
        b"numpy # a comment \\\n-i " + EVIL.encode(),
    ],
)
def test_files_in_which_something_could_be_hidden(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.txt").write_bytes(content)
    assert refusal(tmp_path, ["-r a.txt"]) is not None


@pytest.mark.parametrize(
    "name", ["file://{}/a.txt", "file://localhost{}/a.txt", "file:{}/a.txt", "\u00a0a.txt", "a.txt\\", "missing.txt"]
)
@pytest.mark.parametrize("option", ["-r", "-c", "--requirement", "--constraint"])
def test_names_that_pip_or_uv_may_understand_otherwise(tmp_path: Path, option: str, name: str) -> None:
    (tmp_path / "a.txt").write_text(f"-i {EVIL}\n")
    assert refusal(tmp_path, [f"{option} {name.format(tmp_path)}"]) is not None


def test_no_file_of_uv_s_own_is_read(tmp_path: Path) -> None:
    given = {"UV_CONFIG_FILE": f"{tmp_path}/uv.toml", "HOME": str(tmp_path)}
    assert variables_for(LIMITS, given) == {"HOME": str(tmp_path), "UV_NO_SOURCES": "1"}
    assert variables_for(Limits(), given) == given


def test_a_file_that_is_none_holds_up_nothing(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "zero").symlink_to("/dev/zero")
    for name in ("pipe", "zero"):
        message = refusal(tmp_path, [f"-r {name}"])
        assert message is not None
        assert f"The file {tmp_path}/{name} cannot be checked" in message
    for number in range(200):
        (tmp_path / f"{number}.txt").write_text(f"-r {number + 1}.txt")
    message = refusal(tmp_path, ["-r 0.txt"])
    assert message is not None
    assert "more than 100 files are named" in message


def test_variables_in_lines_count_by_their_values(tmp_path: Path) -> None:
    line = "--index-url https://${LOGIN}@pip.example.org/simple"
    assert problems_of_spec(LIMITS, EnvSpec(pip=(line,)), tmp_path) == [], "no value is looked at before a job runs"
    assert refusal(tmp_path, [line], LOGIN="me:secret") is None
    assert refusal(tmp_path, [line], LOGIN="evil.example/x") is not None
    assert refusal(tmp_path, ["--index-url https://pip.example.org/simple/${X}"], X="../evil") is not None


def test_variables_of_the_environment_itself(tmp_path: Path) -> None:
    for name in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "UV_DEFAULT_INDEX", "PIP_FIND_LINKS"):
        spec = EnvSpec(pip=("numpy",), variables={name: EVIL})
        assert [problem.code for problem in problems_of_spec(LIMITS, spec, None)] == ["pip-index-not-allowed"]
    assert problems_of_spec(LIMITS, EnvSpec(variables={"PIP_INDEX_URL": EVIL}), None) == []


def test_packages_that_came_from_elsewhere() -> None:
    """As when a project of one's own requires ``x @ https://...``."""
    lines = ["numpy==2", "-e /home/me/project", "x @ file:///home/me/x.whl", f"y @ {INDEX}/y.whl"]
    assert problems_of_installed(LIMITS, lines) == []
    assert len(problems_of_installed(LIMITS, [*lines, "z @ git+https://evil.example/z@0123"])) == 1
    assert problems_of_installed(Limits(), ["z @ git+https://evil.example/z@0123"]) == []
