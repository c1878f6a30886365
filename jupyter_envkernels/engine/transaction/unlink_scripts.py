"""Pre-unlink scripts of packages that go: ``bin/.NAME-pre-unlink.sh``, as conda-build's documentation describes them.

They undo what post-link scripts have done, mostly by programs of the environment, which know it by its path. So they
run in its place, but on a copy: it takes the place of the environment meanwhile, and steps back afterwards. What they
do to an environment comes with the change that they belong to, or not at all; what they do elsewhere stays done.

Those of an environment of another account do not run: they would in the name of the person who changes or removes it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from ...envs.activation import activated_environ
from ...envs.inventory import read_installed
from ...envs.trust import Trust, account_name
from ...errors import EnvKernelsError
from ...models import UPDATE_MARK
from ..backend import Report
from ..link.link_scripts import run_pre_unlink, script
from ..link.snapshot import twin
from ..progress import counted
from .preflight import check_place
from .staging import Staging

_KIND = "pre-unlink"


def with_scripts(prefix: Path, names: Collection[str] | None = None) -> list[str]:
    """Return packages of a prefix that have such a script.

    Args:
        prefix: the environment.
        names: of the packages that matter; None for all.
    """
    before, _, after = script(Path(), "*", _KIND).name.partition("*")
    found = (path.name[len(before) : -len(after)] for path in (prefix / "bin").glob(f"{before}*{after}"))
    return sorted(name for name in found if names is None or name in names)


async def scripts_to_run(prefix: Path, trust: Trust, report: Report, names: Collection[str] | None = None) -> list[str]:
    """Return the packages whose scripts run; those that are left out are told.

    Args:
        prefix: the environment.
        trust: the rule of whose environments may be used.
        report: hears which scripts are left out, and why.
        names: of the packages that matter; None for all.
    """
    found = await asyncio.to_thread(with_scripts, prefix, names)
    if found and (reason := await asyncio.to_thread(_why_not, prefix, trust)):
        report.log(f"The pre-unlink scripts of {', '.join(found)} do not run, as they would in your name: {reason}")
        return []
    return found


def _why_not(prefix: Path, trust: Trust) -> str:
    """Return why the scripts of an environment must not run; empty where they may."""
    for path in (prefix, prefix / "conda-meta"):
        status = path.lstat()
        if status.st_uid != trust.account.uid and not trust.account.is_root(status.st_uid, status.st_dev):
            return f"{path} belongs to {account_name(status.st_uid)}."
    return trust.judge(prefix).reason


async def run_on_copy(staging: Staging, names: Collection[str], environ: Mapping[str, str], report: Report) -> None:
    """Run the scripts of packages on the staged copy, in the place of the environment.

    Args:
        staging: where the copy is, and is again afterwards.
        names: of the packages.
        environ: the activated environment.
        report: gets what the scripts print. One that fails is told of and is no failure, as with conda.

    Raises:
        OSError: the copy cannot take the place.
    """
    installed = await asyncio.to_thread(read_installed, staging.prefix)
    packages = [package for package in installed.conda if package.name in names]
    with _in_place(staging):
        await run_pre_unlink(staging.prefix, packages, environ, report)


async def run_before_removal(staging: Staging, environ: Mapping[str, str], report: Report, trust: Trust) -> None:
    """Run the scripts of all packages of an environment that is to be removed; it is left as it is.

    Whatever goes wrong is told of, and hinders no removal.

    Args:
        staging: of the removal.
        environ: the variables of this process.
        report: as for :func:`run_on_copy`.
        trust: as for :func:`scripts_to_run`.
    """
    names = await scripts_to_run(staging.prefix, trust, report)
    if not names:
        return
    try:
        await asyncio.to_thread(check_place, staging.prefix.parent, trust)
        activated = await asyncio.to_thread(activated_environ, staging.prefix, environ)
        report.phase("copying", "Copying the environment, on which scripts of its packages run")
        await asyncio.to_thread(staging.begin)
        await counted(report, lambda tally: twin(staging.prefix, staging.folder, tally))
        await run_on_copy(staging, names, activated, report)
    except (EnvKernelsError, OSError) as error:
        await asyncio.to_thread(staging.restore)
        report.log(f"The pre-unlink scripts of {', '.join(names)} did not run: {error}")


@contextmanager
def _in_place(staging: Staging) -> Iterator[None]:
    """The staged copy stands in the place of the environment, under the pending mark."""
    staging.mark(UPDATE_MARK)
    staging.exchange()
    try:
        yield
    finally:
        staging.step_back()


def discard_copy(staging: Staging) -> None:
    """Put the copy into the trash, wherever a dead process has left it; the environment is to be put back first."""
    with suppress(OSError):
        copy = staging.previous if staging.owns_previous() else staging.folder
        copy.rename(staging.spent)
