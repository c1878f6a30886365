from __future__ import annotations

import pytest

from jupyter_envkernels.specs import kernel_packages_missing


@pytest.mark.parametrize(
    "names",
    [
        [],
        ["r-base"],
        ["python", "ipykernel"],
        ["Python", "IPykernel"],
        ["python", "xeus-python"],
        ["python", "r-irkernel"],
        ["python", "bash_kernel"],
        ["python", "ansible-kernel"],
        ["python", "jupyterlab"],
    ],
)
def test_nothing_is_missing(names: list[str]) -> None:
    assert kernel_packages_missing(names, ("ipykernel",)) == ()


@pytest.mark.parametrize(
    "names", [["python"], ["python", "numpy"], ["python", "kernel-headers"], ["python", "_kernel"]]
)
def test_a_kernel_is_missing(names: list[str]) -> None:
    assert kernel_packages_missing(iter(names), ("ipykernel",)) == ("ipykernel",)


def test_only_what_is_absent_is_added() -> None:
    assert kernel_packages_missing(["python", "numpy"], ("numpy", "bqplot")) == ("bqplot",)
