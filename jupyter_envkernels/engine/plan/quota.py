"""Check the limits on all environments of a user: their number and their disk usage."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from ... import policy
from ...envs.catalog import Catalog
from ...envs.locations import nearest_existing
from ...envs.prefix_data import record_paths
from ...envs.quota_usage import QuotaUsage, read_quota_usage
from ...envs.usage import Footprints
from ...models import EngineOptions, Operation, Plan, Room, environment_id, unpacked_bytes


def check_quota(
    operation: Operation, options: EngineOptions, plan: Plan | None = None, *, unfinished: Sequence[Operation] = ()
) -> None:
    """Check an operation against the limits of the user. May measure environments, which is slow.

    Args:
        operation: the operation.
        options: the limits, and the roots of environments.
        plan: of the operation; None if it is not made yet.
        unfinished: operations of jobs that run or wait.

    Raises:
        NotAllowed: there would be too many environments, or too many bytes.
    """
    limits = options.limits
    if not limits.max_environments and not limits.max_total_bytes:
        return
    held = read_quota_usage(Catalog(options.catalog))
    # a worker cannot tell which earlier versions belong to unfinished jobs, so it does not count them
    number = count(held, unfinished) if plan is None else len(held.environments)
    problems = policy.of_number(limits, number) if operation.is_additional else []
    if limits.max_total_bytes:
        added = operation.is_additional if plan is None else _added(plan, operation.prefix, options, held)
        if added:
            problems += policy.of_bytes(limits, held.measured_bytes(Footprints()), added)
    policy.enforce(limits, problems)


def room_for(options: EngineOptions) -> Room:
    """Return what the limits leave for one more transaction. May measure environments, which is slow."""
    limits, left = options.limits, None
    if limits.max_total_bytes:
        used = read_quota_usage(Catalog(options.catalog)).measured_bytes(Footprints())
        left = max(0, limits.max_total_bytes - used)
    return Room(limits.max_environment_bytes or None, left, limits.min_free_bytes or None)


def count(held: QuotaUsage, unfinished: Sequence[Operation]) -> int:
    """Return the number of environments after all unfinished operations.

    Earlier versions that are kept beside an environment count, unless an unfinished job may be using them.
    """
    coming = [each for each in unfinished if each.is_additional]
    there = {environment.id for environment in held.environments}
    busy = {os.path.realpath(each.prefix.parent) for each in unfinished}
    left = [copy for copy in held.copies if (copy.prefix / "conda-meta" / "history").exists()]
    there |= {environment_id(each.prefix) for each in coming}
    return len(there) + sum(str(copy.prefix.parent) not in busy for copy in left)


def _added(plan: Plan, prefix: Path, options: EngineOptions, held: QuotaUsage) -> int:
    """Return about how many bytes a plan adds: packages that no environment has from which files could be linked."""
    is_linked = _device(prefix) == _device(options.package_cache)
    sharing = [environment.prefix for environment in held.environments] if is_linked else [prefix]
    there = {record.stem for folder in sharing for record in record_paths(folder)}
    return unpacked_bytes(p for p in plan.packages if f"{p.name}-{p.version}-{p.build}" not in there)


def _device(path: Path) -> int:
    return nearest_existing(path).stat().st_dev
