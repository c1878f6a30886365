"""What an update comes to."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from jupyter_envkernels.engine.plan.update import Goal, check_gone, for_python, goal_of
from jupyter_envkernels.errors import NotFound, SolveFailed
from jupyter_envkernels.models import Edit, EnvSpec, InstalledPackage, InstalledState, Plan, PlannedPackage


def package(name: str, version: str = "1.0", *depends: str) -> PlannedPackage:
    record = json.dumps({"depends": depends})
    return PlannedPackage(name, version, "0", "c", "noarch", f"c/{name}-{version}", None, 1, cached=True, record=record)


CONDA = (
    package("python", "3.12.1"),
    package("numpy", "1.26.4", "python >=3.12,<3.13", "blas"),
    package("blas"),
    package("pandas", "2.2", "numpy >=1.22", "tz"),
    package("tz"),
    package("stray"),
)
NOTHING = Edit()
PIP = (
    InstalledPackage("pip", "My_Tool", "1", requested=True, requirement="My_Tool==1"),
    InstalledPackage("pip", "helper", "2", requirement="helper==2"),
)
INSTALLED = InstalledState(CONDA, PIP, requested=("python=3.12", "pandas"), variables={"A": "1"})


def goal(edit: Edit = NOTHING, spec: EnvSpec | None = None) -> Goal:
    return goal_of(spec, edit, INSTALLED)


def test_what_was_asked_for_stays_so() -> None:
    found = goal(Edit(add=("scipy>=1.10", "python=3.13")))
    assert found.requested == ("python=3.13", "pandas", "scipy>=1.10")
    assert found.limits == ()
    assert set(found.kept) == {"python", "numpy", "blas", "pandas", "tz", "stray"}
    assert "python" not in {p.name for p in found.preferred}


def test_python_stays_up_to_the_minor_version() -> None:
    assert goal(Edit(add=("scipy",))).limits == ("python=3.12",)


def test_what_goes_takes_along_what_needs_it_and_what_only_it_needed() -> None:
    found = goal(Edit(remove=("numpy",)))
    assert found.requested == ("python=3.12",)
    assert set(found.kept) == {"python", "stray"}
    assert found.removed == ("numpy",)


def test_what_others_need_stays() -> None:
    assert set(goal(Edit(add=("numpy",), remove=("pandas",))).kept) == {"python", "numpy", "blas", "stray"}
    assert set(goal(Edit(remove=("pandas",))).kept) == {"python", "stray"}  # nobody asked for numpy


def test_nothing_unknown_can_be_removed() -> None:
    with pytest.raises(NotFound, match="nonsense"):
        goal(Edit(remove=("nonsense", "my-tool")))


@pytest.mark.parametrize("name", ["My_Tool", "my-tool", "MY.TOOL"])
def test_packages_of_pip_are_removed_by_any_spelling(name: str) -> None:
    assert goal(Edit(remove=(name,))).pip_removed == ("My_Tool",)


def test_to_prune_is_to_have_what_the_spec_asks_for() -> None:
    found = goal(Edit(prune=True), EnvSpec(None, (), ("python=3.12", "numpy"), ("other",)))
    assert found.requested == ("python=3.12", "numpy", "pip")
    assert found.kept == ()
    assert found.pip_removed == ("My_Tool",)  # what it needed is for whoever looks after pip
    assert found.variables == {"A": "1"}


def test_without_a_spec_nobody_loses_what_was_asked_for() -> None:
    found = goal(Edit(add=("scipy",), prune=True))
    assert found.requested == ("python=3.12", "pandas", "scipy")
    assert found.pip_removed == ()


def test_where_nothing_tells_what_was_asked_for_all_was() -> None:
    found = goal_of(None, Edit(add=("scipy",), prune=True), replace(INSTALLED, requested=()))
    assert set(found.requested) == {"python", "numpy", "blas", "pandas", "tz", "stray", "scipy"}


def test_names_are_removed_in_any_spelling() -> None:
    assert goal(Edit(remove=("NumPy",))).removed == ("numpy",)


def test_a_pip_section_needs_pip_also_where_all_else_goes() -> None:
    spec = EnvSpec(None, (), ("python",), ("x",))
    installed = replace(INSTALLED, conda=(*CONDA, package("pip")))
    assert goal_of(spec, NOTHING, installed).requested == ("python", "pandas")
    assert goal_of(spec, Edit(prune=True), installed).requested == ("python", "pip")


def test_pins_bind_what_is_there_or_comes() -> None:
    found = goal_of(None, Edit(add=("scipy",)), INSTALLED, ("numpy <2", "scipy 1.*", "absent 1"))
    assert found.limits == ("python=3.12", "numpy <2", "scipy 1.*")


def test_to_upgrade_is_to_prefer_nothing() -> None:
    assert goal(Edit(upgrade=True)).preferred == ()


def test_another_python_gets_the_packages_of_pip_again() -> None:
    found = goal(Edit(add=("python=3.13",), remove=("helper",)))
    new = Plan((package("python", "3.13.0"),), pip_removed=("helper",))
    plan = for_python(new, INSTALLED, found.pip_installed)
    assert plan.pip == ("My_Tool==1",)
    assert plan.pip_removed == ()
    assert [warning.code for warning in plan.warnings] == ["python-changes"]
    same = Plan((package("python", "3.12.9"),))
    assert for_python(same, INSTALLED, found.pip_installed) == same
    assert plan.warnings[0].message == (
        "Python 3.12 changes to 3.13, so the packages that pip installed for it are removed and installed again "
        "(My_Tool, helper)."
    )
    without = for_python(Plan((package("numpy"),), pip_removed=("helper",)), INSTALLED, ("My_Tool==1",))
    assert (without.pip, without.pip_removed) == ((), ())
    assert (
        without.warnings[0].message
        == "Python 3.12 is removed, so the packages that pip installed for it are removed (My_Tool, helper)."
    )
    assert for_python(new, replace(INSTALLED, pip=()), ()) == new


KEPT = ", which is kept so that the environment stays a kernel,"


def test_what_pip_has_put_over_a_package_that_others_need() -> None:
    over = InstalledPackage("pip", "NumPy", "2", requirement="NumPy==2")
    installed = replace(INSTALLED, pip=(over,))
    found = goal_of(None, Edit(remove=("numpy",)), installed)
    assert (found.removed, found.pip_removed) == ((), ("NumPy",))
    assert {"numpy", "pandas"} <= set(found.kept)
    both = Edit(remove=("numpy", "pandas"))
    assert goal_of(None, both, replace(INSTALLED, pip=(*PIP, over))).removed == (
        "numpy",
        "pandas",
    )
    assert goal_of(None, Edit(add=("numpy",)), installed).pip_installed == ()


@pytest.mark.parametrize(
    ("removed", "requested", "kernel", "message", "remedy"),
    [
        ("tz", ("pandas",), (), "tz cannot be removed: pandas needs tz.", "Remove pandas, too."),
        (
            "blas",
            ("pandas", "numpy>=1"),
            (),
            "blas cannot be removed: numpy needs blas.",
            "Remove numpy, too.",
        ),
        (
            "blas",
            ("pandas",),
            ("pandas",),
            f"blas cannot be removed: pandas{KEPT} needs blas through numpy.",
            "Remove pandas, too.",
        ),
        ("tz", (), (), "tz cannot be removed: other packages need it.", "Remove these packages, too."),
    ],
)
def test_what_cannot_be_removed(
    removed: str, requested: tuple[str, ...], kernel: tuple[str, ...], message: str, remedy: str
) -> None:
    with pytest.raises(SolveFailed) as refused:
        check_gone(replace(goal(), removed=(removed,)), CONDA, requested, kernel)
    assert (refused.value.message, refused.value.remedy) == (message, remedy)
    check_gone(replace(goal(), removed=("absent",)), CONDA, requested, kernel)
