"""Resolve conflicts between conda and pip packages of the same name: uninstall pip's before conda's is linked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

from packaging.utils import canonicalize_name

from ...envs.prefix_data import record_path
from ...models import InstalledState, Plan, Problem
from ..backend import Report
from ..pip import installer
from .diff import is_same, python_minor


def give_back(plan: Plan, installed: InstalledState, named: Collection[str]) -> Plan:
    """Uninstall pip packages that conda links or that the request names as conda packages.

    If python's minor version changes, nothing has to be uninstalled: the new site-packages folder is empty.

    Args:
        plan: for an existing environment.
        installed: its packages.
        named: conda packages that the request names, in any spelling.
    """
    if python_minor(installed.conda) != python_minor(plan.packages):
        return plan
    of_pip = {canonicalize_name(package.name): package for package in installed.pip}
    wanted = {canonicalize_name(name) for name in named}
    there = {package.name: package for package in installed.conda}
    removed, warnings = list(plan.pip_removed), list(plan.warnings)
    for package in plan.packages:
        name = canonicalize_name(package.name)
        old = there.get(package.name)
        if name in of_pip and (name in wanted or old is None or not is_same(old, package)):
            removed.append(of_pip[name].name)
            replaced = f"{of_pip[name].name} {of_pip[name].version}"
            message = f"{package.name} {package.version} from conda replaces {replaced}, which pip has installed."
            warnings.append(Problem("pip-replaced", message))
    return replace(plan, pip_removed=tuple(dict.fromkeys(removed)), warnings=tuple(warnings))


async def take_out(folder: Path, plan: Plan, environ: Mapping[str, str], report: Report) -> None:
    """Uninstall pip packages from a copy of an environment, before conda packages are linked into it.

    Raises:
        PipFailed: uv failed.
        OSError: a record cannot be deleted.
    """
    if not plan.pip_removed:
        return
    await installer.uninstall(folder, plan.pip_removed, environ, report)
    gone = {canonicalize_name(name) for name in plan.pip_removed}
    for package in plan.packages:
        if canonicalize_name(package.name) in gone:  # pip deleted its files, so it is linked again
            record_path(folder, package.name, package.version, package.build).unlink(missing_ok=True)
