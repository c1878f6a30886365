"""Launch a kernel for the kernelspecs of ``sync``, with the settings that a server would have."""

from __future__ import annotations

import sys

from ..envs.trust import Trust
from ..kernels.launcher import launch
from .settings import open_catalog


def main() -> None:
    """Launch the kernel that the arguments name; see :func:`.kernels.launcher.launch`."""
    launch(sys.argv[1:], _trust)


def _trust() -> Trust:
    return open_catalog().trust()
