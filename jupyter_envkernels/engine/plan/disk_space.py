"""What the disks have to say of a plan."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ...envs.disk_usage import free_bytes
from ...envs.locations import nearest_existing
from ...models import Plan, Problem


def with_space(plan: Plan, prefix: Path, cache: Path) -> Plan:
    """Return the plan with what is free where it goes, and a warning where that is less than it needs."""
    home, store = nearest_existing(prefix), nearest_existing(cache)
    is_shared = home.stat().st_dev == store.stat().st_dev
    needs = {home: plan.disk_bytes} if is_shared else {home: plan.copied_bytes, store: plan.disk_bytes}
    free = {folder: free_bytes(folder) for folder in needs}
    warnings = [
        Problem(
            "little-space",
            f"About {need / 1e6:.0f} MB will be taken on disk, and {left / 1e6:.0f} MB are free in {folder}.",
            "Remove environments that you no longer need.",
        )
        for folder, need in needs.items()
        if (left := free[folder]) is not None and need > left
    ]
    return replace(plan, free_bytes=free[home], needed_bytes=needs[home], warnings=(*plan.warnings, *warnings))
