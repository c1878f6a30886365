"""Conda's platform (subdir) of this machine."""

from __future__ import annotations

import re

_PLATFORM = re.compile(r"[a-z]+-[a-z0-9_]+")


def current_platform() -> str:
    """Return conda's name for the platform, such as ``linux-64``."""
    from rattler import Subdir  # noqa: PLC0415 - its import costs more than reading a spec

    return str(Subdir.current())


def foreign_platform(subdir: str) -> str:
    """Return why packages of a subdir cannot be installed on this machine; empty if they can or may be."""
    if subdir == "noarch" or not _PLATFORM.fullmatch(subdir) or subdir == current_platform():
        return ""
    return f"The package is for {subdir}, and this machine is {current_platform()}."
