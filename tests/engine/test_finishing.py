"""What is said while pip is at work."""

from __future__ import annotations

import pytest

from jupyter_envkernels.engine.finishing import pip_message
from jupyter_envkernels.models import Plan


@pytest.mark.parametrize(
    ("lines", "removed", "message"),
    [
        (("cowsay", "--index-url https://pypi.example", "-e ./mine", "--pre"), (), "Installing 2 pip requirements"),
        (("cowsay", "--index-url=https://pypi.example"), ("old",), "Installing 1 pip requirement"),
        (("-r requirements.txt", "cowsay"), (), "Installing pip requirements"),
        ((), ("old",), "Taking out 1 package of pip"),
    ],
)
def test_only_what_is_installed_is_counted(lines: tuple[str, ...], removed: tuple[str, ...], message: str) -> None:
    assert pip_message(Plan((), pip=lines, pip_removed=removed)) == message
