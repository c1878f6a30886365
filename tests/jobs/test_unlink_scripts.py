"""Packages have the last word before they go."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_envkernels.engine.operations import Create, JobRequest, Remove, Rollback, Update
from jupyter_envkernels.models import Edit, EnvSpec
from tests.channel.index import index_channels
from tests.channel.package import PLACEHOLDER, Package

from .conftest import Place, managing
from .test_cancel import cancel, sleeps
from .test_updates import do, fail, versions

TOOL = f'#!/bin/sh\nrm "{PLACEHOLDER}/etc/scripted.json" && echo "$CONDA_PREFIX" > "{PLACEHOLDER}/trace"\n'
UNLINK = '"$PREFIX/bin/scripted-tool"\necho "$PKG_NAME $PKG_VERSION $PREFIX" >> ~/unlinked\n'


def scripted(version: str, *, link: str = "", unlink: str = UNLINK) -> Package:
    """A package that registers itself in a file of the environment, and takes that back by a program of its own."""
    package = Package("scripted", version)
    package.add("bin/scripted-tool", TOOL, executable=True)
    package.add("bin/.scripted-post-link.sh", link or 'mkdir -p "$PREFIX/etc"\necho {} > "$PREFIX/etc/scripted.json"\n')
    package.add("bin/.scripted-pre-unlink.sh", unlink)
    return package


@pytest.fixture
def channel(place: Place) -> Path:
    """With a version that can be installed, one that cannot, and one whose script fails."""
    folder = place.folder / "channel"
    for package in (
        scripted("1.0"),
        scripted("2.0", link="true", unlink="echo alas\nexit 3\n"),
        scripted("3.0", link="exit 4"),
        scripted("4.0", unlink="touch ~/reached\nrm $PREFIX/etc/scripted.json\nsleep 300 &\nwait\n"),
    ):
        package.write(folder)
    index_channels(folder)
    return folder


def create(place: Place, channel: Path, spec: str) -> JobRequest:
    spec_of = EnvSpec("lesson", (channel.as_uri(),), (spec,))
    return Create("lesson", place.envs / "lesson", spec=spec_of)


def update(place: Place, *add: str, remove: tuple[str, ...] = ()) -> JobRequest:
    return Update("lesson", place.envs / "lesson", edit=Edit(add, remove))


async def test_before_another_version_comes(place: Place, channel: Path) -> None:
    prefix = place.envs / "lesson"
    async with managing(place) as manager:
        await do(manager, create(place, channel, "scripted=1"))
        assert (prefix / "etc" / "scripted.json").exists()
        await fail(manager, update(place, "scripted=3"))
        assert (prefix / "etc" / "scripted.json").exists(), "what was undone is there after a failure"
        assert not (prefix / "trace").exists()
        await do(manager, update(place, "scripted=2"))
        assert not (prefix / "etc" / "scripted.json").exists()
        assert (prefix / "trace").read_text() == f"{prefix}\n"
        assert versions(prefix) == {"scripted": "2.0"}
        await do(manager, Rollback("lesson", prefix, revision=0))
        assert versions(prefix) == {"scripted": "1.0"}
        assert (prefix / "etc" / "scripted.json").exists()
    said = (place.folder / "home" / "unlinked").read_text()
    assert said == f"scripted 1.0 {prefix}\n" * 2, "also for the update that failed afterwards"
    assert place.leftovers() == ["lesson"]


async def test_one_that_fails_hinders_nothing(place: Place, channel: Path) -> None:
    async with managing(place) as manager:
        await do(manager, create(place, channel, "scripted=2"))
        job = await do(manager, update(place, remove=("scripted",)))
        log = manager.journal(job.id).read_log(0)[0]
    assert "alas" in log
    assert "The pre-unlink script of scripted failed with exit code 3; going on without it." in log
    assert versions(place.envs / "lesson") == {}


async def test_before_a_removal(place: Place, channel: Path) -> None:
    async with managing(place) as manager:
        await do(manager, create(place, channel, "scripted=1"))
        job = await do(manager, Remove("lesson", place.envs / "lesson"))
        assert "Running the pre-unlink script of scripted." in manager.journal(job.id).read_log(0)[0]
    assert (place.folder / "home" / "unlinked").read_text() == f"scripted 1.0 {place.envs / 'lesson'}\n"
    assert place.leftovers() == []


async def test_a_removal_without_its_scripts(place: Place, channel: Path) -> None:
    """A record that nobody can read hinders them, but not the removal."""
    prefix = place.envs / "lesson"
    async with managing(place) as manager:
        await do(manager, create(place, channel, "scripted=1"))
        (prefix / "conda-meta" / "scripted-1.0-0.json").write_text("no JSON")
        job = await do(manager, Remove("lesson", prefix))
        assert "The pre-unlink scripts of scripted did not run: " in manager.journal(job.id).read_log(0)[0]
    assert place.leftovers() == []


@pytest.mark.parametrize("kind", ["update", "remove"])
async def test_who_is_cancelled_in_it_has_all_back(place: Place, channel: Path, kind: str) -> None:
    prefix = place.envs / "lesson"
    request = update(place, "scripted=1") if kind == "update" else Remove("lesson", prefix)
    async with managing(place) as manager:
        await do(manager, create(place, channel, "scripted=4"))
        await cancel(manager, place, lambda: sleeps(manager, request), others=("lesson",))
        assert (place.folder / "home" / "reached").exists()
        assert (prefix / "etc" / "scripted.json").exists()
        assert versions(prefix) == {"scripted": "4.0"}
        assert not list((prefix / "conda-meta").glob(".envkernels-pending"))
    assert place.leftovers() == ["lesson"]
