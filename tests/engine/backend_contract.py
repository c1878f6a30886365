"""What every :class:`~jupyter_envkernels.engine.backend.Backend` does.

``python -m tests.engine.backend_contract CHECK CACHE FOLDER CHANNEL`` runs one check with py-rattler, in a process
of its own as that must be.
"""

from __future__ import annotations

import asyncio
import os
import sys
import traceback
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from jupyter_envkernels.engine.backend import Backend
from jupyter_envkernels.engine.plan.diff import compare
from jupyter_envkernels.engine.rattler import RattlerBackend
from jupyter_envkernels.envs.conda_config.condarc import load_settings
from jupyter_envkernels.envs.inventory import read_installed
from jupyter_envkernels.errors import DownloadFailed, SolveFailed
from jupyter_envkernels.models import LockedPackage

from .fakes import ABSENT, Heard


async def packages_are_chosen(backend: Backend, folder: Path, channel: str) -> None:
    """By name, each at the version that its match spec asks for, and with its URL in the channel."""
    packages = await backend.solve(["prefix-demo", "conflict-base=1.5"], [channel])
    assert [package.name for package in packages] == ["conflict-base", "prefix-demo"]
    assert packages[0].version == "1.5"
    assert all(package.url.startswith(f"{channel}/{package.subdir}/") for package in packages)
    assert {package.channel.rstrip("/") for package in packages} == {channel}


async def what_is_installed_stays_if_it_can(backend: Backend, folder: Path, channel: str) -> None:
    old = await backend.solve(["conflict-base=1.0"], [channel])
    assert await backend.solve(["conflict-base"], [channel], old) == old
    (new,) = await backend.solve(["conflict-base=1.5"], [channel], old)
    assert new.version == "1.5"
    with pytest.raises(SolveFailed):
        await backend.solve(["conflict-base=1.5"], [channel], old, fixed=True)


async def no_channel_has_it(backend: Backend, folder: Path, channel: str) -> None:
    with pytest.raises(SolveFailed):
        await backend.solve([ABSENT], [channel])
    with pytest.raises(SolveFailed):
        await backend.find([f"{channel}/noarch::{ABSENT}-1.0-0"], ())
    with pytest.raises(DownloadFailed):
        await backend.locked([LockedPackage(f"{channel}/noarch/{ABSENT}-1.0-0.conda")])


async def packages_of_lock_files_and_histories_are_those_of_the_solver(
    backend: Backend, folder: Path, channel: str
) -> None:
    chosen = await backend.solve(["activate-demo", "conflict-base=1.0"], [channel])
    there = [(package.name, package.version, package.url) for package in chosen]
    locked = await backend.locked([LockedPackage(package.url) for package in reversed(chosen)])
    assert [(package.name, package.version, package.url) for package in locked] == there
    stems = [f"{channel}/noarch::{name}-{version}-0" for name, version, _ in reversed(there)]
    for installed in ((), chosen):
        found = await backend.find(stems, installed)
        assert [(package.name, package.version, package.url) for package in found] == there


async def versions_have_an_order(backend: Backend, folder: Path, channel: str) -> None:
    assert backend.is_newer("1.10", "1.9")
    assert not backend.is_newer("1.9", "1.10")
    assert not backend.is_newer("1.9", "1.9")


async def what_is_linked_is_what_is_installed(backend: Backend, folder: Path, channel: str) -> None:
    """Into one folder, for another; what is there already stays or goes. It is told of phase by phase."""
    staging, prefix, heard = folder / "staging", folder / "prefix", Heard()
    both = await backend.solve(["conflict-base=1.0", "prefix-demo=1.0"], [channel])
    await backend.install(both, staging, prefix, ["prefix-demo"], heard)
    assert heard.phases[-1] == "linking"
    assert set(heard.phases) <= {"downloading", "linking"}
    for amounts in heard.amounts.values():
        assert [done for done, _, _ in amounts] == sorted(done for done, _, _ in amounts)
    assert compare(read_installed(staging).conda, both, backend.is_newer) == ()
    files = [path.read_bytes() for path in staging.rglob("*") if path.is_file() and path.parent.name != "conda-meta"]
    assert any(os.fsencode(prefix) in data for data in files)
    assert not any(os.fsencode(staging) in data for data in files)
    other = await backend.solve(["conflict-base=2.0"], [channel])
    await backend.install(other, staging, prefix, [], Heard())
    assert compare(read_installed(staging).conda, other, backend.is_newer) == ()


Check = Callable[[Backend, Path, str], Coroutine[Any, Any, None]]

CHECKS: dict[str, Check] = {
    check.__name__: check
    for check in (
        packages_are_chosen,
        what_is_installed_stays_if_it_can,
        no_channel_has_it,
        packages_of_lock_files_and_histories_are_those_of_the_solver,
        versions_have_an_order,
        what_is_linked_is_what_is_installed,
    )
}


def main(name: str, cache: str, folder: str, channel: str) -> None:
    """Run a check with py-rattler. Nothing else than leaving at once is safe with it."""
    try:
        backend = RattlerBackend(Path(cache), load_settings(os.environ))
        asyncio.run(CHECKS[name](backend, Path(folder), channel))
    except BaseException:  # noqa: BLE001 - also what pytest raises, which is none
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
