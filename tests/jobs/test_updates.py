"""Environments of real packages are changed, taken back, given a kernel; and cloned when their packages are gone."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import tempfile
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import uv
from msgspec import structs

from jupyter_envkernels.engine.operations import AddKernel, Clone, JobRequest, PlanOnly, Rollback, Update
from jupyter_envkernels.envs.history import read_history
from jupyter_envkernels.envs.inventory import read_inventory
from jupyter_envkernels.jobs.manager import JobManager
from jupyter_envkernels.models import Edit, EnvSpec, Job
from tests.channel.server import ChannelServer
from tests.compilers import end_compilers
from tests.faults.test_kills import damage

from .conftest import Place, managing, over, until

DEMO = "envkernels-demo-pip"


@pytest.fixture
def index(channel_server: ChannelServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """pip finds the test packages."""
    monkeypatch.setenv("PIP_INDEX_URL", f"{channel_server.url}/simple")


async def do(manager: JobManager, request: JobRequest) -> Job:
    """Run a job to its good end."""
    job = await over(manager, await manager.submit(request))
    assert job.state == "succeeded", (job.error, manager.journal(job.id).read_log(0)[0])
    return job


async def fail(manager: JobManager, request: JobRequest) -> Job:
    job = await over(manager, await manager.submit(request))
    assert job.state == "failed"
    return job


def update(place: Place, name: str, *add: str, remove: tuple[str, ...] = (), **options: bool) -> Update:
    return Update(name, place.envs / name, edit=Edit(add, remove, **options))


def run_python(prefix: Path, code: str) -> str:
    done = subprocess.run([prefix / "bin" / "python", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def pip_steps(manager: JobManager, job: Job) -> list[tuple[int, int | None]]:
    """How far the pip section was, as it was told."""
    told = [event.progress for event in manager.journal(job.id).events() if event.phase == "pip"]
    return [(progress.done, progress.total) for progress in told if progress is not None]


def versions(prefix: Path) -> dict[str, str]:
    return {package.name: package.version for package in read_inventory(prefix).packages}


@pytest.mark.usefixtures("index")
async def test_planned_updated_and_rolled_back(place: Place, channel_pythons: list[str]) -> None:
    async with managing(place) as manager:
        prefix = place.envs / "lesson"
        python = f"python={channel_pythons[-1]}"
        request = place.create("lesson", python, "numpy=2.1", "prefix-demo", "pip", pip=(f"{DEMO}==1.0",))
        assert pip_steps(manager, await do(manager, request))[-1] == (1, 1)
        (prefix / "mine.txt").write_text("mine")
        before = versions(prefix)

        change = update(place, "lesson", "numpy=2.2")
        planned = await do(manager, PlanOnly(change))
        plan = manager.journal(planned.id).plan()
        assert [(c.name, c.change, c.before and c.before.split()[0]) for c in plan.changes] == [
            ("numpy", "upgraded", "2.1.3")
        ]
        assert versions(prefix) == before
        done = await over(manager, await manager.run(planned.id))
        assert done.state == "succeeded"
        assert done.request == change
        assert manager.journal(done.id).plan().digest == plan.digest
        assert run_python(prefix, "import numpy, envkernels_demo_pip; print(numpy.__version__)") == "2.2.6"
        assert versions(prefix) == {**before, "numpy": "2.2.6"}
        assert (prefix / "mine.txt").read_text() == "mine"
        assert damage(prefix) == []
        assert place.leftovers() == ["lesson"]
        assert read_inventory(prefix).requested == (python, "numpy=2.2", "prefix-demo", "pip", "ipykernel")

        await do(manager, Rollback("lesson", prefix, revision=0))
        assert run_python(prefix, "import numpy, envkernels_demo_pip; print(numpy.__version__)") == "2.1.3"
        assert versions(prefix) == before
        assert damage(prefix) == []
        assert set(read_inventory(prefix).requested) == {python, "numpy=2.1", "prefix-demo", "pip", "ipykernel"}
        history = read_history(prefix)
        assert len(history) == 3
        assert history[0].packages == history[2].packages != history[1].packages


@pytest.mark.usefixtures("index")
async def test_a_file_says_what_it_shall_have(place: Place, channel_pythons: list[str]) -> None:
    async with managing(place) as manager:
        prefix = place.envs / "lesson"
        python = f"python={channel_pythons[-1]}"
        await do(
            manager, place.create("lesson", python, "prefix-demo", "entrypoint-demo", "pip", pip=(f"{DEMO}==1.0",))
        )
        spec = EnvSpec(None, (), (python, "legacy-tarbz2"), variables={"LESSON": "two"})
        await do(manager, Update("lesson", prefix, spec=spec))
        assert {"prefix-demo", "entrypoint-demo", "legacy-tarbz2", DEMO, "ipykernel"} <= versions(prefix).keys()
        await do(manager, Update("lesson", prefix, spec=spec, edit=Edit(prune=True)))
        left = versions(prefix)
        assert not {"prefix-demo", "entrypoint-demo", DEMO} & left.keys()
        assert {"legacy-tarbz2", "ipykernel"} <= left.keys()  # what makes it a kernel stays
        assert read_inventory(prefix).variables == {"LESSON": "two"}
        assert damage(prefix) == []


@pytest.mark.usefixtures("index")
async def test_packages_are_removed(place: Place, channel_pythons: list[str]) -> None:
    async with managing(place) as manager:
        prefix = place.envs / "lesson"
        await do(manager, place.create("lesson", f"python={channel_pythons[-1]}", "pip", "prefix-demo", pip=(DEMO,)))
        await do(manager, update(place, "lesson", remove=("prefix-demo", DEMO)))
        assert not {"prefix-demo", DEMO} & versions(prefix).keys()
        missing = await fail(manager, update(place, "lesson", remove=("no-such-package",)))
        assert missing.error is not None
        assert missing.error.code == "not-found"


@pytest.mark.usefixtures("index")
async def test_another_python_gets_the_packages_of_pip_again(place: Place, channel_pythons: list[str]) -> None:
    async with managing(place) as manager:
        prefix = place.envs / "lesson"
        first, last = channel_pythons[-2:][0], channel_pythons[-1]
        await do(manager, place.create("lesson", f"python={first}", "pip", pip=(f"{DEMO}==1.0",)))
        former = list(prefix.glob("lib/python3*/site-packages/envkernels_demo_pip*"))
        # the others are linked also where the channel has one Python
        job = await do(manager, update(place, "lesson", f"python={last}", "prio-demo", "prefix-demo"))
        linking = [event for event in manager.journal(job.id).events() if event.phase == "linking"]
        steps = [event.progress for event in linking if event.progress]
        assert steps[-1].done == steps[-1].total
        assert {step.total for step in steps} == {steps[-1].total}
        assert linking[0].message == f"Linking {steps[-1].total} packages"
        assert all(step.seconds_left is None or step.seconds_left >= 0 for step in steps)
        code = "import sys, envkernels_demo_pip; print('%d.%d' % sys.version_info[:2])"
        assert run_python(prefix, code) == last
        assert versions(prefix)[DEMO] == "1.0"
        assert [package.requested for package in read_inventory(prefix).of("pip")] == [True]
        assert damage(prefix) == []
        if first != last:
            assert former
            assert not any(path.exists() for path in former)
            assert not (prefix / f"lib/python{first}/site-packages").exists()
            assert "Kept, because no pip package owns them" not in manager.journal(job.id).read_log(0)[0]


async def test_a_damaged_record_is_named(place: Place) -> None:
    async with managing(place) as manager:
        await do(manager, place.create("lesson", "prio-demo"))
        (record,) = (place.envs / "lesson" / "conda-meta").glob("*.json")
        record.write_text(record.read_text()[:100])
        copy = Clone("copy", place.envs / "copy", source=place.envs / "lesson")
        for request in (update(place, "lesson", "xz"), copy):
            job = await fail(manager, request)
            assert job.error is not None
            assert job.error.code == "invalid-spec"
            assert f"The package record {record} cannot be read: " in job.error.message
            assert job.error.remedy == "Delete this file, and install prio-demo again."


async def test_lines_of_the_pinned_file_are_told_by_file_and_line(place: Place) -> None:
    async with managing(place) as manager:
        await do(manager, place.create("lesson", "conflict-base=1.0"))
        pinned = place.envs / "lesson" / "conda-meta" / "pinned"
        pinned.write_text("# by the course\nconflict-base =1.0\n")
        job = await fail(manager, update(place, "lesson", "conflict-b"))
        assert job.error is not None
        assert f" `conflict-base =1.0` comes from {pinned}, line 2." in job.error.message
        pinned.write_text("python\n\nconflict-base=~1.0\n")
        job = await fail(manager, update(place, "lesson", "prio-demo"))
        assert job.error is not None
        assert job.error.message.startswith(f"{pinned}, line 3: 'conflict-base=~1.0' is not a match spec")
        pinned.write_text("conflict-base=>1.0\n")
        await do(manager, update(place, "lesson", "prio-demo"))


async def test_a_record_that_names_no_channel(place: Place) -> None:
    async with managing(place) as manager:
        prefix = place.envs / "lesson"
        await do(manager, place.create("lesson", "prio-demo"))
        (record,) = (prefix / "conda-meta").glob("*.json")
        record.write_text(json.dumps({**json.loads(record.read_text()), "channel": None}))
        job = await do(manager, update(place, "lesson", "legacy-tarbz2"))
        plan = manager.journal(job.id).plan()
        assert {package.channel for package in plan.packages} == {place.channel}
        assert [change.name for change in plan.changes] == ["legacy-tarbz2"]
        assert {package.channel for package in read_inventory(prefix).packages} == {place.channel}
        assert [revision.removed for revision in read_history(prefix)] == [(), ()]
        await do(manager, Clone("copy", place.envs / "copy", source=prefix))


def put_over(prefix: Path, folder: Path, name: str, version: str) -> None:
    """Have pip install a package of one module."""
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}/__init__.py": f"__version__ = {version!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in [*files, f"{info}/RECORD"])
    wheel = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    command = [uv.find_uv_bin(), "pip", "install", "--no-config", "--no-deps", "--offline"]
    subprocess.run([*command, "--python", prefix / "bin" / "python", wheel], check=True, capture_output=True)


async def test_packages_that_conda_and_pip_bring(place: Place, channel_pythons: list[str], tmp_path: Path) -> None:
    ask = "import parso, importlib.metadata as found; print(parso.__version__, found.version('parso'))"
    async with managing(place) as manager:
        prefix = place.envs / "lesson"
        await do(manager, place.create("lesson", f"python={channel_pythons[-1]}"))
        before = versions(prefix)["parso"]
        whole = f"{before} {before}"

        async def is_back(request: JobRequest) -> None:
            job = await do(manager, request)
            assert [warning.code for warning in manager.journal(job.id).plan().warnings] == ["pip-replaced"]
            assert run_python(prefix, ask) == whole
            assert [(p.manager, p.version) for p in read_inventory(prefix).packages if p.name == "parso"] == [
                ("conda", before)
            ]
            assert damage(prefix) == []

        put_over(prefix, tmp_path, "parso", "0.1")
        assert run_python(prefix, ask) == "0.1 0.1"
        await is_back(update(place, "lesson", "parso"))

        put_over(prefix, tmp_path, "parso", "0.1")
        await is_back(update(place, "lesson", remove=("parso",)))

        put_over(prefix, tmp_path, "parso", "0.1")
        (record,) = (prefix / "conda-meta").glob("parso-*.json")
        record.unlink()  # as conda does
        await is_back(update(place, "lesson", "prefix-demo"))

        put_over(prefix, tmp_path, "parso", "0.1")
        await do(manager, update(place, "lesson", "legacy-tarbz2"))
        assert run_python(prefix, ask) == "0.1 0.1"  # what nobody speaks of stays

        kept = await fail(manager, update(place, "lesson", remove=("prompt-toolkit",)))
        assert kept.error is not None
        assert kept.error.message == (
            "prompt-toolkit cannot be removed: ipykernel, which is kept so that the environment stays a kernel, "
            "needs prompt-toolkit through ipython."
        )
        assert kept.error.remedy == "Remove ipykernel, too."


@pytest.mark.usefixtures("index")
async def test_an_update_that_fails_changes_nothing(place: Place, channel_pythons: list[str]) -> None:
    async with managing(place) as manager:
        prefix = place.envs / "lesson"
        python = f"python={channel_pythons[-1]}"
        await do(manager, place.create("lesson", python, "numpy=2.1"))
        before = (prefix.stat().st_ino, versions(prefix), (prefix / "conda-meta" / "history").read_text())
        unknown = await fail(manager, update(place, "lesson", "nump"))
        assert unknown.error is not None
        assert "Did you mean numpy" in unknown.error.message
        spec = EnvSpec(None, (), (python, "numpy=2.2", "pip"), ("envkernels-no-such-package",))
        failed = await fail(manager, Update("lesson", prefix, spec=spec))
        assert failed.error is not None
        assert failed.error.code == "pip-failed"
        assert (prefix.stat().st_ino, versions(prefix), (prefix / "conda-meta" / "history").read_text()) == before
        assert damage(prefix) == []
        kept = manager.journal(failed.id).staging(prefix).kept
        assert f"The new version is kept in {kept} for a day" in manager.journal(failed.id).read_log(0)[0]
        assert place.leftovers() == [kept.name, "lesson"]
    async with managing(place, folders=(place.envs,)) as manager:
        await do(manager, PlanOnly(update(place, "lesson", "prio-demo")))
    assert place.leftovers() == [kept.name, "lesson"], "its day is not over"
    os.utime(kept, (time.time() - 2 * 86400,) * 2)
    async with managing(place, folders=(place.envs,)):
        await until(lambda: asyncio.to_thread(lambda: place.leftovers() == ["lesson"]))


async def test_a_kernel_is_added_and_nothing_else_changed(place: Place, channel_pythons: list[str]) -> None:
    prefix = place.envs / "lesson"
    options = place.options()
    bare = JobManager(replace(options, engine=replace(options.engine, kernel_packages=())))
    await bare.start()
    await do(bare, place.create("lesson", f"python={channel_pythons[-1]}", "prefix-demo"))
    await bare.stop()
    before = versions(prefix)
    assert "ipykernel" not in before
    async with managing(place) as manager:
        await do(manager, AddKernel("lesson", prefix))
        assert before.items() <= versions(prefix).items()
        assert run_python(prefix, "import ipykernel") == ""


async def test_a_clone_of_packages_that_are_nowhere_any_more(
    place: Place, channel_server: ChannelServer, channel_pythons: list[str]
) -> None:
    async with managing(place) as manager:
        await do(manager, place.create("lesson", f"python={channel_pythons[-1]}", "prefix-demo", "entrypoint-demo"))
        (place.envs / "lesson" / "mine.txt").write_text(f"{place.envs}/lesson/bin")
        shutil.rmtree(place.folder / "cache")
        channel_server.add_rule("/main/", status=404)
        copy = place.envs / "a-copy-whose-name-is-quite-a-bit-longer-than-that-of-its-source"
        await do(manager, Clone(copy.name, copy, source=place.envs / "lesson"))
        assert damage(copy) == []
        assert run_python(copy, "import sys, ipykernel; print(sys.prefix)") == str(copy)
        assert versions(copy) == versions(place.envs / "lesson")
        assert (copy / "mine.txt").read_text() == f"{copy}/bin"
        old = str(place.envs / "lesson")
        holding = [path for path in copy.rglob("*") if path.is_file() and f"{old}/".encode() in path.read_bytes()]
        assert [path for path in holding if path.suffix != ".pyc" and path.parent.name != "conda-meta"] == []


@pytest.mark.usefixtures("index")
async def test_the_pip_of_the_environment_where_it_is_asked_for(place: Place, channel_pythons: list[str]) -> None:
    options = place.options()
    manager = JobManager(replace(options, engine=replace(options.engine, pip_installer="pip")))
    await manager.start()
    (place.folder / "more.txt").write_text(f"{DEMO}==1.0\n")
    request = place.create("lesson", f"python={channel_pythons[-1]}", pip=("-r more.txt",))
    job = await do(manager, request)
    assert "Successfully installed envkernels-demo-pip-1.0" in manager.journal(job.id).read_log(0)[0]
    assert pip_steps(manager, job)[-1] == (1, 1)
    assert versions(place.envs / "lesson")[DEMO] == "1.0"
    bad = await fail(manager, place.create("other", f"python={channel_pythons[-1]}", pip=(f"{DEMO}==9",)))
    assert bad.error is not None
    assert f"`{DEMO}==9`" in bad.error.message
    await manager.stop()


async def test_an_environment_for_others_is_compiled_before_it_is_there(
    place: Place, channel_pythons: list[str]
) -> None:
    options = place.options()
    manager = JobManager(replace(options, engine=replace(options.engine, shared_roots=(place.envs,))))
    await manager.start()
    await do(manager, place.create("lesson", f"python={channel_pythons[-1]}"))
    site = next((place.envs / "lesson").glob("lib/python3.*/site-packages/ipykernel"))
    sources = {path.stem for path in site.glob("*.py")}
    assert sources == {path.name.split(".")[0] for path in (site / "__pycache__").glob("*.pyc")}
    assert (site / "kernelbase.py").stat().st_mode & 0o044 == 0o044
    await manager.stop()


@pytest.fixture
def closed() -> Iterator[None]:
    """Whatever is made is for its owner alone, unless somebody opens it."""
    before = os.umask(0o077)
    yield
    os.umask(before)


@pytest.mark.usefixtures("index", "closed")
async def test_others_can_use_what_is_in_a_shared_root(place: Place, channel_pythons: list[str]) -> None:
    """By a real second user where the tests run as root, and by the modes of all files."""
    options = place.options()
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        root.chmod(0o755)
        manager = JobManager(replace(options, engine=replace(options.engine, shared_roots=(root,))))
        await manager.start()
        private = place.create("private", "prio-demo")
        await do(manager, private)
        kept = {path for path in private.prefix.rglob("*") if path.is_dir()} | {private.prefix / "conda-meta/history"}
        assert {path.stat().st_mode & 0o077 for path in kept} == {0}
        (cached,) = (place.folder / "cache").rglob("share/lab/prio-demo.txt")
        cached.chmod(0o600)

        prefix = root / "lesson"
        packages = (f"python={channel_pythons[-1]}", "prio-demo", "entrypoint-demo", "postlink-demo", "pip")
        request = structs.replace(place.create("lesson", *packages, pip=(f"{DEMO}==1.0",)), prefix=prefix)
        await do(manager, request)
        _check_open(prefix)
        assert cached.stat().st_mode & 0o077 == 0
        assert (place.folder / "cache").stat().st_mode & 0o077 == 0
        (prefix / "secret").write_text("mine")
        await do(manager, Update("lesson", prefix, edit=Edit(("prefix-demo",))))
        assert (prefix / "secret").stat().st_mode & 0o077 == 0
        (prefix / "secret").unlink()
        _check_open(prefix)
        await manager.stop()
        end_compilers(root)


def _check_open(prefix: Path) -> None:
    for path in (prefix, *prefix.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            wanted = 0o055 if mode & 0o100 else 0o044
            assert mode & wanted == wanted, (path, oct(mode))
    other = 65534 if os.geteuid() == 0 else None
    code = "import ipykernel, envkernels_demo_pip; print(open('conda-meta/history').read())"
    done = subprocess.run(
        [prefix / "bin" / "python", "-c", code], cwd=prefix, user=other, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "# cmd: jupyter envkernels" in done.stdout


async def test_packages_that_bring_the_same_path(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    prefix = place.envs / "lesson"
    sentence = "Path conflict: clobber-a and clobber-b both contain share/lab/clobbered.txt; that of clobber-a is used."
    async with managing(place) as manager:
        job = await do(manager, place.create("lesson", "clobber-a", "clobber-b"))
        assert sentence in manager.journal(job.id).read_log(0)[0]
        assert (prefix / "share/lab/clobbered.txt").read_text() == "owned by clobber-a\n"
        job = await do(manager, update(place, "lesson", "prio-demo"))
        assert "Path conflict" not in manager.journal(job.id).read_log(0)[0], "it was told before"
        await do(manager, update(place, "lesson", remove=("clobber-a",)))
        assert (prefix / "share/lab/clobbered.txt").read_text() == "owned by clobber-b\n"
        assert not (prefix / "__clobbers__").exists()
        assert damage(prefix) == []
        monkeypatch.setenv("CONDA_PATH_CONFLICT", "prevent")
        job = await fail(manager, update(place, "lesson", "clobber-a"))
        assert job.error is not None
        assert (job.error.code, job.error.message) == ("link-failed", sentence)
    assert (prefix / "share/lab/clobbered.txt").read_text() == "owned by clobber-b\n"
    assert place.leftovers() == ["lesson"]


async def test_a_file_where_a_package_brings_another(place: Place) -> None:
    async with managing(place) as manager:
        await do(manager, place.create("lesson", "clobber-a"))
        mine = place.envs / "lesson" / "share" / "lab" / "prefix.txt"
        mine.write_text("MINE")
        job = await do(manager, update(place, "lesson", "prefix-demo"))
        assert "prefix-demo contains share/lab/prefix.txt, where" in manager.journal(job.id).read_log(0)[0]
        assert mine.read_text().startswith("prefix=")
        kept = mine.with_name("prefix.before-update.txt")
        assert kept.read_text() == "MINE"
        await do(manager, update(place, "lesson", remove=("prefix-demo",)))
        assert kept.read_text() == "MINE"
