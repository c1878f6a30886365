"""Hide the differences of operating systems behind one interface, :class:`~.posix.Posix`.

:mod:`.posix` has a plain implementation for every POSIX system; :mod:`.linux` overrides it where Linux offers more, and
:mod:`.macos` where macOS needs more. All other packages need only POSIX and ``flock``.
"""

from __future__ import annotations

import os
import sys

from .linux import Linux
from .macos import MacOS
from .posix import Posix, kill_group

__all__ = ["PLAIN", "kill_group", "system"]

PLAIN = "ENVKERNELS_TEST_POSIX"
"""Variable that selects the POSIX implementation on Linux, for tests only."""

_SYSTEMS = {"linux": Linux, "darwin": MacOS}

system: Posix = Posix() if os.environ.get(PLAIN) else _SYSTEMS.get(sys.platform, Posix)()
"""The system of this process."""
