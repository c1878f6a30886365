from __future__ import annotations

import pytest

from jupyter_envkernels.specs import conda_name
from jupyter_envkernels.specs.package_names import pip_requirement


@pytest.mark.parametrize(
    "spec",
    ["numpy", "NumPy", "numpy=1.26", "numpy>=1", "numpy 1.26.*", "forge::numpy", "https://c.example/f::numpy[build=x]"],
)
def test_conda_name(spec: str) -> None:
    assert conda_name(spec) == "numpy"


def test_nothing_has_no_name() -> None:
    assert conda_name("") == conda_name("forge::") == ""


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ("NumPy", ("numpy", "")),
        ("numpy == 1.26.*", ("numpy", "==1.26.*")),
        ("numpy>=1.2 , <2,!=1.5  # why", ("numpy", ">=1.2,<2,!=1.5")),
        ("zope.interface~=5.0", ("zope.interface", "~=5.0")),
    ],
)
def test_a_plain_requirement(line: str, asked: tuple[str, str]) -> None:
    assert pip_requirement(line) == asked


@pytest.mark.parametrize(
    "line",
    [
        "",
        "-r other.txt",
        "./folder",
        "git+https://x.example/y",
        "a @ https://x.example/a.whl",
        "a[b]",
        "a===1",
        "a;b=='c'",
    ],
)
def test_what_is_no_plain_requirement(line: str) -> None:
    assert pip_requirement(line) is None


def test_a_requirement_of_any_length_is_read_at_once() -> None:
    assert pip_requirement("a" + ">=1," * 5000 + "?") is None
