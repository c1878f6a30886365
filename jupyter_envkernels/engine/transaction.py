"""Request -> environment, whole or not at all.

Create, clone and remove share one frame: look first, work aside, publish by one rename, commit by taking a mark away.
On any failure what was begun is discarded and the failure goes on to the caller. A process that dies in the middle
leaves what :class:`~.staging.Staging` names; whoever finds the dead job calls :func:`roll_back`.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ..envs.activation import activated_environ
from ..envs.condarc_sources import expand_variables
from ..errors import (
    AlreadyExists,
    DiskFull,
    EnvKernelsError,
    Forbidden,
    LinkFailed,
    NotFound,
    SolveFailed,
)
from ..models import EngineOptions, EnvSpec, JobRequest, Plan
from ..specs import conda_name, kernel_packages_missing, pip_name
from ..specs.credentials import without_credentials
from . import overlay, pip, records
from .backend import Backend, Report
from .link_scripts import run_post_link
from .safety import check_removable, check_unused
from .staging import Staging
from .verify import verify_kernels


@dataclass(frozen=True, slots=True)
class Transaction:
    """One operation on one prefix.

    Attributes:
        request: what to do.
        job_id: names the places where the work is done.
        backend: solves and installs.
        options: the engine's settings.
        report: hears of every step.
        environ: the environment variables of the worker.
        keep_plan: called with the plan before anything is written, so that it can be stored.
        default_packages: match specs that every new environment gets, unless its spec names the package.
    """

    request: JobRequest
    job_id: str
    backend: Backend
    options: EngineOptions
    report: Report
    environ: Mapping[str, str]
    keep_plan: Callable[[Plan], None]
    default_packages: tuple[str, ...] = ()

    @property
    def staging(self) -> Staging:
        """Where the work is done."""
        return Staging(self.request.prefix, self.job_id)

    async def run(self) -> None:
        """Carry it out.

        Raises:
            EnvKernelsError: it failed; the prefix is as it was before. The same holds for any other exception, which
                is a fault of this program.
        """
        work = {"create": self._create, "clone": self._clone, "remove": self._remove}[self.request.kind]
        try:
            await work()
        except BaseException as error:
            await self._take_back()
            if isinstance(error, OSError):
                raise _named(error) from error
            raise

    async def _take_back(self) -> None:
        """Roll back. Whatever goes wrong with that, the failure which led here is the one to tell."""
        with contextlib.suppress(Exception):  # the report may be what failed
            if self.request.kind != "remove" and self.staging.exists():
                self.report.phase("rolling-back", "Taking back what was begun")
        try:
            warning = await asyncio.to_thread(roll_back, self.request, self.job_id)
        except EnvKernelsError as error:
            warning = error.message
        self._warn(warning)

    def _warn(self, sentence: str) -> None:
        """Something that is no failure."""
        if sentence:
            self.report.log(sentence)

    async def _create(self) -> None:
        spec = self.request.spec
        assert spec is not None
        self._check_free()
        plan = await (self._locked(spec) if spec.locked else self._solve(spec))
        await self._build(plan, self._workdir())
        self.report.log(f"Created {self.request.prefix}.")

    async def _clone(self) -> None:
        source = self.request.source
        assert source is not None
        self._check_free()
        if not (source / "conda-meta").is_dir():
            raise NotFound(f"There is no environment at {source} any more.")
        plan = await self.backend.installed(source)
        await self._build(plan, self._workdir(), source)
        self.report.log(f"Cloned {source} to {self.request.prefix}.")

    async def _remove(self) -> None:
        prefix = self.request.prefix
        self.report.phase("checking", "Checking that the environment may be removed")
        await asyncio.to_thread(check_removable, prefix)
        # Said before it is done: by the prefix, whoever finds this job dead sees whether it was. From the rename on,
        # the environment is removed, and what cannot be deleted is no failure.
        self.report.phase("removing", "Deleting the files")
        await asyncio.to_thread(prefix.rename, self.staging.trash)
        self._warn(await asyncio.to_thread(_finish_removal, self.staging))
        self.report.log(f"Removed {prefix}.")

    def _check_free(self) -> None:
        """Nothing may stand where the environment goes, and its folder must be writable."""
        prefix = self.request.prefix
        self.report.phase("checking", "Checking the place")
        try:
            prefix.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Forbidden(f"The folder {prefix.parent} cannot be made: {error.strerror}.") from error
        check_unused(prefix)
        if not os.access(prefix.parent, os.W_OK | os.X_OK):
            raise Forbidden(f"You may not write into {prefix.parent}.", remedy="Choose another folder.")

    async def _locked(self, spec: EnvSpec) -> Plan:
        """The plan of a spec that leaves nothing to choose."""
        self.report.phase("solving", f"Reading what {len(spec.locked)} packages are")
        named = [replace(package, url=expand_variables(package.url, self.environ)) for package in spec.locked]
        return Plan(packages=await self.backend.locked(named), pip=spec.pip, variables=spec.variables)

    async def _solve(self, spec: EnvSpec) -> Plan:
        named = spec.channels or self.options.channels
        self.report.phase("solving", "Choosing packages")
        self.report.log("Channels: " + without_credentials(", ".join(named)))
        # conda expands variables in channels, so that a token need not stand in the file
        channels = [expand_variables(channel, self.environ) for channel in named]
        requested = self._requested(spec)
        packages = await self.backend.solve(requested, channels)
        names = [package.name for package in packages] + [pip_name(line) for line in spec.pip]
        missing = kernel_packages_missing(names, self.options.kernel_packages)
        if missing:
            self.report.log(f"Adding {', '.join(missing)}, so that the environment is a kernel.")
            requested = (*requested, *missing)
            try:
                packages = await self.backend.solve(requested, channels)
            except SolveFailed as error:
                message = f"{', '.join(missing)} is added, so that the environment is a kernel. {error.message}"
                raise SolveFailed(message, remedy=error.remedy) from error
        # what is written into the environment's history holds no login
        requested = tuple(map(without_credentials, requested))
        return Plan(packages=packages, requested=requested, pip=spec.pip, variables=spec.variables)

    def _requested(self, spec: EnvSpec) -> tuple[str, ...]:
        """The spec's own match specs, those of conda's configuration, and pip where it has a pip section."""
        names = {conda_name(text) for text in spec.dependencies}
        added = [text for text in self.default_packages if conda_name(text) not in names]
        if added:
            self.report.log(f"Adding conda's create_default_packages: {', '.join(added)}.")
        needs_pip = spec.pip and "pip" not in names | {conda_name(text) for text in added}
        return (*spec.dependencies, *added, *(("pip",) if needs_pip else ()))

    async def _build(self, plan: Plan, workdir: Path, source: Path | None = None) -> None:
        """Plan -> environment; the one road for create and clone."""
        prefix, staging = self.request.prefix, self.staging
        self.keep_plan(plan)
        self.report.log(f"Plan {plan.digest[:12]}: {len(plan.packages)} packages.")
        await self.backend.install(plan.packages, staging.folder, prefix, plan.requested, self.report)
        for line in await asyncio.to_thread(self._finish_staging, plan, source):
            self.report.log(line)
        environ = await asyncio.to_thread(activated_environ, prefix, self.environ)
        await run_post_link(prefix, plan.packages, environ, self.report)
        if plan.pip:
            self.report.phase("pip", f"Installing {len(plan.pip)} pip requirements")
            await pip.install(prefix, plan.pip, workdir, environ, self.report)
        self.report.phase("verifying", "Checking the kernel")
        await verify_kernels(prefix, environ, self.report, imports=source is None)
        self._warn(await asyncio.to_thread(self._register))
        staging.commit()

    def _finish_staging(self, plan: Plan, source: Path | None) -> list[str]:
        """Complete the linked packages to an environment, and move it to its place under the pending mark.

        Returns:
            Lines for the log.
        """
        folder, prefix = self.staging.folder, self.request.prefix
        (folder / "CACHEDIR.TAG").unlink(missing_ok=True)  # an environment is no cache: backups shall not pass it over
        records.write_history(folder, plan, f"jupyter envkernels {self.request.kind} -p {prefix}")
        records.write_variables(folder, plan.variables)
        records.open_records(folder)
        lines = self._carry_over(source) if source is not None else []
        self.staging.mark()
        try:
            self.staging.publish()
        except FileExistsError as error:
            raise AlreadyExists(f"{prefix} has appeared meanwhile.", remedy="Choose another name.") from error
        return lines

    def _carry_over(self, source: Path) -> list[str]:
        carried = overlay.carry_over(source, self.staging.folder, self.request.prefix)
        skipped = [f"Left out {path}: it is a socket, a pipe or a device." for path in carried.skipped]
        return [f"Carried over {carried.files} files beyond the packages.", *skipped]

    def _register(self) -> str:
        """Enter the prefix into conda's list, and first into the mark that this job did it: a rollback takes it out."""
        prefix, home = self.request.prefix, Path.home()
        if records.is_registered(prefix, home):
            return ""
        self.staging.note_registration()
        return records.register(prefix, home)

    def _workdir(self) -> Path:
        return self.request.workdir or self.request.prefix.parent


def roll_back(request: JobRequest, job_id: str) -> str:
    """Take away what a job made and did not commit. Safe to repeat, also by another process after the job died.

    A removal whose rename was done is finished instead.

    Returns:
        What could not be deleted yet, as a sentence for the log; empty where nothing is left.

    Raises:
        EnvKernelsError: something cannot be taken away.
    """
    staging = Staging(request.prefix, job_id)
    if request.kind == "remove":
        return _finish_removal(staging)
    try:
        if staging.has_registered():
            records.unregister(request.prefix, Path.home())
        return staging.discard()
    except OSError as error:
        raise _named(error) from error


def _finish_removal(staging: Staging) -> str:
    """Delete what a removal has put aside.

    Returns:
        What went wrong with it, as sentences for the log.
    """
    if not os.path.lexists(staging.trash):
        return ""
    unlisted = "" if os.path.lexists(staging.prefix) else records.unregister(staging.prefix, Path.home())
    return "\n".join(filter(None, [unlisted, staging.empty_trash()]))


def _named(error: OSError) -> EnvKernelsError:
    """An operating-system error as a failure with a name."""
    where = f" ({error.filename})" if error.filename else ""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return DiskFull(
            f"No space is left on the disk{where}.",
            remedy="Remove environments that you no longer need, or ask for more space.",
        )
    return LinkFailed(f"{error.strerror or error}{where}.")
