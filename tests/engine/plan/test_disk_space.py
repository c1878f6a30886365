from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_envkernels.engine.plan import disk_space
from jupyter_envkernels.models import Plan, PlannedPackage

PACKAGE = PlannedPackage("big", "1", "0", "main", "noarch", "https://x.org/big.conda", None, 10**7, False, "{}")


def test_what_is_free_is_in_the_plan(tmp_path: Path) -> None:
    plan = disk_space.with_space(Plan((PACKAGE,)), tmp_path / "envs" / "new", tmp_path / "cache")
    assert plan.free_bytes
    assert (plan.needed_bytes, plan.warnings) == (4 * 10**7, ())


def test_a_plan_that_needs_more_has_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk_space, "free_bytes", lambda _: 10**6)
    (warning,) = disk_space.with_space(Plan((PACKAGE,)), tmp_path / "new", tmp_path / "cache").warnings
    assert warning.code == "little-space"
    assert warning.message == f"About 40 MB of disk space are needed, and 1 MB are free in {tmp_path}."


def test_a_disk_that_does_not_tell_gives_no_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk_space, "free_bytes", lambda _: None)
    plan = disk_space.with_space(Plan((PACKAGE,)), tmp_path / "new", tmp_path / "cache")
    assert (plan.free_bytes, plan.warnings) == (None, ())
