"""Run the verbs that list environments and their packages, trust them, and show their history."""

from __future__ import annotations

import os
import re
from argparse import Namespace
from dataclasses import replace
from pathlib import Path

from jupyter_core.paths import jupyter_data_dir

from .. import policy
from ..documents import environments_json, history_json, inventory_json
from ..envs.history import read_history
from ..envs.inventory import read_inventory
from ..envs.policy_file import limits_in_force
from ..envs.trust_sources import distrust_prefix, trust_prefix
from ..envs.usage import Footprints
from ..envs.usage_scanner import UsageScanner
from ..errors import InvalidRequest
from ..kernels import sync
from ..models import Environment, Footprint, Kernel, Limits, Revision, size
from .output import Table, VerbResult, day, moment, terminal_width
from .settings import engine_options, open_catalog


def show(args: Namespace) -> VerbResult:
    """List the environments, or the packages of one."""
    return _packages(args) if args.environment else environments(sizes=args.sizes)


def environments(*, sizes: bool) -> VerbResult:
    """List the environments with kernels, size and last use.

    Args:
        sizes: measure new and changed environments first.
    """
    found = open_catalog().environments()
    footprints = Footprints()
    if sizes:
        UsageScanner(footprints).measure(found)
    known = footprints.read()
    rows = [_row(environment, known.get(environment.id, Footprint())) for environment in found]
    header = ("NAME", "KERNEL", "SIZE", "LAST USED", "PREFIX")
    table = Table(header, rows, right=[2], empty="There are no environments.")
    return VerbResult(environments_json(found, known), table)


def _packages(args: Namespace) -> VerbResult:
    """List the packages of an environment whose names match a pattern.

    Raises:
        InvalidRequest: the pattern is not a regular expression.
    """
    inventory = read_inventory(open_catalog().find(args.environment).prefix)
    try:
        pattern = re.compile(args.pattern or "")
    except re.error as error:
        raise InvalidRequest(f"{args.pattern!r} is not a regular expression: {error}.") from error
    packages = tuple(package for package in inventory.packages if pattern.search(package.name))
    rows = [(each.name, each.version, each.build, each.channel or each.manager) for each in packages]
    table = Table(("NAME", "VERSION", "BUILD", "CHANNEL"), rows, empty="There are no such packages.")
    return VerbResult(inventory_json(replace(inventory, packages=packages)), table)


def _row(environment: Environment, footprint: Footprint) -> tuple[str, ...]:
    taken = size(footprint.usage.own) if footprint.usage else ""
    used = "" if footprint.last_used is None else day(footprint.last_used)
    prefix = str(environment.prefix) if terminal_width() is None else _short(environment.prefix)
    failed = [f"({problem.message})" for problem in footprint.activation_problems]
    return environment.name, " ".join([_offer(environment), *failed]), taken, used, prefix


def _offer(environment: Environment) -> str:
    """Return the kernels of an environment with their remarks, or why it has none."""
    kernels = ", ".join(_kernel(kernel) for kernel in environment.kernels)
    problem = environment.problem
    if kernels or problem is None:
        return kernels
    return f"({problem.message})" if environment.is_trusted else f"({problem.sentence})"


def _kernel(kernel: Kernel) -> str:
    return f"{kernel.id} ({kernel.remark})" if kernel.remark else kernel.id


def trust(args: Namespace) -> VerbResult:
    """Trust an environment, or stop trusting it."""
    catalog = open_catalog()
    environment = catalog.find(args.environment)
    if not args.remove:
        limits = limits_in_force(Limits())
        policy.enforce(limits, policy.of_trust(limits))
    change = distrust_prefix if args.remove else trust_prefix
    change(environment.prefix)
    sync.refresh(open_catalog(), Path(jupyter_data_dir()), always=engine_options().sync_kernelspecs)
    now = catalog.find(str(environment.prefix))
    name = f"{now.name} ({now.prefix})"
    text = f"{name} is trusted. Kernels: {_offer(now)}" if now.is_trusted else f"{name} is not trusted."
    return VerbResult(environments_json([now], {}), text)


def show_history(args: Namespace) -> VerbResult:
    """Print the revisions of an environment."""
    revisions = read_history(open_catalog().find(args.environment).prefix)
    rows = [_revision_row(revision) for revision in revisions]
    header = ("REVISION", "TIME", "ADDED", "REMOVED", "COMMAND")
    empty = "It has no history that can be read."
    return VerbResult(history_json(revisions), Table(header, rows, right=[0, 2, 3], empty=empty))


def _revision_row(revision: Revision) -> tuple[str, ...]:
    when = "" if revision.time is None else moment(revision.time)
    return str(revision.number), when, str(len(revision.added)), str(len(revision.removed)), revision.command


def _short(prefix: Path) -> str:
    """Return the prefix with ``~`` for the home folder."""
    home = os.path.expanduser("~")  # noqa: PTH111 - unlike Path.home(), does not raise without a home
    return f"~/{prefix.relative_to(home)}" if prefix.is_relative_to(home) else str(prefix)
