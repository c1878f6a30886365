"""Carry out an operation on a prefix: all of it, or nothing.

Every operation has the same frame: check, work in a staging prefix, publish by one rename or exchange, commit by
renaming a mark. On a failure, the work is rolled back and the error is raised. If the process dies, the process that
next gets the job's lock finds its folders by :class:`~.staging.Staging`, and calls :func:`~.rollback.roll_back`.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from ...envs.activation import activated_environ
from ...envs.conda_config.condarc import Settings
from ...envs.inventory import read_installed
from ...envs.trust import Trust
from ...envs.trust_sources import read_trust
from ...errors import AlreadyExists, EnvKernelsError, Forbidden, Outdated
from ...models import EngineOptions, InstalledState, Operation, Plan, PlannedPackage
from ..backend import Backend, Report
from ..channel_policy import channel_rules
from ..fetch.credentials import places_of
from ..link import conda_meta
from ..link.bytecode import drop_stale
from ..link.clobbers import conflicts, keep_aside, settle
from ..link.clone import clone
from ..link.link_scripts import without_pre_unlink
from ..link.permissions import make_folder, shared_root
from ..link.shared_bytecode import add_donor, share_bytecode, trusted_donors
from ..link.snapshot import twin
from ..plan.diff import is_done
from ..plan.pip_conflicts import take_out
from ..plan.planner import Plannable, Planner
from ..plan.quota import check_quota, room_for
from ..progress import counted
from ..variable_expansion import Variables
from ..verify.kernel_check import broken_kernels, is_sure, remember
from .former_python import take_out_of_former, tell_of_former
from .post_install import finish
from .preflight import (
    check_cache,
    check_changeable,
    check_free,
    check_idle,
    check_place,
    check_settled,
    check_trusted,
)
from .rollback import finish_removal, named, roll_back
from .staging import Staging, delete_kept
from .swap import part, take_place


class Runnable(Protocol):
    """A request, as far as a transaction needs it."""

    @property
    def kind(self) -> str:
        """Return the name of the kind."""

    @property
    def operation(self) -> Operation:
        """Return the operation to carry out, or to plan."""

    async def run(self, transaction: Transaction) -> None:
        """Carry out the request by the methods of a transaction."""


@dataclass(frozen=True, slots=True)
class Transaction:
    """One operation on one prefix.

    Attributes:
        request: the request.
        staging: the folders of the job.
        backend: the package manager.
        options: the engine's settings.
        report: gets the progress.
        environ: the environment variables of the worker.
        keep_plan: called with the plan before anything is written, so that it can be stored.
        settings: conda's configuration.
        plan: the plan of an earlier job, to be carried out unchanged; None if there is none.
        variables: those that the request uses.
    """

    request: Runnable
    staging: Staging
    backend: Backend
    options: EngineOptions
    report: Report
    environ: Mapping[str, str]
    keep_plan: Callable[[Plan], None]
    settings: Settings = field(default_factory=Settings)
    plan: Plan | None = None
    variables: Variables = field(default_factory=Variables)

    @property
    def _operation(self) -> Operation:
        return self.request.operation

    @property
    def trust(self) -> Trust:
        """Return the current rule of which accounts are trusted. Reads files."""
        return read_trust(self.options.catalog, self.settings, self.environ)

    @property
    def _prevents(self) -> bool:
        """Return whether path conflicts are errors."""
        return self.settings.path_conflict == "prevent"

    async def run(self) -> None:
        """Carry out the request.

        Raises:
            EnvKernelsError: it failed, and was rolled back. So it is after any other exception, which is a bug.
        """
        try:
            await self.request.run(self)
        except BaseException as error:
            await self._roll_back()
            if isinstance(error, OSError):
                raise named(error) from error
            raise
        finally:
            self.staging.close()

    async def _roll_back(self) -> None:
        """Roll back. Errors are only logged, so that the original one is raised."""
        with contextlib.suppress(Exception):  # the report itself may have failed
            if self.request.kind != "remove" and self.staging.exists():
                self.report.phase("rolling-back", "Rolling back")
        try:
            warning = await asyncio.to_thread(roll_back, self.request.kind, self.staging)
        except EnvKernelsError as error:
            warning = error.message
        self._warn(warning)

    @contextlib.contextmanager
    def _afterwards(self) -> Iterator[None]:
        """Log errors after the commit, which no longer fail the job."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - the work is committed
            self._warn(f"Completed with warnings: {error}")

    def _warn(self, *sentences: str) -> None:
        """Log warnings."""
        for sentence in filter(None, sentences):
            self.report.log(sentence)

    async def prepare(self, planned: Plannable) -> None:
        """Make the plan only."""
        self.report.phase("checking", "Checking the location")
        prefix = planned.prefix
        if self._operation.is_new:
            await asyncio.to_thread(check_free, prefix, self.trust)
        else:
            await asyncio.to_thread(check_changeable, prefix)
        await self._decide(planned)

    async def make(self, planned: Plannable, *, keeps_history: bool = False) -> None:
        """Create a new environment, from packages or as a clone, which may keep the history of its source."""
        prefix, source = planned.prefix, self._operation.copied
        self.report.phase("checking", "Checking the location")
        await asyncio.to_thread(check_free, prefix, self.trust)
        try:
            await asyncio.to_thread(make_folder, prefix.parent, shared_root(prefix, self.options.shared_roots))
        except OSError as error:
            raise Forbidden(f"The folder {prefix.parent} cannot be created: {error.strerror}.") from error
        await asyncio.to_thread(check_place, prefix.parent, self.trust)
        plan = await self._decide(planned)
        broken: frozenset[str] = frozenset()
        if source is not None:
            await asyncio.to_thread(check_trusted, source, self.trust)
            await asyncio.to_thread(check_settled, source)
            if self.plan is not None:
                await self._current(source, plan)
            environ = await asyncio.to_thread(activated_environ, source, self.environ)
            broken = await broken_kernels(source, environ)
        await asyncio.to_thread(self.staging.begin)
        await self._link(plan, source)
        if source is not None:  # again, because it may not be locked if its folder is not writable
            await self._current(source, plan)
        if source is not None and keeps_history:
            await asyncio.to_thread(conda_meta.keep_history, source, self.staging.folder)
        await asyncio.to_thread(self._stage, plan, source)
        cache = self.options.package_cache
        # the source of a clone has run its scripts, and has passed the check
        linked = plan.packages if source is None else ()
        imports = source is None and not is_sure(plan, cache)
        await self._complete(plan, linked, imports=imports, excused=broken)
        if imports:
            remember(plan, cache)
        self._warn(await asyncio.to_thread(self._register))
        self.staging.commit()  # from here on discovery lists the environment, and a crash rolls nothing back
        with self._afterwards():
            await asyncio.to_thread(self.staging.forget_previous)
            await asyncio.to_thread(add_donor, cache, prefix)
        self.report.log(f"Created {prefix}." if source is None else f"Cloned {source} to {prefix}.")

    async def move(self, planned: Plannable, source: Path) -> None:
        """Clone an environment to its new prefix, and remove the source after the commit.

        A crash in between leaves both.
        """
        await asyncio.to_thread(check_changeable, source)
        await asyncio.to_thread(check_idle, source)
        await self.make(planned, keeps_history=True)
        with self._afterwards():
            await asyncio.to_thread(check_idle, source)  # a kernel may have started meanwhile
            place = replace(self.staging, prefix=source)
            await asyncio.to_thread(place.put_aside, source)
            self._warn(await asyncio.to_thread(finish_removal, place))

    async def change(self, planned: Plannable) -> None:
        """Build the new version of an environment in a staging prefix, and swap the two."""
        prefix, staging = planned.prefix, self.staging
        self.report.phase("checking", "Checking the environment")
        await asyncio.to_thread(check_changeable, prefix)
        await asyncio.to_thread(check_trusted, prefix, self.trust)
        await asyncio.to_thread(check_place, prefix.parent, self.trust)
        plan = await self._decide(planned)
        before = await self._current(prefix, plan)
        if is_done(plan, before):
            self.report.log("Nothing to change.")
            return
        environ = await asyncio.to_thread(activated_environ, prefix, self.environ)
        broken = await broken_kernels(prefix, environ)
        self.report.phase("copying", f"Copying {self._operation.environment}")
        await asyncio.to_thread(staging.begin)
        # by hard links: fast, no disk space for unchanged files; the engine replaces files, so the original is safe
        seen = await counted(self.report, lambda tally: twin(prefix, staging.folder, tally))
        going = {change.name for change in plan.changes if change.before is not None}
        self._warn(await asyncio.to_thread(without_pre_unlink, prefix, going))
        await take_out(staging.folder, plan, environ, self.report)
        await asyncio.to_thread(take_out_of_former, staging.folder, plan, self.report)
        await self._install(plan)
        await asyncio.to_thread(tell_of_former, staging.folder, plan, self.report)
        if self._operation.removed:
            broken |= await broken_kernels(staging.folder, environ)  # kernels that the user removes need not start
        await self._current(prefix, plan)  # again, because other programs may have changed it during the downloads
        self._warn(*await asyncio.to_thread(keep_aside, prefix, staging.folder, prevent=self._prevents))
        await asyncio.to_thread(drop_stale, staging.folder)
        await asyncio.to_thread(self._write_records, plan)
        seen, sentences = await asyncio.to_thread(take_place, staging, seen)
        self._warn(*sentences)
        changed = {change.name for change in plan.changes}
        await self._complete(plan, [p for p in plan.packages if p.name in changed], imports=True, excused=broken)
        self._warn(*await asyncio.to_thread(part, staging, seen))
        staging.commit()  # from here on a crash keeps the new version; before, it swaps the old one back
        with self._afterwards():
            await asyncio.to_thread(staging.forget_previous)
            self._warn(await asyncio.to_thread(staging.empty_trash))
        self.report.log(f"Changed {prefix}.")

    async def _current(self, prefix: Path, plan: Plan) -> InstalledState:
        """Return the installed packages of an environment.

        Raises:
            Outdated: it has changed since the plan was made.
        """
        installed = await asyncio.to_thread(read_installed, prefix)
        if plan.base != installed.digest:
            raise Outdated(f"{prefix} has changed since the plan was made.", remedy="Make a new plan.")
        return installed

    async def remove(self, *, force: bool) -> None:
        """Remove the environment; with *force* even if kernels are running."""
        prefix = self._operation.prefix
        self.report.phase("checking", "Checking that the environment may be removed")
        await asyncio.to_thread(check_changeable, prefix)
        if not force:
            await asyncio.to_thread(check_idle, prefix)
        self._warn(await asyncio.to_thread(without_pre_unlink, prefix))
        # Report the phase first: after a crash in this phase, the prefix shows whether the rename was done. From the
        # rename on the environment is removed, and files that cannot be deleted are no failure.
        self.report.phase("removing", "Deleting the files")
        await asyncio.to_thread(self.staging.put_aside, prefix)
        with self._afterwards():
            self._warn(await asyncio.to_thread(finish_removal, self.staging))
            self._warn(await asyncio.to_thread(delete_kept, prefix))
        self.report.log(f"Removed {prefix}.")

    async def _decide(self, planned: Plannable) -> Plan:
        """Return the plan, stored before anything is written, after a check of the package cache that it uses."""
        await asyncio.to_thread(check_cache, self.options.package_cache, self.trust)
        plan = self.plan
        if plan is None:
            planner = Planner(self.backend, self.options, self.report, self.environ, self.settings)
            plan = await planner.plan(planned)
            plan = replace(plan, warnings=(*plan.warnings, *self.variables.warnings))
        else:  # a stored plan has no credentials
            self.backend.log_in(places_of(self._operation, self.options.channels, self.environ))
        rules = channel_rules(self.options.limits, self.settings, self.environ)
        await asyncio.to_thread(rules.check_plan, self.variables.revealed(plan), self._operation)
        await asyncio.to_thread(check_quota, self._operation, self.options, plan)
        self.keep_plan(plan)
        for warning in plan.warnings:
            if warning in (*self.settings.problems, *self.variables.warnings):  # logged before
                continue
            self.report.log(warning.sentence)
        self.report.log(f"Plan {plan.digest[:12]}: {len(plan.packages)} packages.")
        return plan

    async def _link(self, plan: Plan, source: Path | None) -> None:
        """Put the files of a new environment into the staging prefix."""
        staging, prefix = self.staging.folder, self._operation.prefix
        if source is None:
            await self._install(plan)
            return
        self.report.phase("linking", f"Copying {len(plan.packages)} packages")
        for path in await counted(self.report, lambda tally: clone(source, staging, prefix, tally)):
            self.report.log(f"Skipped {path}: it is a socket, a pipe or a device.")

    async def _install(self, plan: Plan) -> None:
        """Link the packages into the staging prefix."""
        folder, prefix = self.staging.folder, self._operation.prefix
        room = await asyncio.to_thread(room_for, self.options)
        await self.backend.install(plan.packages, folder, prefix, plan.requested, self.report, room=room)
        known = await asyncio.to_thread(conflicts, prefix)
        self._warn(*await asyncio.to_thread(settle, folder, known, prevent=self._prevents))

    def _stage(self, plan: Plan, source: Path | None) -> None:
        """Complete the files of an environment, and rename it to its final prefix with the pending mark."""
        if source is None:
            share_bytecode(trusted_donors(self.options.package_cache, self.trust), self.staging.folder)
        self._write_records(plan)
        try:
            self.staging.publish(like=source)
        except FileExistsError as error:
            raise AlreadyExists(
                f"{self._operation.prefix} was created by another program meanwhile.", remedy="Choose another name."
            ) from error

    def _write_records(self, plan: Plan) -> None:
        command = f"jupyter envkernels {self.request.kind} -p {self._operation.prefix}"
        conda_meta.write_all(self.staging.folder, plan, command, self.variables.secrets)

    async def _complete(
        self, plan: Plan, linked: Sequence[PlannedPackage], *, imports: bool, excused: frozenset[str]
    ) -> None:
        former = self._operation.copied if self._operation.is_new else self.staging.previous
        await finish(
            self._operation,
            plan,
            self.staging,
            linked=linked,
            options=self.options,
            environ=self.environ,
            report=self.report,
            imports=imports,
            excused=excused,
            former=former,
            variables=self.variables,
        )

    def _register(self) -> str:
        """Add the prefix to ``environments.txt``, after a note in the mark by which a rollback removes it."""
        prefix, home = self._operation.prefix, Path.home()
        if not self.settings.register_envs or conda_meta.is_registered(prefix, home):
            return ""
        self.staging.note_registration()
        return conda_meta.register(prefix, home)
