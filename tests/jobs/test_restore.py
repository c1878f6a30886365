"""Lists of exact packages restore them from every kind of channel, where the package cache has none of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal, cast

import pytest

from jupyter_envkernels.engine.export import export
from jupyter_envkernels.engine.operations import Create, PlanOnly, Update
from jupyter_envkernels.envs.inventory import read_inventory
from jupyter_envkernels.jobs.manager import JobManager
from jupyter_envkernels.models import Edit, Environment, EnvSpec, ExportFormat, Inventory, Job
from jupyter_envkernels.specs import check
from tests.channel.index import index_channels
from tests.channel.package import Package
from tests.channel.server import Auth, ChannelServer

from .conftest import Place, managing, over

TOKEN = "tk-1234"
PASSWORD = "hunter2"
SUFFIXES: tuple[Literal[".conda", ".tar.bz2"], ...] = (".conda", ".tar.bz2")


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[list[ChannelServer]]:
    """One for all, one that wants a token, one that wants a password."""
    root = tmp_path / "served"
    root.mkdir()
    with ChannelServer(root) as public, ChannelServer(root) as by_token, ChannelServer(root) as by_password:
        by_token.auth, by_password.auth = Auth(token=TOKEN), Auth.basic("ada", PASSWORD)
        yield [public, by_token, by_password]


@pytest.fixture
def channels(place: Place, servers: list[ChannelServer]) -> dict[str, str]:
    """A channel of each kind, with a package of each form. Conda's configuration has the mirror and the token."""
    public, by_token, by_password = (server.url for server in servers)
    served, folder = place.folder / "served", place.folder / "our läb #1, 100%"
    (place.folder / "home" / ".condarc").write_text(
        f"mirrored_channels:\n  http://mirrored.invalid/lab: ['{public}/copy']\n"
        f"custom_channels:\n  token: {by_token}/t/{TOKEN}\n"
    )
    found = {
        "http": (served / "http", f"{public}/http"),
        "file": (folder / "file", (folder / "file").as_uri()),
        "folder": (folder / "folder", str(folder / "folder")),
        "label": (served / "group/lab/label/dev", f"{public}/group/lab/label/dev"),
        "mirrored": (served / "copy", "http://mirrored.invalid/lab"),
        "token": (served / "token", "token"),
        "password": (served / "password", f"{by_password.replace('//', f'//ada:{PASSWORD}@')}/password"),
    }
    for kind, (root, _) in found.items():
        for name in names_of(kind):
            package = Package(name, "1.0", noarch="generic" if "noarch" in name else None)
            package.add(f"share/{name}.txt", name)
            package.write(root, suffix=SUFFIXES["bz2" in name])
    index_channels(*(root for root, _ in found.values()))
    return {kind: url for kind, (_, url) in found.items()}


def names_of(kind: str) -> list[str]:
    return [f"{kind}-{platform}-{suffix}" for platform in ("noarch", "native") for suffix in ("conda", "bz2")]


def conda_lock(inventory: Inventory) -> str:
    """What conda-lock would write."""
    entries = "".join(
        f"- {{name: {p.name}, version: '{p.version}', manager: conda, platform: {inventory.platform}, "
        f"dependencies: {{}}, url: '{p.url}', hash: {{md5: {p.md5}, sha256: {p.sha256}}}, category: main}}\n"
        for p in inventory.of("conda")
    )
    return f"version: 1\nmetadata: {{platforms: [{inventory.platform}]}}\npackage:\n{entries}"


def written(prefix: Path, form: str) -> str:
    if form == "conda-lock":
        return conda_lock(read_inventory(prefix))
    return export(Environment("0" * 12, "lesson", prefix), cast("ExportFormat", form)).text


async def succeeded(manager: JobManager, job: Job) -> Job:
    job = await over(manager, job)
    assert job.state == "succeeded", (job.error, manager.journal(job.id).log_file.read_text())
    return job


def linked(prefix: Path) -> dict[str, str]:
    """URLs of the packages by their names; their files are there."""
    found = {package.name: package.url for package in read_inventory(prefix).of("conda")}
    assert all((prefix / "share" / f"{name}.txt").read_text() == name for name in found)
    return found


async def test_every_kind_of_channel(place: Place, channels: dict[str, str]) -> None:
    names = [name for kind in channels for name in names_of(kind)]
    spec = EnvSpec("lesson", tuple(channels.values()), tuple(names))
    async with managing(place) as manager:
        await succeeded(manager, await manager.submit(Create("lesson", place.envs / "lesson", spec=spec)))
    made = linked(place.envs / "lesson")
    assert set(made) == set(names)
    for form in ("explicit", "pixi-lock", "conda-lock", "yaml", "yaml-no-builds", "yaml-from-history"):
        text = written(place.envs / "lesson", form)
        assert TOKEN not in text
        assert PASSWORD not in text
        checked = check(text)
        assert checked.spec is not None, (form, checked.diagnostics)
        elsewhere = Place(place.folder / form, channels["password"])
        async with managing(elsewhere) as manager:
            request = Create(form, elsewhere.envs / form, spec=checked.spec)
            planned = await succeeded(manager, await manager.submit(PlanOnly(request)))
            await succeeded(manager, await manager.run(planned.id))
        assert linked(elsewhere.envs / form) == made, form


async def test_an_update_asks_the_channels_that_packages_came_from(place: Place, channels: dict[str, str]) -> None:
    """Records hold no logins, which are those of the configuration."""
    kinds, here = ("token", "password"), Place(place.folder, channels["password"])
    spec = EnvSpec("lesson", tuple(channels[kind] for kind in kinds), tuple(names_of(kind)[0] for kind in kinds))
    async with managing(here) as manager:
        await succeeded(manager, await manager.submit(Create("lesson", place.envs / "lesson", spec=spec)))
        edit = Edit(add=tuple(names_of(kind)[1] for kind in kinds))
        update = Update("lesson", place.envs / "lesson", edit=edit)
        await succeeded(manager, await manager.submit(update))
    assert set(linked(place.envs / "lesson")) == {name for kind in kinds for name in names_of(kind)[:2]}
