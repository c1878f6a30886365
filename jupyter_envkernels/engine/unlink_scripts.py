"""Pre-unlink scripts of packages that go: ``bin/.NAME-pre-unlink.sh``, as conda-build's documentation describes them.

They undo what post-link scripts have done, mostly by programs of the environment, which know it by its path. So they
run in its place, but on a copy: it takes the place of the environment meanwhile, and steps back afterwards. What they
do to an environment comes with the change that they belong to, or not at all; what they do elsewhere stays done.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from ..envs.activation import activated_environ
from ..errors import EnvKernelsError
from ..models import PENDING_MARK, UPDATE_MARK
from .backend import Backend, Report
from .link_scripts import run_pre_unlink, script
from .staging import Staging
from .tally import counted
from .twins import twin

_KIND = "pre-unlink"


def with_scripts(prefix: Path, names: Collection[str] | None = None) -> list[str]:
    """Packages of a prefix that have such a script.

    Args:
        prefix: the environment.
        names: of the packages that matter; None for all.
    """
    before, _, after = script(Path(), "*", _KIND).name.partition("*")
    found = (path.name[len(before) : -len(after)] for path in (prefix / "bin").glob(f"{before}*{after}"))
    return sorted(name for name in found if names is None or name in names)


async def run_on_copy(
    staging: Staging, names: Collection[str], backend: Backend, environ: Mapping[str, str], report: Report
) -> None:
    """Run the scripts of packages on the staged copy, in the place of the environment.

    Args:
        staging: where the copy is, and is again afterwards.
        names: of the packages.
        backend: reads what the packages are.
        environ: the activated environment.
        report: gets what the scripts print. One that fails is told of and is no failure, as with conda.

    Raises:
        OSError: the copy cannot take the place.
    """
    packages = [package for package in (await backend.installed(staging.prefix)).packages if package.name in names]
    with _in_place(staging):
        await run_pre_unlink(staging.prefix, packages, environ, report)


async def run_before_removal(staging: Staging, backend: Backend, environ: Mapping[str, str], report: Report) -> None:
    """Run the scripts of all packages of an environment that is to be removed; it is left as it is.

    Whatever goes wrong is told of, and hinders no removal.

    Args:
        staging: of the removal.
        backend: reads what the packages are.
        environ: the variables of this process.
        report: as for :func:`run_on_copy`.
    """
    names = await asyncio.to_thread(with_scripts, staging.prefix)
    if not names:
        return
    try:
        activated = await asyncio.to_thread(activated_environ, staging.prefix, environ)
        report.phase("copying", "Copying the environment, on which scripts of its packages run")
        await counted(report, lambda tally: twin(staging.prefix, staging.folder, tally))
        await run_on_copy(staging, names, backend, activated, report)
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
        staging.restore()
        if os.path.lexists(staging.previous):  # where two folders can change places in one step
            staging.previous.rename(staging.folder)
        (staging.folder / PENDING_MARK).unlink()


def discard_copy(staging: Staging) -> None:
    """Put the copy into the trash, wherever a dead process has left it; the environment is to be put back first."""
    with suppress(OSError):
        copy = staging.previous if staging.owns_previous() else staging.folder
        copy.rename(staging.spent)
