"""Create an environment from a spec."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from ...errors import SolveFailed
from ...models import EnvSpec, InstalledState, Plan, Problem, SolvingOperation
from ...specs import conda_name, kernel_packages_missing, pip_name, terms_of_service

if TYPE_CHECKING:
    from ..plan.planner import Planner
    from ..transaction.transaction import Transaction


class Create(SolvingOperation, frozen=True, kw_only=True, tag="create"):
    """Create an environment.

    Attributes:
        spec: its packages.
        workdir: the folder of the spec's file.
    """

    spec: EnvSpec
    workdir: Path | None = None

    done: ClassVar[str] = "The environment is ready"
    is_new: ClassVar[bool] = True
    is_additional: ClassVar[bool] = True

    @property
    def own_spec(self) -> EnvSpec:
        """Return the spec."""
        return self.spec

    @property
    def folder(self) -> Path | None:
        """Return the folder of the spec's file."""
        return self.workdir

    async def plan(self, planner: Planner) -> Plan:
        """Choose packages, or read those of a lock file."""
        return planner.as_new(await (_locked(planner, self.spec) if self.spec.locked else _solved(planner, self.spec)))

    async def run(self, transaction: Transaction) -> None:
        """Install the packages into a new prefix."""
        await transaction.make(self)


async def _locked(planner: Planner, spec: EnvSpec) -> Plan:
    planner.report.phase("solving", f"Reading the metadata of {len(spec.locked)} packages")
    return Plan(packages=await planner.backend.locked(spec.locked), pip=spec.pip, variables=spec.variables)


async def _solved(planner: Planner, spec: EnvSpec) -> Plan:
    from ..plan.planner import public  # noqa: PLC0415 - only workers plan

    planner.report.phase("solving", "Choosing packages")
    channels = planner.channels(spec, InstalledState())
    added = _defaults(planner, spec)
    requested = _requested(spec, added)
    origins = {text: planner.settings.origins.get((_DEFAULTS, text), _DEFAULTS) for text in added}
    if added:
        planner.report.log(f"Adding conda's {_DEFAULTS}: {', '.join(added)}.")
    packages = await planner.backend.solve(requested, channels, origins=origins)
    terms = terms_of_service(
        spec.channels or planner.options.channels,
        configured=not spec.channels,
        urls_of=planner.settings.channel_urls,
    )
    warnings = (terms,) if terms else ()
    names = [package.name for package in packages] + [pip_name(line) for line in spec.pip]
    missing = kernel_packages_missing(names, planner.options.kernel_packages)
    if missing:
        message = f"{', '.join(missing)} will be added so that Jupyter can use this environment."
        warnings = (*warnings, Problem("kernel-added", message, packages=missing))
        requested = (*requested, *missing)
        try:
            packages = await planner.backend.solve(requested, channels, origins=origins)
        except SolveFailed as error:
            error.problem = replace(error.problem, message=f"{message} {error.message}")
            raise
    return Plan(packages, public(requested), spec.pip, variables=spec.variables, warnings=warnings)


_DEFAULTS = "create_default_packages"


def _defaults(planner: Planner, spec: EnvSpec) -> list[str]:
    """Return the match specs that conda's configuration adds to those of the spec."""
    names = {conda_name(text) for text in spec.dependencies}
    return [text for text in planner.settings.create_default_packages if conda_name(text) not in names]


def _requested(spec: EnvSpec, added: Sequence[str]) -> tuple[str, ...]:
    """Return the spec's match specs, the added ones, and pip if the spec has a pip section."""
    needs_pip = spec.pip and "pip" not in map(conda_name, (*spec.dependencies, *added))
    return (*spec.dependencies, *added, *(("pip",) if needs_pip else ()))
