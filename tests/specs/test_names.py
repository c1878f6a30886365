from __future__ import annotations

import pytest

from jupyter_envkernels.specs import conda_name


@pytest.mark.parametrize(
    "spec",
    ["numpy", "NumPy", "numpy=1.26", "numpy>=1", "numpy 1.26.*", "forge::numpy", "https://c.example/f::numpy[build=x]"],
)
def test_conda_name(spec: str) -> None:
    assert conda_name(spec) == "numpy"


def test_nothing_has_no_name() -> None:
    assert conda_name("") == conda_name("forge::") == ""
