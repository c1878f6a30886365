"""Request -> plan: what will be installed, before anything is written."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ...envs.conda_config.condarc import Settings
from ...envs.history import read_history, requested_specs
from ...envs.inventory import read_inventory, read_pins
from ...envs.running_kernels import running_kernels
from ...errors import NotFound, SolveFailed
from ...models import EngineOptions, EnvSpec, Inventory, JobRequest, Plan, PlannedPackage, Problem
from ...specs import channels_of, conda_name, kernel_packages_for, kernel_packages_missing, pip_name, terms_of_service
from ...specs.redact import without_credentials
from ..backend import Backend, Report
from ..variable_expansion import check_recorded
from .diff import compare
from .disk_space import with_space
from .pip_conflicts import give_back
from .update import Goal, check_gone, for_python, goal_of


@dataclass(frozen=True, slots=True)
class Planner:
    """Finds out what a request comes to.

    Attributes:
        backend: chooses packages.
        options: the engine's settings.
        report: hears of every step.
        environ: the environment variables of the worker; channels may name some.
        settings: conda's configuration.
    """

    backend: Backend
    options: EngineOptions
    report: Report
    environ: Mapping[str, str]
    settings: Settings = field(default_factory=Settings)

    async def plan(self, request: JobRequest) -> Plan:
        """The plan of a request, or of what a plan job is to prepare.

        Raises:
            EnvKernelsError: there is none, and why.
        """
        ways = {
            "create": self._create,
            "clone": self._clone,
            "update": self._update,
            "add-kernel": self._add_kernel,
            "rollback": self._rollback,
        }
        plan = await ways[request.plans or request.kind](request)
        plan = replace(plan, warnings=(*self.settings.problems, *plan.warnings))
        return await asyncio.to_thread(with_space, plan, request.prefix, self.options.package_cache)

    async def _create(self, request: JobRequest) -> Plan:
        spec = request.spec
        assert spec is not None
        plan = await (self._locked(spec) if spec.locked else self._solve(spec))
        return replace(plan, changes=compare((), plan.packages, self.backend.is_newer))

    async def _clone(self, request: JobRequest) -> Plan:
        source = request.source
        assert source is not None
        plan = await self._installed(source)
        inventory = await asyncio.to_thread(read_inventory, source)
        return replace(
            plan,
            requested=inventory.requested,
            base=state_digest(plan, inventory),
            changes=compare((), plan.packages, self.backend.is_newer),
        )

    async def _update(self, request: JobRequest) -> Plan:
        current = await self._installed(request.prefix)
        inventory = await asyncio.to_thread(read_inventory, request.prefix)
        pins = await asyncio.to_thread(read_pins, request.prefix)
        goal = goal_of(request, inventory, current.packages, tuple(pins))
        check_recorded(goal.requested, (*(request.spec or EnvSpec()).dependencies, *request.edit.add))
        channels = self._channels(request.spec, inventory)
        self.report.phase("solving", "Choosing packages")
        packages = await self._reach(goal, channels, pins)
        requested = goal.requested
        missing = self._lost_kernel(current.packages, packages, goal)
        if missing:
            self.report.log(f"Keeping {', '.join(missing)}, so that the environment stays a kernel.")
            requested = (*requested, *missing)
            packages = await self._reach(replace(goal, requested=requested), channels, pins)
        check_gone(goal, packages, requested, missing)
        plan = Plan(
            packages=packages,
            requested=_public(requested),
            pip=goal.pip,
            pip_removed=goal.pip_removed,
            variables=goal.variables,
        )
        plan = for_python(plan, current.packages, inventory, goal.pip_installed)
        return self._as_change(current, inventory, plan, request)

    async def _add_kernel(self, request: JobRequest) -> Plan:
        current = await self._installed(request.prefix)
        inventory = await asyncio.to_thread(read_inventory, request.prefix)
        names = [package.name for package in inventory.packages]
        missing = kernel_packages_for(names, self.options.kernel_packages)
        if not missing:
            raise SolveFailed(
                f"No kernel is known for {request.environment}: it has neither python nor R.",
                remedy="Add a package that brings a kernel by an update.",
            )
        self.report.phase("solving", f"Choosing packages for {', '.join(missing)}")
        wanted = [*(package.name for package in current.packages), *missing]
        try:
            packages = await self.backend.solve(wanted, self._channels(None, inventory), current.packages, fixed=True)
        except SolveFailed as error:
            raise SolveFailed(
                f"{', '.join(missing)} cannot be added without a change of other packages. {error.message}",
                remedy=f"Add {missing[0]} by an update, which may change them.",
            ) from error
        plan = Plan(packages, (*inventory.requested, *missing), variables=inventory.variables)
        return self._as_change(current, inventory, plan, request)

    async def _rollback(self, request: JobRequest) -> Plan:
        current = await self._installed(request.prefix)
        inventory = await asyncio.to_thread(read_inventory, request.prefix)
        history = await asyncio.to_thread(read_history, request.prefix)
        revision = next((known for known in history if known.number == request.revision), None)
        if revision is None or not revision.packages:
            raise NotFound(f"{request.prefix} has no packages in revision {request.revision}.")
        self.report.phase("solving", f"Looking for the packages of revision {revision.number}")
        packages = await self.backend.find(sorted(revision.packages), current.packages)
        names = {package.name for package in packages}
        asked = requested_specs(history[: revision.number + 1])
        requested = tuple(asked[name] for name in sorted(asked.keys() & names))
        plan = Plan(packages, requested, variables=inventory.variables)
        pip = inventory.of("pip")
        if pip:
            message = f"What pip installed stays ({len(pip)} packages): no history tells of it."
            plan = replace(plan, warnings=(Problem("pip-stays", message),))
        again = [package.requirement for package in pip if package.requirement]
        plan = for_python(plan, current.packages, inventory, again)
        return self._as_change(current, inventory, plan, request)

    async def _installed(self, prefix: Path) -> Plan:
        if not (prefix / "conda-meta").is_dir():
            raise NotFound(f"There is no environment at {prefix} any more.")
        return await self.backend.installed(prefix)

    def _as_change(self, current: Plan, inventory: Inventory, plan: Plan, request: JobRequest) -> Plan:
        """The plan as one that changes what is there."""
        check_recorded(plan.pip, (request.spec or EnvSpec()).pip)
        named = {*map(conda_name, request.edit.add), *request.edit.remove}
        plan = give_back(plan, current.packages, inventory, named)
        warnings = plan.warnings
        if running := running_kernels(request.prefix):
            count = "A kernel runs" if len(running) == 1 else f"{len(running)} kernels run"
            message = f"{count} in this environment, and will see the change half."
            warnings = (*warnings, Problem("kernels-run", message, "Restart it afterwards."))
        changes = compare(current.packages, plan.packages, self.backend.is_newer)
        changed = {change.name for change in changes}
        packages = tuple(replace(p, cached=p.cached or p.name not in changed) for p in plan.packages)
        return replace(
            plan, packages=packages, changes=changes, base=state_digest(current, inventory), warnings=warnings
        )

    async def _locked(self, spec: EnvSpec) -> Plan:
        """The plan of a spec that leaves nothing to choose."""
        self.report.phase("solving", f"Reading what {len(spec.locked)} packages are")
        return Plan(packages=await self.backend.locked(spec.locked), pip=spec.pip, variables=spec.variables)

    async def _solve(self, spec: EnvSpec) -> Plan:
        self.report.phase("solving", "Choosing packages")
        channels = self._channels(spec, Inventory())
        requested = self._requested(spec)
        origins = self._origins(spec)
        packages = await self.backend.solve(requested, channels, origins=origins)
        names = [package.name for package in packages] + [pip_name(line) for line in spec.pip]
        terms = terms_of_service(
            spec.channels or self.options.channels,
            configured=not spec.channels,
            urls_of=self.settings.channel_urls,
        )
        warnings = (terms,) if terms else ()
        missing = kernel_packages_missing(names, self.options.kernel_packages)
        if missing:
            message = f"{', '.join(missing)} is added, so that the environment is a kernel."
            warnings = (*warnings, Problem("kernel-added", message))
            requested = (*requested, *missing)
            try:
                packages = await self.backend.solve(requested, channels, origins=origins)
            except SolveFailed as error:
                raise SolveFailed(f"{message} {error.message}", remedy=error.remedy) from error
        return Plan(packages, _public(requested), spec.pip, variables=spec.variables, warnings=warnings)

    async def _reach(
        self, goal: Goal, channels: Sequence[str], origins: Mapping[str, str]
    ) -> tuple[PlannedPackage, ...]:
        """Choose packages such that what is there stays as far as it can."""
        asked = {conda_name(text) for text in goal.requested}
        kept = [name for name in goal.kept if name not in asked]
        wanted = (*goal.requested, *goal.limits)
        if kept:
            try:
                return await self.backend.solve([*wanted, *kept], channels, goal.preferred, origins=origins)
            except SolveFailed:
                self.report.log("Not all packages that are only dependencies can stay; choosing again without them.")
        return await self.backend.solve(wanted, channels, goal.preferred, origins=origins)

    def _lost_kernel(
        self, before: Sequence[PlannedPackage], after: Sequence[PlannedPackage], goal: Goal
    ) -> tuple[str, ...]:
        """The packages without which an environment is no kernel any more that was one."""
        had = kernel_packages_missing([package.name for package in before], self.options.kernel_packages)
        names = [package.name for package in after] + [pip_name(line) for line in goal.pip]
        missing = kernel_packages_missing(names, self.options.kernel_packages)
        return () if had else tuple(name for name in missing if name not in goal.removed)

    def _channels(self, spec: EnvSpec | None, inventory: Inventory) -> list[str]:
        """Those that the spec names; else those that the environment's packages came from; else the configured ones.

        To mix channels breaks environments, so that it is done only when somebody asks for it.

        Args:
            spec: where there is one.
            inventory: of the environment.

        Raises:
            InvalidSpec: one that only the environment names has a variable.
        """
        recorded = channels_of(inventory)
        channels = (spec.channels if spec is not None else ()) or recorded or self.options.channels
        if channels is recorded:
            check_recorded(recorded, ())
        self.report.log("Channels: " + without_credentials(", ".join(channels)))
        return list(channels)

    def _origins(self, spec: EnvSpec) -> dict[str, str]:
        """Return where the match specs stand that conda's configuration adds to those of a spec."""
        name, origins = "create_default_packages", self.settings.origins
        return {text: origins.get((name, text), name) for text in self._added(spec)}

    def _added(self, spec: EnvSpec) -> list[str]:
        """Of conda's ``create_default_packages`` those that the spec does not ask for itself."""
        names = {conda_name(text) for text in spec.dependencies}
        return [text for text in self.settings.create_default_packages if conda_name(text) not in names]

    def _requested(self, spec: EnvSpec) -> tuple[str, ...]:
        """The spec's own match specs, those of conda's configuration, and pip where it has a pip section."""
        added = self._added(spec)
        if added:
            self.report.log(f"Adding conda's create_default_packages: {', '.join(added)}.")
        needs_pip = spec.pip and "pip" not in map(conda_name, (*spec.dependencies, *added))
        return (*spec.dependencies, *added, *(("pip",) if needs_pip else ()))


def state_digest(installed: Plan, inventory: Inventory) -> str:
    """Of all that a plan for an environment depends on: packages, what was asked for, variables, packages of pip."""
    pip = tuple(sorted(f"{package.name} {package.version}" for package in inventory.of("pip")))
    return replace(installed, requested=inventory.requested, pip=pip, variables=inventory.variables).state


def _public(requested: Sequence[str]) -> tuple[str, ...]:
    """What is written into the environment's history holds no login."""
    return tuple(map(without_credentials, requested))
