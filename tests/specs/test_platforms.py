from __future__ import annotations

import pytest

from jupyter_envkernels.specs.platforms import current_platform, foreign_platform


def test_this_platform_has_a_name() -> None:
    system, _, machine = current_platform().partition("-")
    assert system in {"linux", "osx", "win"}
    assert machine


@pytest.mark.parametrize("subdir", ["noarch", "label", current_platform(), ""])
def test_what_may_be_installed(subdir: str) -> None:
    assert foreign_platform(subdir) == ""


def test_what_may_not() -> None:
    assert "win-32" in foreign_platform("win-32")
