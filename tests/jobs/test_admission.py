"""What becomes a job, and what is refused before it is one or before it writes."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import structs

from jupyter_envkernels.engine.operations import Clone, Create, Remove, Update
from jupyter_envkernels.envs.conda_config.condarc import Settings
from jupyter_envkernels.errors import Busy, Forbidden, NotAllowed
from jupyter_envkernels.jobs.admission import admit, check_allowed
from jupyter_envkernels.jobs.journal.reader import JobSpec
from jupyter_envkernels.jobs.journal.writer import create_journal
from jupyter_envkernels.jobs.manager import JobManager
from jupyter_envkernels.models import (
    PENDING_MARK,
    CatalogOptions,
    Edit,
    EngineOptions,
    EnvSpec,
    Limits,
    LockedPackage,
    Operation,
)
from tests.channel.package import Package
from tests.channel.server import ChannelServer
from tests.engine.transaction.test_transaction import of_another
from tests.prefixes import make_prefix

from .conftest import Place, managing, over, until


def create(folder: Path, name: str, *packages: str) -> Create:
    return Create(name, folder / name, spec=EnvSpec(dependencies=packages))


def options(limits: Limits) -> EngineOptions:
    return EngineOptions(("conda-forge",), Path("/cache"), limits=limits)


def test_names_are_those_of_the_packages() -> None:
    limits = Limits(denied_packages=("numpy", "requests"), allow_pip=False)
    spec = EnvSpec(dependencies=("conda-forge::numpy>=2", "python"), pip=("Requests[socks]==2", "-e ."))
    with pytest.raises(NotAllowed, match=r": numpy, requests\.") as refused:
        check_allowed(Create("x", Path("/x"), spec=spec), options(limits), Settings())
    assert refused.value.details["problems"] == ["package-not-allowed", "pip-not-allowed"]
    update = Update("x", Path("/x"), edit=Edit(add=("scipy=1",)))
    with pytest.raises(NotAllowed, match="scipy"):
        check_allowed(update, options(Limits(denied_packages=("scipy",))), Settings())


def test_environments_that_there_are_and_that_are_coming_count(tmp_path: Path) -> None:
    make_prefix(tmp_path / "one")
    (tmp_path / "no-environment").mkdir()
    limited = EngineOptions((), tmp_path, limits=Limits(max_environments=3), catalog=CatalogOptions(roots=(tmp_path,)))
    coming = [create(tmp_path, "two"), create(tmp_path, "one")]
    admit(create(tmp_path, "three"), limited, Settings(), coming)
    with pytest.raises(NotAllowed, match="You have reached the limit of 3 environments"):
        admit(create(tmp_path, "three"), limited, Settings(), [*coming, create(tmp_path / "elsewhere", "two")])
    admit(Update("one", tmp_path / "one", edit=Edit(add=("numpy",))), limited, Settings(), coming)


def test_a_place_where_others_could_replace_it(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    with pytest.raises(Forbidden, match=f"Other accounts could replace environments in {tmp_path}/open: "):
        admit(create(tmp_path / "open", "lesson"), options(Limits()), Settings(), [])
    rooted = replace(options(Limits()), catalog=CatalogOptions(roots=(tmp_path / "open",)))
    admit(create(tmp_path / "open", "lesson"), rooted, Settings(), [])


def test_what_another_person_s_job_is_at_work_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_prefix(tmp_path / "lesson")
    (tmp_path / "lesson" / PENDING_MARK).touch()
    requests: list[Operation] = [
        Update("lesson", tmp_path / "lesson", edit=Edit(add=("numpy",))),
        Clone("copy", tmp_path / "copy", source=tmp_path / "lesson"),
        Remove("lesson", tmp_path / "lesson", force=True),
    ]
    for request in requests:
        admit(request, options(Limits()), Settings(), [])
    of_another(monkeypatch)
    for request in requests:
        with pytest.raises(Busy, match=r"A job of user 23456 is changing"):
            admit(request, options(Limits()), Settings(), [])


async def test_refused_before_it_is_a_job(place: Place) -> None:
    limits = Limits(denied_packages=("big-*",), max_environments=1)
    manager = JobManager(place.options(limits))
    await manager.start()
    try:
        with pytest.raises(NotAllowed, match="big-demo"):
            await manager.submit(place.create("lesson", "big-demo"))
        job = await over(manager, await manager.submit(place.create("lesson", "prio-demo")))
        assert job.state == "succeeded"
        with pytest.raises(NotAllowed, match="You have reached the limit of 1 environment"):
            await manager.submit(place.create("next", "prio-demo"))
        update = Update("lesson", place.envs / "lesson", edit=Edit(add=("big-demo",)))
        with pytest.raises(NotAllowed, match="big-demo"):
            await manager.submit(update)
        assert await manager.jobs() == [job]
    finally:
        await manager.stop()


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (Limits(denied_packages=("ipython",)), "not allowed here: ipython."),
        (Limits(max_packages=3), "3 are allowed."),
        (Limits(min_free_bytes=10**18), "would be left free"),
    ],
)
async def test_what_only_the_plan_shows_ends_the_job_before_it_writes(place: Place, limits: Limits, words: str) -> None:
    manager = JobManager(place.options(limits))
    await manager.start()
    try:
        job = await over(manager, await manager.submit(place.create("lesson", "python", "ipykernel")))
    finally:
        await manager.stop()
    assert (job.state, job.error and job.error.code) == ("failed", "not-allowed")
    assert words in job.message
    assert place.leftovers() == []
    assert not manager.journal(job.id).plan_file.exists()


async def test_channels_are_refused_before_there_is_a_job(place: Place) -> None:
    url = f"{place.channel}/noarch/prio-demo-1.0-0.conda"
    other = place.channel.replace("/main", "/other")
    limits = Limits(allowed_channels=(other,))
    locked = Create("x", place.envs / "x", spec=EnvSpec(locked=(LockedPackage(url),)))
    named = structs.replace(
        place.create("x", f"{other}::prio-demo", url), spec=EnvSpec(channels=(other,), dependencies=(url,))
    )
    async with managing(place, limits) as manager:
        for request in (place.create("x", "prio-demo"), locked, named):
            with pytest.raises(NotAllowed, match=r"/main.* is not allowed here"):
                await manager.submit(request)
        assert await manager.jobs() == []


@pytest.mark.parametrize("limits", [Limits(allowed_channels=("https://h/other",)), Limits(allow_pip=False)])
async def test_the_worker_asks_again(place: Place, channel_server: ChannelServer, limits: Limits) -> None:
    """What is stored of a job may be older than the limits, or written by others."""
    order = JobSpec(place.create("lesson", "prio-demo", pip=("cowsay",)), place.options(limits).engine, time.time())
    create_journal(place.folder / "jobs", order)
    async with managing(place) as manager:
        (job,) = await manager.jobs()
        job = await over(manager, job)
    assert (job.state, job.error and job.error.code) == ("failed", "not-allowed")
    assert channel_server.log == []
    assert place.leftovers() == []


async def test_what_pip_brings_beside_what_was_asked_for(place: Place) -> None:
    manager = JobManager(place.options(Limits(denied_packages=("pip-denied",))))
    (place.folder / "project").mkdir()
    (place.folder / "project" / "pyproject.toml").write_text('[project]\nname = "pip_denied"\nversion = "1"\n')
    await manager.start()
    try:
        job = await over(manager, await manager.submit(place.create("lesson", "python", "pip", pip=("./project",))))
        log = manager.journal(job.id).log_file.read_text()
    finally:
        await manager.stop()
    assert (job.state, job.error and job.error.code) == ("failed", "not-allowed"), log
    assert "pip-denied" in job.message.replace("_", "-")
    assert place.leftovers() == []


@pytest.mark.parametrize("files", [1, 300])
@pytest.mark.parametrize("limits", [Limits(max_environment_bytes=10**7), Limits(max_total_bytes=10**7)])
async def test_a_package_that_unpacks_to_far_more_than_its_archive_has(
    place: Place, limits: Limits, files: int, tmp_path: Path
) -> None:
    bomb = Package("bomb", "1.0", noarch="generic")
    for number in range(files):
        bomb.add(f"share/{number}", bytes(90_000_000 // files))
    archive = bomb.write(tmp_path / "channel")
    assert archive.stat().st_size < 50_000
    manager = JobManager(place.options(limits))
    await manager.start()
    try:
        with ChannelServer(tmp_path / "channel") as server:
            spec = EnvSpec(locked=(LockedPackage(f"{server.url}/noarch/{archive.name}"),))
            request = Create("lesson", place.envs / "lesson", spec=spec)
            job = await over(manager, await manager.submit(request))

            async def swept() -> bool:
                cached = (place.folder / "cache").rglob("*")
                return not [path for path in cached if path.is_file() and path.stat().st_size > 1000]

            await until(swept, 20)
    finally:
        await manager.stop()
    assert (job.state, job.error and job.error.code) == ("failed", "not-allowed")
    assert job.message.startswith("When the packages are unpacked, they take more than the 10.0 MB ")
    assert " The largest is bomb 1.0 with " in job.message
    assert place.leftovers() == []


async def test_a_clone_of_packages_whose_sizes_no_list_has_told(place: Place) -> None:
    """Their records tell what their files take."""
    manager = JobManager(place.options())
    await manager.start()
    try:
        spec = EnvSpec(locked=(LockedPackage(f"{place.channel}/noarch/big-demo-1.0-0.conda"),))
        source = Create("source", place.envs / "source", spec=spec)
        assert (await over(manager, await manager.submit(source))).state == "succeeded"
    finally:
        await manager.stop()
    manager = JobManager(place.options(Limits(max_environment_bytes=10**7)))
    await manager.start()
    try:
        clone = Clone("copy", place.envs / "copy", source=place.envs / "source")
        job = await over(manager, await manager.submit(clone))
    finally:
        await manager.stop()
    assert (job.state, job.error and job.error.code) == ("failed", "not-allowed")
    assert "would take about 42 MB; 10 MB are allowed" in job.message
    assert place.leftovers() == ["source"]


async def test_indexes_of_pip(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a spec says is refused at once; what is configured, before pip starts."""
    monkeypatch.setenv("PIP_INDEX_URL", "https://evil.example/simple")
    limits = Limits(pip_indexes=("https://pip.example.org/simple",))
    (place.folder / "more.txt").write_text("x @ git+https://evil.example/x\n")
    async with managing(place, limits) as manager:
        for line in ("--index-url https://evil.example/simple", "-r more.txt"):
            with pytest.raises(NotAllowed, match=r"pip may not use .*https://evil\.example"):
                await manager.submit(place.create("lesson", "python", pip=("numpy", line)))
        job = await over(manager, await manager.submit(place.create("lesson", "python", pip=("numpy",))))
    assert (job.state, job.error and job.error.code) == ("failed", "not-allowed")
    assert "pip may not use https://evil.example/simple here." in job.message
    assert place.leftovers() == []
