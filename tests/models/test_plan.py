from __future__ import annotations

from dataclasses import replace

from jupyter_envkernels.models import InstalledPackage, InstalledState, Plan, PlannedPackage

NUMPY = PlannedPackage(
    "numpy", "2.1.3", "0", "https://x.org/main", "linux-64", "https://x.org/numpy.conda", "aa", 100, True, "{}"
)
SCIPY = replace(NUMPY, name="scipy", url="https://x.org/scipy.conda", cached=False, size=1000)
RICH = InstalledPackage("pip", "rich", "1.0")
STATE = InstalledState((NUMPY, SCIPY), (RICH,), frozenset(), ("numpy",), {"A": "1"})


def test_what_a_plan_takes() -> None:
    plan = Plan((NUMPY, SCIPY))
    assert (plan.disk_bytes, plan.copied_bytes, plan.download_bytes) == (4000, 4400, 1000)


def test_plans_are_the_same_by_what_they_install() -> None:
    plan = Plan((NUMPY, SCIPY), ("numpy",), ("rich",), variables={"A": "1", "B": "2"})
    same = replace(plan, packages=(SCIPY, NUMPY), requested=(), variables={"B": "2", "A": "1"}, base="x")
    others = (
        replace(plan, packages=(NUMPY,)),
        replace(plan, pip=()),
        replace(plan, pip_removed=("rich",)),
        replace(plan, variables={}),
    )
    assert plan.digest == same.digest
    assert len({plan.digest, *(other.digest for other in others)}) == 1 + len(others)


def test_a_state_has_a_digest_of_all_that_plans_depend_on() -> None:
    others = (
        replace(STATE, conda=(NUMPY,)),
        replace(STATE, conda=(replace(NUMPY, sha256="bb"), SCIPY)),
        replace(STATE, pip=(replace(RICH, version="2.0"),)),
        replace(STATE, requested=()),
        replace(STATE, variables={}),
    )
    assert STATE.digest == replace(STATE, conda=(SCIPY, NUMPY)).digest
    assert len({STATE.digest, *(other.digest for other in others)}) == 1 + len(others)


def test_the_names_are_those_of_packages_whose_files_are_there() -> None:
    state = replace(STATE, replaced=frozenset({"scipy"}))
    assert state.names == ("numpy", "rich")
