"""What runs others' code knows no token of the server; kernels keep what Jupyter gives them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from jupyter_envkernels.envs.trust import Trust
from jupyter_envkernels.jobs.lint_client import LintClient
from jupyter_envkernels.kernels.start import prepare
from jupyter_envkernels.models import EngineOptions
from tests.jobs.conftest import Place, managing, over, until
from tests.jobs.test_lint_client import processes
from tests.jobs.test_round_trip import BACKEND
from tests.prefixes import make_prefix

TOKENS = {"JUPYTERHUB_API_TOKEN": "t0ken", "JPY_API_TOKEN": "t0ken", "JUPYTER_TOKEN": "t0ken"}
KEPT = {"JUPYTERHUB_USER": "ada", "JUPYTERHUB_SERVICE_PREFIX": "/user/ada/"}
DUMP = (
    "import json, os; "
    "open({!r}, 'a').write(json.dumps([open('/proc/self/cmdline').read(), dict(os.environ)]) + chr(10))"
)
PROJECT = """\
[project]
name = 'mine'
version = '1'
[build-system]
requires = []
build-backend = 'backend'
backend-path = ['.']
"""


@pytest.fixture(autouse=True)
def _of_a_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**TOKENS, **KEPT}.items():
        monkeypatch.setenv(name, value)


def make_package(folder: Path, dump: str) -> None:
    """A package that writes down its variables when it is built, and by a ``.pth`` file whenever its Python starts."""
    folder.mkdir()
    (folder / "pyproject.toml").write_text(PROJECT)
    backend = BACKEND.replace('os.getcwd() + "\\n"', repr(dump + "\n"))
    assert backend != BACKEND
    (folder / "backend.py").write_text(f"{dump}\n{backend}")


def check(variables: dict[str, str]) -> None:
    assert {name: value for name, value in variables.items() if value == "t0ken"} == {}
    assert variables.items() >= KEPT.items()


async def test_what_packages_bring(place: Place) -> None:
    seen = place.folder / "seen"
    make_package(place.folder / "mine", DUMP.format(str(seen)))

    async def compiled() -> bool:
        return "py_compile" in seen.read_text()

    async with managing(place) as manager:
        request = place.create("lesson", "python", "activate-demo", "postlink-demo", pip=("./mine",))
        job = await over(manager, await manager.submit(request))
        assert job.state == "succeeded", manager.journal(job.id).log_file.read_text()
        await until(compiled)
    prefix = place.envs / "lesson"
    script = dict(line.split("=", 1) for line in (prefix / "postlink.env").read_text().splitlines() if "=" in line)
    assert script["PKG_NAME"] == "postlink-demo"
    check(script)
    records = [json.loads(line) for line in seen.read_text().splitlines()]
    for process in ("backend", "import ipykernel", "py_compile"):
        assert any(process in command for command, _ in records), process
    for _, variables in records:
        check(variables)


def test_activation_scripts_know_none_and_kernels_have_all(tmp_path: Path) -> None:
    prefix = make_prefix(tmp_path / "lesson", "python3")
    (prefix / "etc" / "conda" / "activate.d").mkdir(parents=True)
    (prefix / "etc" / "conda" / "activate.d" / "a.sh").write_text('export SEEN="$(env)"\n')
    start = prepare(str(prefix), "python3", {**TOKENS, **KEPT, "PATH": "/usr/bin:/bin"}, Trust)
    assert start.problem is None
    seen = dict(line.split("=", 1) for line in start.environ["SEEN"].splitlines())
    check(seen)
    assert start.environ.items() >= {**TOKENS, **KEPT}.items()


async def test_the_process_that_reads_channels(place: Place) -> None:
    client = LintClient(EngineOptions((place.channel,), place.folder / "cache"))
    try:
        assert [d.code for d in await client.advise("dependencies: [prio-dmo]", 60)] == ["no-such-package"]
        (process,) = processes(os.getpid())
        check(process.environ())
    finally:
        await client.stop()
