"""Collect the settings in force for GET settings and the verb ``info``."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from ..engine.plan.quota import count
from ..envs.catalog import Catalog
from ..envs.disk_usage import free_bytes
from ..envs.locations import Location, nearest_existing
from ..envs.policy_file import limits_in_force
from ..envs.quota_usage import read_quota_usage
from ..envs.usage import Footprints
from ..errors import Forbidden, PolicyUnusable
from ..models import Limits, LimitsUsage, LocationStatus, Operation, Problem, ServerSettings
from ..specs.redact import without_credentials
from .manager import ManagerOptions


def read_setup(catalog: Catalog, options: ManagerOptions, unfinished: Sequence[Operation] = ()) -> ServerSettings:
    """Collect the settings in force. Reads files; call it in a thread.

    Args:
        catalog: the environments.
        options: the settings of jobs.
        unfinished: the operations of running and queued jobs.
    """
    settings, (limits, problem) = catalog.settings(), _in_force(options.engine.limits)
    root: Path | None = None
    with suppress(Forbidden):
        root = catalog.new_root()
    free = free_bytes(root) if root else None
    held = read_quota_usage(catalog)
    return ServerSettings(
        locations=tuple(map(_place, catalog.locations())),
        root=root,
        free_bytes=free,
        channels=tuple(map(without_credentials, options.engine.channels)),
        channel_urls=tuple(map(without_credentials, settings.channel_urls(options.engine.channels))),
        channel_priority=settings.channel_priority,
        max_concurrent_jobs=options.max_concurrent,
        max_queued_jobs=options.max_queued,
        keep_jobs=options.keep_jobs,
        job_timeout=options.job_timeout,
        package_cache=options.engine.package_cache,
        kernel_packages=options.engine.kernel_packages,
        default_packages=tuple(map(without_credentials, settings.create_default_packages)),
        limits=replace(
            limits,
            allowed_channels=tuple(map(without_credentials, limits.allowed_channels)),
            pip_indexes=tuple(map(without_credentials, limits.pip_indexes)),
        ),
        usage=LimitsUsage(count(held, unfinished), held.known_bytes(Footprints()), free),
        policy_problem=problem,
    )


def _in_force(configured: Limits) -> tuple[Limits, Problem | None]:
    try:
        return limits_in_force(configured), None
    except PolicyUnusable as error:
        return configured, error.problem


def _place(location: Location) -> LocationStatus:
    path = Path(location.path)
    there = nearest_existing(path)
    return LocationStatus(
        location.path,
        location.kind,
        location.origin,
        exists=there == path,
        writable=os.access(there, os.W_OK),
        is_shared=location.is_shared,
    )
