"""Files that others put beside a spec, or into a shared root: none of them is run or obeyed."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import get_args

import pytest
import uv
from msgspec import structs

from jupyter_envkernels.engine.operations import Create, JobRequest
from jupyter_envkernels.engine.pip.installer import install
from jupyter_envkernels.envs.activation import activated_environ
from jupyter_envkernels.envs.inventory import read_inventory
from jupyter_envkernels.errors import PipFailed
from jupyter_envkernels.jobs.lint_client import LintClient
from jupyter_envkernels.models import EngineOptions, EnvSpec, PipInstaller
from tests.channel.server import ChannelServer
from tests.engine.fakes import Heard
from tests.jobs.conftest import Place, managing, over
from tests.jobs.test_round_trip import BACKEND

from .test_server_tokens import PROJECT

MODULES = (
    *("pip", "runpy", "sitecustomize", "usercustomize", "distutils", "_distutils_hack", "setuptools", "json"),
    *("ipykernel", "py_compile", "importlib", "encodings", "jupyter_envkernels", "msgspec", "rattler"),
)
DISTUTILS = "[install]\ninstall_lib={0}\ninstall_scripts={0}\n"
PIP = "[global]\ntarget={0}\nindex-url=http://127.0.0.1:9/simple\n"
UV = 'index-url = "http://127.0.0.1:9/simple"\nno-index = true\n[pip]\ntarget = "{0}"\n'


class Trap:
    """What is planted, and what it has done."""

    def __init__(self, folder: Path) -> None:
        self._ran, self._stolen = folder / "ran", folder / "stolen"

    def plant(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        for name in MODULES:
            (folder / name).mkdir()
            (folder / name / "__init__.py").write_text(f"open({str(self._ran)!r}, 'a').write({name!r} + chr(10))\n")
        for name, text in {
            "setup.cfg": DISTUTILS,
            "pip.conf": PIP,
            "uv.toml": UV,
            "pyproject.toml": "[tool.uv]\n" + UV.replace("[pip]", "[tool.uv.pip]"),
            ".python-version": "3.1",
        }.items():
            (folder / name).write_text(text.format(self._stolen))

    def check(self) -> None:
        assert not self._ran.exists(), self._ran.read_text()
        assert not self._stolen.exists()


@pytest.fixture
def trap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, channel_server: ChannelServer) -> Trap:
    monkeypatch.setenv("PIP_INDEX_URL", f"{channel_server.url}/simple")
    monkeypatch.setenv("PIP_USER", "1")
    return Trap(tmp_path)


async def make(place: Place, request: JobRequest) -> set[str]:
    """Create an environment; the names of what pip has installed."""
    async with managing(place) as manager:
        job = await over(manager, await manager.submit(request))
        assert job.state == "succeeded", manager.journal(job.id).log_file.read_text()
    return {package.name for package in read_inventory(request.prefix).of("pip")}


def freeze(prefix: Path, folder: Path) -> bytes:
    """What uv lists, asked from a folder."""
    command = [uv.find_uv_bin(), "pip", "freeze", "--no-config", "--python", str(prefix / "bin" / "python")]
    return subprocess.run(command, cwd=folder, capture_output=True, check=True).stdout


@pytest.mark.parametrize("which", [0, -1], ids=["oldest", "newest"])
async def test_beside_a_spec(
    place: Place, trap: Trap, channel_pythons: list[str], monkeypatch: pytest.MonkeyPatch, which: int
) -> None:
    """Paths in nested files are found from the spec's folder all the same."""
    folder, prefix = place.folder / "course", place.envs / "lesson"
    trap.plant(folder)
    (folder / "mine").mkdir()
    (folder / "mine" / "pyproject.toml").write_text(PROJECT)
    (folder / "mine" / "backend.py").write_text(BACKEND)
    (folder / "more").mkdir()
    (folder / "more" / "requirements.txt").write_text("./mine\n")
    monkeypatch.chdir(folder)  # as a server or a command that was started there
    spec = EnvSpec("lesson", (), (f"python={channel_pythons[which]}",), ("-r more/requirements.txt",))
    request = Create("lesson", prefix, spec=spec, workdir=folder)
    assert await make(place, request) == {"mine"}
    trap.check()
    assert b"mine" in freeze(prefix, Path("/")), "uv remembers where packages are, and not what setup.cfg says"
    environ = activated_environ(prefix, os.environ)
    await install(prefix, ["envkernels-demo-pip==1.0"], folder, environ, Heard(), installer="pip")
    assert {package.name for package in read_inventory(prefix).of("pip")} == {"mine", "envkernels-demo-pip"}
    trap.check()
    monkeypatch.setenv("UV_CACHE_DIR", str(place.folder / "misled"))
    environ["UV_CACHE_DIR"] = os.environ["UV_CACHE_DIR"]
    freeze(prefix, folder)
    await install(prefix, ["envkernels-demo-pip==2.0"], folder, environ, Heard())
    assert {package.version for package in read_inventory(prefix).of("pip")} == {"1", "2.0"}
    trap.check()


async def test_in_the_root_of_a_spec_without_a_folder(place: Place, trap: Trap) -> None:
    trap.plant(place.envs)
    request = structs.replace(place.create("lesson", "python", pip=("envkernels-demo-pip==1.0",)), workdir=None)
    assert await make(place, request) == {"envkernels-demo-pip"}
    for installer in get_args(PipInstaller):
        with pytest.raises(PipFailed) as failed:
            await install(request.prefix, ["./pip"], None, os.environ, Heard(), installer=installer)
        assert "`./pip`" in failed.value.message
        assert failed.value.remedy.startswith("Use absolute paths: a spec that is given as text has no folder; ")
    trap.check()


async def test_where_channels_are_read(place: Place, trap: Trap, monkeypatch: pytest.MonkeyPatch) -> None:
    trap.plant(place.folder / "course")
    monkeypatch.chdir(place.folder / "course")
    client = LintClient(EngineOptions((place.channel,), place.folder / "cache"))
    try:
        assert [d.code for d in await client.advise("dependencies: [prio-dmo]", 60)] == ["no-such-package"]
    finally:
        await client.stop()
    trap.check()
