"""What a job of the worker comes to."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import replace

import pytest
from msgspec import structs

from jupyter_envkernels.engine.operations import Clone, Create, JobRequest, PlanOnly
from jupyter_envkernels.errors import NotAllowed
from jupyter_envkernels.jobs.locks import prefix_lock
from jupyter_envkernels.jobs.manager import JobManager
from jupyter_envkernels.models import EngineOptions, EnvSpec, Job, LockedPackage
from tests.channel.server import Auth, ChannelServer

from .conftest import Place, in_phase, managing, over, until

STAMP = re.compile(r"\d\d:\d\d:\d\d ")


async def done(
    place: Place, request: JobRequest, engine: EngineOptions | None = None, **changes: int
) -> tuple[Job, str]:
    """A job when it is over, and its log."""
    options = place.options(**changes) if engine is None else replace(place.options(), engine=engine)
    manager = JobManager(options)
    await manager.start()
    try:
        job = await over(manager, await manager.submit(request))
        log = manager.journal(job.id).log_file.read_text()
        assert [line for line in log.splitlines() if not STAMP.match(line)] == [], "printed past the log"
        return job, log
    finally:
        await manager.stop()


async def test_a_kernel_package_that_clashes_is_not_taken_for_the_persons_own(place: Place) -> None:
    engine = EngineOptions((place.channel,), place.folder / "cache", kernel_packages=("conflict-b",))
    job, log = await done(place, place.create("lesson", "python", "conflict-a"), engine)
    assert job.error is not None
    assert job.error.code == "unsatisfiable"
    assert job.error.message.startswith(
        "conflict-b will be added so that Jupyter can use this environment. `conflict-a` and `conflict-b` cannot be"
    )
    assert job.error.message in log
    assert job.error.remedy in log
    assert place.leftovers() == []


async def test_what_condas_configuration_adds(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONDA_CREATE_DEFAULT_PACKAGES", "prio-demo,conflict-base=1.0")
    monkeypatch.setenv("CONDA_CLIENT_SSL_CERT", "/nowhere.pem")
    monkeypatch.setenv("CONDA_OFFLINE", "perhaps")
    (place.folder / "home" / ".condarc").write_text("channel_settings:\n- {channel: vaulted, auth: vault}\n")
    job, log = await done(place, place.create("lesson", "conflict-base=1.5"))
    assert job.state == "succeeded", log
    names = sorted(path.name for path in (place.envs / "lesson" / "conda-meta").glob("*.json"))
    assert names == ["conflict-base-1.5-0.json", "prio-demo-1.0-0.json"]
    assert "Adding conda's create_default_packages: prio-demo." in log
    assert "conda's client_ssl_cert is set" in log
    assert "conda's channel_settings use the plugin vault for vaulted" in log
    assert "conda's parameter offline must be true or false" in log


async def test_what_conda_is_set_up_with_is_told_apart_from_the_spec(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    condarc = place.folder / "home" / ".condarc"
    condarc.write_text("create_default_packages:\n- prio-demo\n- nonesuch\n")
    where = f"create_default_packages in {condarc}, line 3"
    job, _ = await done(place, place.create("lesson", "conflict-base"))
    assert job.error is not None
    assert job.error.message.endswith(f" `nonesuch` comes from {where}.")
    condarc.write_text("create_default_packages:\n- prio-demo\n- nonesuch=~1\n")
    job, _ = await done(place, place.create("lesson", "conflict-base"))
    assert job.error is not None
    assert job.error.message.startswith(f"{where}: 'nonesuch=~1' is not a match spec")
    condarc.unlink()
    monkeypatch.setenv("CONDA_CHANNEL_PRIORITY", "banana")
    async with managing(place) as manager:
        plan = await over(manager, await manager.submit(PlanOnly(place.create("lesson", "prio-demo"))))
        prepared = manager.journal(plan.id).plan()
    assert prepared is not None
    assert "condarc-invalid" in [warning.code for warning in prepared.warnings]


async def test_channels_that_condas_configuration_forbids(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONDA_ALLOWLIST_CHANNELS", "conda-forge")
    spec = EnvSpec("lesson", locked=(LockedPackage(f"{place.channel}/noarch/prio-demo-1.0-0.conda"),))
    for request in (
        place.create("lesson", "prio-demo"),
        Create("lesson", place.envs / "lesson", spec=spec),
    ):
        async with managing(place) as manager:
            with pytest.raises(NotAllowed) as refused:
                await manager.submit(request)
        assert refused.value.details["problems"] == ["channel-not-allowed"]
        assert refused.value.remedy == "Use conda-forge."
    monkeypatch.setenv("CONDA_ALLOWLIST_CHANNELS", place.channel)
    job, log = await done(place, place.create("lesson", "prio-demo"))
    assert job.state == "succeeded", log


async def test_a_download_that_stands_still_ends_the_job(
    place: Place, channel_server: ChannelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONDA_REMOTE_READ_TIMEOUT_SECS", "1")
    channel_server.add_rule(r"python-3.*\.conda$", hang_after=1_000_000)
    job, log = await done(place, place.create("lesson", "python", "prio-demo"))
    assert job.error is not None, log
    assert job.error.code == "download-failed"
    assert "python" in job.error.message
    assert place.leftovers() == []
    assert place.processes() == []


async def test_who_waits_for_the_package_cache_says_so(place: Place, channel_server: ChannelServer) -> None:
    channel_server.add_rule(r"python-3.*\.conda$", throttle=3_000_000)
    async with managing(place) as manager:
        first = await manager.submit(place.create("first", "python"))
        await in_phase(manager, first, "downloading", done=1)
        second = await manager.submit(place.create("second", "prio-demo"))

        async def waits() -> bool:
            return "package cache" in (await manager.job(second.id)).message

        await until(waits)
        assert not (await manager.job(first.id)).is_over
        channel_server.reset()
        assert (await over(manager, second)).state == "succeeded"
        assert (await over(manager, first)).state == "succeeded"
        told = [event.message for event in manager.journal(second.id).events() if event.phase == "downloading"]
    waiting = told.index("Waiting for another installation that uses the package cache")
    assert waiting < told.index(next(line for line in told if line.startswith("Downloading 1 package, ")))


async def test_a_job_that_takes_too_long_is_ended_and_taken_back(place: Place, channel_server: ChannelServer) -> None:
    channel_server.add_rule(r"big-demo.*\.conda$", throttle=100_000)
    job, log = await done(place, place.create("lesson", "big-demo", "prio-demo"), job_timeout=2)
    assert (job.state, job.error and job.error.code) == ("failed", "timeout")
    assert job.message == "The job took more than 2 seconds and was ended; nothing was changed"
    assert log.endswith(f"{job.message}.\n")
    assert place.leftovers() == []
    assert place.processes() == []
    again, log = await done(place, place.create("lesson", "prio-demo"), job_timeout=60)
    assert again.state == "succeeded", log


async def test_post_link_scripts_run_where_the_environment_stands(place: Place) -> None:
    job, log = await done(place, place.create("lesson", "postlink-demo"))
    assert job.state == "succeeded", log
    prefix = place.envs / "lesson"
    variables = dict(line.partition("=")[::2] for line in (prefix / "postlink.env").read_text().splitlines())
    assert variables["PREFIX"] == variables["CONDA_PREFIX"] == str(prefix)
    assert variables["PATH"].split(":")[0] == str(prefix / "bin")
    assert [variables[f"PKG_{name}"] for name in ("NAME", "VERSION", "BUILDNUM")] == ["postlink-demo", "1.0", "0"]
    assert "post-link stdout" in log
    assert "hello from post-link" in log
    assert not (prefix / ".messages.txt").exists()


async def test_a_post_link_script_that_fails(place: Place) -> None:
    job, log = await done(place, place.create("lesson", "postlink-demo", "postlink-fails"))
    assert job.error is not None, log
    assert job.error.code == "link-failed"
    assert job.error.message == "The post-link script of postlink-fails failed: about to fail"
    assert place.leftovers() == []


def with_login(channel_server: ChannelServer, auth: Auth) -> str:
    """The URL of the server with a login in it."""
    host = channel_server.url.removeprefix("http://")
    return f"http://{host}/t/s3cret" if auth.token else f"http://ada:s3cret@{host}"


@pytest.mark.parametrize("auth", [Auth.basic("ada", "s3cret"), Auth(token="s3cret")], ids=["password", "token"])
async def test_logins_in_urls_are_used_and_written_nowhere(
    place: Place, channel_server: ChannelServer, auth: Auth
) -> None:
    channel_server.auth = auth
    host, url = channel_server.url.removeprefix("http://"), with_login(channel_server, auth)
    request = place.create("lesson", "prefix-demo", f"{url}/extra::prio-demo")
    assert request.spec is not None
    request = structs.replace(request, spec=replace(request.spec, channels=(f"{url}/main",)))
    job, log = await done(place, request)
    assert job.state == "succeeded", log
    records = [json.loads(path.read_text()) for path in (place.envs / "lesson" / "conda-meta").glob("*.json")]
    assert {record["url"].rsplit("/", 2)[0] for record in records} == {f"http://{host}/main", f"http://{host}/extra"}
    clone = Clone("copy", place.envs / "copy", source=place.envs / "lesson")
    job, log = await done(place, clone)
    assert job.state == "succeeded", "it needs no login, for the cache has all\n" + log
    channel_server.add_rule("/", status=403)
    refused = structs.replace(request, environment="other", prefix=place.envs / "other")
    job, log = await done(place, structs.replace(refused, spec=EnvSpec("other", (f"{url}/alt/main",), ("same-build",))))
    assert job.state == "failed"
    told = [path for path in place.folder.rglob("*") if path.is_file() and b"s3cret" in path.read_bytes()]
    assert {path.name for path in told} == {"request.json"}, "what was asked for, in the person's own folder"


@pytest.mark.parametrize("auth", [Auth.basic("ada", "s3cret"), Auth(token="s3cret")], ids=["password", "token"])
async def test_a_plan_is_carried_out_with_the_logins_of_its_spec(
    place: Place, channel_server: ChannelServer, auth: Auth
) -> None:
    channel_server.auth = auth
    url = with_login(channel_server, auth)
    spec = EnvSpec("lesson", (f"{url}/main",), ("prio-demo", f"{url}/extra::only-extra-nodep"))
    request = Create("lesson", place.envs / "lesson", spec=spec)
    locked = EnvSpec("exact", locked=(LockedPackage(f"{url}/main/noarch/conflict-base-1.0-0.conda"),))
    async with managing(place) as manager:
        planned = await over(manager, await manager.submit(PlanOnly(request)))
        assert planned.state == "succeeded", planned
        job = await over(manager, await manager.run(planned.id))
        assert job.state == "succeeded", manager.journal(job.id).log_file.read_text()
        exact = Create("exact", place.envs / "exact", spec=locked)
        planned = await over(manager, await manager.submit(PlanOnly(exact)))
        assert planned.state == "succeeded", planned
        job = await over(manager, await manager.run(planned.id))
        assert job.state == "succeeded", manager.journal(job.id).log_file.read_text()


async def test_the_pip_lines_that_fail_are_named(place: Place, channel_server: ChannelServer) -> None:
    pip = (f"--index-url {channel_server.url}/simple", "envkernels-demo-pip<2", "envkernels-demo-pip>=2")
    job, log = await done(place, place.create("lesson", "python", pip=pip))
    assert job.error is not None, log
    assert job.error.code == "pip-failed"
    assert job.error.message.startswith(
        "The pip section could not be installed, because of `envkernels-demo-pip<2` and `envkernels-demo-pip>=2`: "
    )
    assert place.leftovers() == []


async def test_bytecode_comes_after_the_end_of_the_job(place: Place) -> None:
    job, log = await done(place, place.create("lesson", "python", "ipykernel", "syntax-error-py"))
    assert job.state == "succeeded", log
    (site,) = (place.envs / "lesson" / "lib").glob("python3.*/site-packages")

    async def is_compiled() -> bool:
        return not await asyncio.to_thread(place.processes)

    await until(is_compiled)
    sources = {path.stem for path in (site / "ipykernel").glob("*.py")}
    assert {path.name.split(".")[0] for path in (site / "ipykernel" / "__pycache__").iterdir()} == sources
    assert not list(site.rglob("lab_syntax_error*.pyc"))


async def test_nothing_is_cloned_while_it_is_being_changed(place: Place) -> None:
    job, log = await done(place, place.create("source", "prio-demo"))
    assert job.state == "succeeded", log
    clone = Clone("copy", place.envs / "copy", source=place.envs / "source")
    with prefix_lock(place.envs / "source", "an update"):
        job, _ = await done(place, clone)
    assert job.error is not None
    assert (job.error.code, job.error.message) == ("busy", f"{place.envs}/source is in use by an update.")
    assert place.leftovers() == ["source"]
    with prefix_lock(place.envs / "source", "another clone", shared=True):
        job, log = await done(place, clone)
    assert job.state == "succeeded", log
