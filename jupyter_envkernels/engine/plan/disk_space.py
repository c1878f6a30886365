"""Compare the size of a plan with the free disk space."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ...envs.disk_usage import free_bytes
from ...envs.locations import nearest_existing
from ...models import Plan, Problem


def with_space(plan: Plan, prefix: Path, cache: Path) -> Plan:
    """Return the plan with the free space on its disk, and with a warning if it needs more than that."""
    home, store = nearest_existing(prefix), nearest_existing(cache)
    is_shared = home.stat().st_dev == store.stat().st_dev
    needs = {home: plan.disk_bytes} if is_shared else {home: plan.copied_bytes, store: plan.disk_bytes}
    free = {folder: free_bytes(folder) for folder in needs}
    warnings = [
        Problem(
            "little-space",
            f"About {need / 1e6:.0f} MB of disk space are needed, and {left / 1e6:.0f} MB are free in {folder}.",
            "Remove environments that you no longer need.",
        )
        for folder, need in needs.items()
        if (left := free[folder]) is not None and need > left
    ]
    return replace(plan, free_bytes=free[home], needed_bytes=needs[home], warnings=(*plan.warnings, *warnings))
