"""From environment to file to environment: each format gives the same packages again."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import get_args

import pytest

from jupyter_envkernels.engine.export import export
from jupyter_envkernels.engine.operations import Create, Update
from jupyter_envkernels.envs.inventory import read_inventory
from jupyter_envkernels.jobs.manager import JobManager
from jupyter_envkernels.models import Environment, EnvSpec, ExportFormat, Job
from jupyter_envkernels.specs import check
from tests.channel.server import ChannelServer
from tests.engine.pip.test_installer import write_wheels

from .conftest import Place, managing, over

BACKEND = """\
import os, zipfile

NAME = "mine-1-py3-none-any.whl"
INFO = {
    "METADATA": "Metadata-Version: 2.1\\nName: mine\\nVersion: 1\\n",
    "WHEEL": "Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
}


def build_editable(folder, settings=None, metadata=None):
    with zipfile.ZipFile(os.path.join(folder, NAME), "w") as wheel:
        files = {f"mine-1.dist-info/{name}": text for name, text in INFO.items()}
        files["mine.pth"] = os.getcwd() + "\\n"
        record = "".join(f"{name},,\\n" for name in files) + "mine-1.dist-info/RECORD,,\\n"
        for name, text in {**files, "mine-1.dist-info/RECORD": record}.items():
            wheel.writestr(name, text)
    return NAME


build_wheel = build_editable
"""
"""A package that needs nothing to be built."""

CARRIES_PIP = {"yaml", "yaml-no-builds", "yaml-from-history", "requirements"}


@pytest.fixture
def text(channel_server: ChannelServer, channel_pythons: list[str], monkeypatch: pytest.MonkeyPatch) -> str:
    """A spec with packages of two channels, of conda and of pip."""
    monkeypatch.setenv("PIP_INDEX_URL", f"{channel_server.url}/simple")
    return f"""\
name: lesson
channels: [{channel_server.url}/main, {channel_server.url}/extra]
dependencies:
  - python={channel_pythons[-1]}
  - ipykernel
  - prio-demo=1.0
  - legacy-tarbz2
  - {channel_server.url}/extra::only-extra-nodep
  - pip:
    - envkernels-demo-pip==1.0
variables:
  LESSON: two words
"""


async def create(manager: JobManager, place: Place, name: str, text: str) -> Job:
    checked = check(text)
    assert checked.spec is not None, checked.diagnostics
    prefix = place.envs / name
    return await over(manager, await manager.submit(Create(name, prefix, spec=checked.spec)))


def conda_packages(prefix: Path) -> set[tuple[str, str, str, str]]:
    return {(p.name, p.version, p.build, p.url) for p in read_inventory(prefix).of("conda")}


def pip_packages(prefix: Path) -> set[str]:
    return {p.requirement for p in read_inventory(prefix).of("pip")}


async def test_every_format(place: Place, text: str) -> None:
    async with managing(place) as manager:
        made = await create(manager, place, "lesson", text)
        assert made.state == "succeeded", made
        lesson = place.envs / "lesson"
        assert {"python", "ipykernel", "only-extra-nodep", "legacy-tarbz2"} <= {p[0] for p in conda_packages(lesson)}
        assert pip_packages(lesson) == {"envkernels-demo-pip==1.0"}
        for form in get_args(ExportFormat):
            exported = export(Environment("0" * 12, "lesson", lesson), form).text
            again = await create(manager, place, form, exported)
            assert again.state == "succeeded", (form, again)
            if form != "requirements":
                assert conda_packages(place.envs / form) == conda_packages(lesson), form
            expected = pip_packages(lesson) if form in CARRIES_PIP else set()
            assert pip_packages(place.envs / form) == expected, form
            if form.startswith("yaml"):
                assert read_inventory(place.envs / form).variables == {"LESSON": "two words"}


async def test_pip_packages_that_came_from_a_url_and_from_a_folder(
    place: Place, channel_server: ChannelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    (tmp_path / "my code").mkdir()
    (tmp_path / "my code" / "mine.py").touch()
    (tmp_path / "my code" / "pyproject.toml").write_text(
        "[project]\nname = 'mine'\nversion = '1'\n[build-system]\nrequires = []\nbuild-backend = 'backend'\n"
        "backend-path = ['.']\n"
    )
    (tmp_path / "my code" / "backend.py").write_text(BACKEND)
    wheel = f"{channel_server.url}/wheels/envkernels_demo_pip-2.0-py3-none-any.whl"
    text = f"dependencies: [python, ipykernel, pip: ['-e ./my code', 'envkernels-demo-pip @ {wheel}']]\n"
    async with managing(place) as manager:
        spec = check(text).spec
        assert spec is not None
        request = Create("lesson", place.envs / "lesson", spec=spec, workdir=tmp_path)
        made = await over(manager, await manager.submit(request))
        assert made.state == "succeeded", made
        found = pip_packages(place.envs / "lesson")
        assert f"-e {tmp_path}/my code" in found
        assert any(line.startswith(f"envkernels-demo-pip @ {wheel}") for line in found)
        for form in ("yaml", "requirements", "pixi-lock"):
            exported = export(Environment("0" * 12, "lesson", place.envs / "lesson"), form).text
            again = await create(manager, place, form, exported)
            assert again.state == "succeeded", (form, again)
            names = {p.name for p in read_inventory(place.envs / form).of("pip")}
            assert names == {"mine", "envkernels-demo-pip"}
            if form != "pixi-lock":  # it does not tell that a folder is installed to be edited
                assert pip_packages(place.envs / form) == found, form


async def test_from_history_come_the_packages_of_pip_that_were_requested(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    write_wheels(tmp_path / "wheels", "app 1.0 lib;helper", "lib 1.0", "helper 1.0 lib", "late 1.0 helper")
    (tmp_path / "more.txt").write_text("lib\n")
    text = "name: lesson\ndependencies: [python, ipykernel, pip, pip: ['-f ./wheels', app, '-r more.txt']]\n"
    async with managing(place) as manager:
        spec = check(text).spec
        assert spec is not None
        request = Create("lesson", place.envs / "lesson", spec=spec, workdir=tmp_path)
        made = await over(manager, await manager.submit(request))
        assert made.state == "succeeded", made
        lesson = Environment("0" * 12, "lesson", place.envs / "lesson")
        from_history = check(export(lesson, "yaml-from-history").text).spec
        assert from_history is not None
        assert from_history.pip == ("app==1.0", "lib==1.0")
        assert pip_packages(lesson.prefix) == {"app==1.0", "lib==1.0", "helper==1.0"}
        late = Update("lesson", lesson.prefix, spec=EnvSpec(pip=("-f ./wheels", "late")), workdir=tmp_path)
        assert (await over(manager, await manager.submit(late))).state == "succeeded"
        from_history = check(export(lesson, "yaml-from-history").text).spec
        assert from_history is not None
        assert from_history.pip == ("app==1.0", "late==1.0", "lib==1.0")


async def test_conda_lock(
    place: Place, channel_server: ChannelServer, channel_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """noarch packages are linked as what they are, though the lock file does not tell; hashes of pip's are compared."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    wheel = "wheels/envkernels_demo_pip-2.0-py3-none-any.whl"
    sha256 = hashlib.sha256((channel_root / wheel).read_bytes()).hexdigest()
    async with managing(place) as manager:
        made = await create(manager, place, "lesson", "dependencies: [python, ipykernel]")
        assert made.state == "succeeded", made
        conda = read_inventory(place.envs / "lesson").of("conda")
        platform = read_inventory(place.envs / "lesson").platform
        entries = "".join(
            f"- {{name: {p.name}, version: '{p.version}', manager: conda, platform: {platform}, dependencies: {{}}, "
            f"url: '{p.url}', hash: {{md5: {p.md5}, sha256: {p.sha256}}}, category: main, optional: false}}\n"
            for p in conda
        )
        head = (
            f"version: 1\nmetadata:\n  content_hash: {{{platform}: x}}\n  platforms: [{platform}]\n  sources: []\n"
            f"  channels: [{{url: '{channel_server.url}/main', used_env_vars: []}}]\npackage:\n"
        )
        of_pip = (
            f"- {{name: envkernels-demo-pip, version: '2.0', manager: pip, platform: {platform}, "
            f"url: '{channel_server.url}/{wheel}', hash: {{sha256: {sha256}}}, category: main, optional: false}}\n"
        )
        again = await create(manager, place, "again", head + entries + of_pip)
        assert again.state == "succeeded", again
        assert {p.name for p in read_inventory(place.envs / "again").of("pip")} == {"envkernels-demo-pip"}
        other = await create(manager, place, "other", head + entries + of_pip.replace(sha256, "0" * 64))
        assert other.error is not None
        assert "Hash mismatch" in other.error.message
        assert conda_packages(place.envs / "again") == conda_packages(place.envs / "lesson")
        assert list((place.envs / "again" / "lib").glob("python*/site-packages/ipykernel/__init__.py"))


@pytest.mark.parametrize("scheme", ["http", "file"])
async def test_an_explicit_list_from_a_server_and_from_a_folder(
    place: Place, channel_server: ChannelServer, channel_root: Path, scheme: str
) -> None:
    base = channel_server.url if scheme == "http" else channel_root.as_uri()
    async with managing(place) as manager:
        made = await create(manager, place, "x", f"@EXPLICIT\n{base}/main/noarch/prio-demo-1.0-0.conda\n")
        assert made.state == "succeeded", made
        ((name, version, _, url),) = conda_packages(place.envs / "x")
        assert (name, version, url) == ("prio-demo", "1.0", f"{base}/main/noarch/prio-demo-1.0-0.conda")
        assert (place.envs / "x" / "share" / "lab" / "prio-demo.txt").exists()


async def test_progress_of_packages_whose_size_nobody_tells(place: Place, channel_server: ChannelServer) -> None:
    channel_server.add_rule(r"big-demo", throttle=40_000_000)
    async with managing(place) as manager:
        job = await create(manager, place, "x", f"@EXPLICIT\n{channel_server.url}/main/noarch/big-demo-1.0-0.conda\n")
        assert job.state == "succeeded", job
        events = [event for event in manager.journal(job.id).events() if event.phase == "downloading"]
    assert events[0].message == "Downloading 1 package"
    steps = [(event.progress.done, event.progress.total) for event in events if event.progress]
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)
    assert {total for _, total in steps[:-1]} == {None}
    done, total = steps[-1]
    assert done == total
    assert done > 40_000_000


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("main/noarch/prio-demo-1.0-0.conda#sha256:" + "0" * 64, "damaged"),
        ("main/noarch/prio-demo-1.0-0.conda#" + "0" * 32, "damaged"),
        ("main/noarch/absent-1.0-0.conda", "there is nothing at this address"),
    ],
)
@pytest.mark.parametrize("scheme", ["http", "file"])
async def test_a_list_that_is_not_right(
    place: Place, channel_server: ChannelServer, channel_root: Path, line: str, words: str, scheme: str
) -> None:
    base = channel_server.url if scheme == "http" else channel_root.as_uri()
    async with managing(place) as manager:
        job = await create(manager, place, "x", f"@EXPLICIT\n{base}/{line}\n")
        assert job.state == "failed"
        assert job.error is not None
        assert job.error.code == "download-failed"
        assert words in job.error.message
        assert place.leftovers() == []
