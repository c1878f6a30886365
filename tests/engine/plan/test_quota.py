"""Limits on all environments of a user, before there is a plan and after."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jupyter_envkernels.engine.operations import Clone, Create, Update
from jupyter_envkernels.engine.plan.quota import check_quota
from jupyter_envkernels.errors import NotAllowed
from jupyter_envkernels.models import CatalogOptions, EngineOptions, EnvSpec, Limits, Operation, Plan, PlannedPackage
from tests.prefixes import make_prefix

MB = 10**6


def package(name: str, megabytes: int) -> PlannedPackage:
    url = f"https://c/noarch/{name}-1-0.conda"
    return PlannedPackage(name, "1", "0", "c", "noarch", url, None, megabytes * MB // 4, cached=True, record="{}")


@pytest.fixture
def envs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one environment of 3 MB, which has the package one."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    prefix = make_prefix(tmp_path / "envs" / "lesson")
    (prefix / "data").write_bytes(os.urandom(3 * MB))
    (prefix / "conda-meta" / "one-1-0.json").write_text("{}")
    return prefix.parent


def options(envs: Path, **limits: Any) -> EngineOptions:
    return EngineOptions((), envs.parent / "cache", limits=Limits(**limits), catalog=CatalogOptions(roots=(envs,)))


def problems(request: Operation, options: EngineOptions, *packages: PlannedPackage) -> str:
    """What is refused, first without a plan and then with it."""
    found = {"request": refused(request, options, None), "plan": refused(request, options, Plan(packages))}
    return "; ".join(f"{when}: {words}" for when, words in found.items() if words)


def refused(request: Operation, options: EngineOptions, plan: Plan | None) -> str:
    try:
        check_quota(request, options, plan)
    except NotAllowed as refusal:
        return ", ".join(refusal.details["problems"])
    return ""


def test_the_number_is_checked_before_the_plan_and_with_it(envs: Path) -> None:
    new = Create("new", envs / "new", spec=EnvSpec())
    both = "request: too-many-environments; plan: too-many-environments"
    assert problems(new, options(envs, max_environments=1)) == both
    assert problems(Clone("new", envs / "new", source=envs / "lesson"), options(envs, max_environments=1)) == both
    assert problems(new, options(envs, max_environments=2)) == ""
    assert problems(Update("lesson", envs / "lesson"), options(envs, max_environments=1)) == ""


def test_an_earlier_version_counts_unless_a_job_is_at_work_there(envs: Path) -> None:
    make_prefix(envs / ".lesson.envkernels-20261121-093000-1f2e3d4c.was")
    (envs / ".half.envkernels-20261121-093000-1f2e3d4c.new" / "conda-meta").mkdir(parents=True)
    new = Create("new", envs / "new", spec=EnvSpec())
    with pytest.raises(NotAllowed, match="limit of 2 environments"):
        check_quota(new, options(envs, max_environments=2))
    check_quota(new, options(envs, max_environments=2), unfinished=[Update("lesson", envs / "lesson")])


def test_bytes_of_all_and_of_what_is_to_come(envs: Path) -> None:
    new = Create("new", envs / "new", spec=EnvSpec())
    assert problems(new, options(envs, max_total_bytes=2 * MB), package("two", 1)) == (
        "request: too-many-bytes; plan: too-many-bytes"
    )
    assert problems(new, options(envs, max_total_bytes=4 * MB), package("two", 2)) == "plan: too-many-bytes"
    assert problems(new, options(envs, max_total_bytes=6 * MB), package("two", 2)) == ""


def test_what_an_environment_has_already_is_shared_with_it(envs: Path) -> None:
    new, limited = Create("new", envs / "new", spec=EnvSpec()), options(envs, max_total_bytes=4 * MB)
    assert problems(new, limited, package("one", 50)) == ""
    assert problems(new, limited, package("one", 50), package("two", 2)) == "plan: too-many-bytes"
    update = Update("lesson", envs / "lesson")
    assert problems(update, options(envs, max_total_bytes=2 * MB), package("one", 50)) == "", "nothing is added"
    elsewhere = replace(limited, package_cache=Path("/dev/cache"))
    assert problems(new, elsewhere, package("one", 50)) == "plan: too-many-bytes", "all is copied"
    assert problems(update, elsewhere, package("one", 50)) == ""
