"""What is said while pip is at work."""

from __future__ import annotations

import pytest

from jupyter_envkernels.engine.transaction.post_install import pip_message


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (("cowsay", "--index-url https://pypi.example", "-e ./mine", "--pre"), "Installing 2 pip requirements"),
        (("cowsay", "--index-url=https://pypi.example"), "Installing 1 pip requirement"),
        (("-r requirements.txt", "cowsay"), "Installing pip requirements"),
        (("--no-index",), "Installing pip requirements"),
    ],
)
def test_only_what_is_installed_is_counted(lines: tuple[str, ...], message: str) -> None:
    assert pip_message(lines) == message
