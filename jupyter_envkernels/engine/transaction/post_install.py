"""Run the steps that need the final prefix, before the commit: post-link scripts, pip, the check of the kernel."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path

from ... import policy
from ...envs.activation import activate
from ...envs.inventory import read_inventory
from ...envs.usage import record_activation
from ...models import EngineOptions, Operation, Plan, PlannedPackage, Problem, count_of
from ..backend import Report
from ..link.bytecode import compile_now
from ..link.link_scripts import run_post_link
from ..link.permissions import open_to_others, shared_root
from ..pip import installer
from ..pip.indexes import problems_of_installed
from ..pip.requested import mark_requested, requested_names
from ..variable_expansion import Variables
from ..verify.kernel_check import verify_kernels
from .staging import Staging


async def finish(
    operation: Operation,
    plan: Plan,
    staging: Staging,
    *,
    linked: Sequence[PlannedPackage],
    options: EngineOptions,
    environ: Mapping[str, str],
    report: Report,
    imports: bool,
    excused: frozenset[str],
    former: Path | None,
    variables: Variables,
) -> None:
    """Complete an environment in its final prefix, before the commit.

    Args:
        operation: the operation.
        plan: its plan.
        staging: its staging.
        linked: packages whose post-link scripts have to be run.
        options: the engine's settings.
        environ: the environment variables of the worker.
        report: gets the progress.
        imports: import the kernel.
        excused: names of kernelspecs that need not pass the check.
        former: the previous version, or the source of a clone, if any.
        variables: those that the operation uses.

    Raises:
        EnvKernelsError: a step failed, or another program has replaced the prefix.
    """
    prefix = operation.prefix
    activation = await asyncio.to_thread(activate, prefix, environ)
    activated = activation.environ
    for problem in chain.from_iterable(activation.problems.values()):
        report.log(problem.sentence)
    await run_post_link(prefix, linked, activated, report)
    if plan.pip:
        report.phase("pip", pip_message(plan.pip))
        limits = options.limits
        cache = installer.private_cache(options.package_cache / "pip") if variables.in_pip else {}
        await installer.install(
            prefix,
            plan.pip,
            operation.folder,
            {**activated, **cache},
            report,
            installer=options.pip_installer,
            limits=limits,
            secrets=variables.secrets,
        )
        lines = operation.own_spec.pip
        requested = await asyncio.to_thread(requested_names, lines, operation.folder, environ, former)
        await asyncio.to_thread(mark_requested, prefix, requested)
        found = (await asyncio.to_thread(read_inventory, prefix)).of("pip")
        problems = policy.of_installed(limits, [package.name for package in found])
        policy.enforce(limits, [*problems, *problems_of_installed(limits, [package.requirement for package in found])])
    report.phase("verifying", "Checking the kernel")
    await verify_kernels(prefix, activated, report, imports=imports, excused=excused)
    if root := shared_root(prefix, options.shared_roots):
        report.log("Compiling bytecode, because users of the environment cannot write it.")
        await compile_now(prefix)
        staging.check(prefix)
        await asyncio.to_thread(open_to_others, prefix, root, former)
    await asyncio.to_thread(record_activation, _without_secrets(activation.problems, variables))


def _without_secrets(problems: Mapping[Path, Sequence[Problem]], variables: Variables) -> dict[Path, list[Problem]]:
    """Return problems of activation scripts without the values of variables."""
    hide = variables.secrets.hide
    return {prefix: [problem.masked(hide) for problem in failed] for prefix, failed in problems.items()}


def pip_message(lines: Sequence[str]) -> str:
    """Return the message of the pip phase; the number of requirements is unknown if lines name requirement files."""
    options = [line.strip().replace("=", " ").split()[0] for line in lines if line.strip().startswith("-")]
    count = len(lines) - sum(option not in {"-e", "--editable"} for option in options)
    if not count or not {"-r", "--requirement"}.isdisjoint(options):
        return "Installing pip requirements"
    return f"Installing {count_of(count, 'pip requirement')}"
