"""What is said of a plan."""

from __future__ import annotations

from jupyter_envkernels.cli.outcome import plan_text
from jupyter_envkernels.documents import plan_json
from jupyter_envkernels.engine.operations import PlanOnly, Update
from jupyter_envkernels.models import PackageChange, Plan, PlannedPackage, Problem
from tests.cli.jobs import a_job

PREFIX = a_job().request.prefix


def package(name: str, *, size: int = 0, cached: bool = False) -> PlannedPackage:
    url = f"https://channel/noarch/{name}.conda"
    return PlannedPackage(name, "2.0", "py_0", "channel", "noarch", url, None, size, cached, "{}")


PLAN = Plan(
    packages=(package("numpy", size=8_200_000), package("zlib", cached=True), package("odd")),
    pip=("cowsay", "git+https://user:secret@host/x.git"),
    pip_removed=("sheep",),
    variables={"LESSON": "two words"},
    changes=(
        PackageChange("numpy", "upgraded", "1.26.4 py_0", "2.0 py_0"),
        PackageChange("odd", "rebuilt", "2.0 py_0", "2.0 py_1"),
        PackageChange("old", "removed", "1.0 py_0", None),
        PackageChange("zlib", "added", None, "2.0 py_0"),
    ),
    free_bytes=45_000_000_000,
    warnings=(Problem("pinned", "numpy is pinned.", "Change the pin."),),
)


def test_a_plan_says_what_changes_and_what_it_costs() -> None:
    text = plan_text(plan_json(PlanOnly(Update("lesson", PREFIX)), PLAN))
    assert "secret" not in text
    assert text.replace("***@", "").replace("//host", "//host").splitlines()[:11] == [
        "update lesson: /envs/lesson",
        "",
        "PACKAGE  CHANGE    DOWNLOAD  VERSION",
        "numpy    upgraded    8.2 MB  1.26.4 -> 2.0",
        "odd      rebuilt          ?  2.0 py_0 -> 2.0 py_1",
        "old      removed             1.0",
        "zlib     added       cached  2.0",
        "",
        "Packages: 1 upgraded, 1 rebuilt, 1 removed, 1 added",
        "Download: 8.2 MB, about 32.8 MB on disk; 45.0 GB are free",
        "pip takes out: sheep",
    ]
    assert text.splitlines()[-1] == "Warning: numpy is pinned. Change the pin."
    assert "Variables: LESSON" in text
    assert "pip installs: cowsay, git+https://" in text


def test_a_plan_that_changes_nothing() -> None:
    text = plan_text(plan_json(PlanOnly(Update("lesson", PREFIX)), Plan(())))
    assert text == "update lesson: /envs/lesson\n\nPackages: nothing changes\nDownload: 0 B"
