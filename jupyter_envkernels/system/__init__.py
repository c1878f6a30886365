"""What operating systems do differently, behind one interface, :class:`~.posix.Posix`.

:mod:`.posix` is what every POSIX system has, in plain form; :mod:`.linux` has in its place what Linux does better or
alone, and :mod:`.macos` what macOS needs beside it. All other packages need no more than POSIX, with ``flock``.
"""

from __future__ import annotations

import os
import sys

from .linux import Linux
from .macos import MacOS
from .posix import Posix, kill_group

__all__ = ["PLAIN", "kill_group", "system"]

PLAIN = "ENVKERNELS_TEST_POSIX"
"""Variable by which the tests of this package run on Linux with what other systems have; it is no option of users."""

_SYSTEMS = {"linux": Linux, "darwin": MacOS}

system: Posix = Posix() if os.environ.get(PLAIN) else _SYSTEMS.get(sys.platform, Posix)()
"""The system of this process."""
