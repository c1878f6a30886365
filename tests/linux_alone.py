"""What tests need of Linux, beside the fallback that they run with elsewhere."""

from __future__ import annotations

import pytest

from jupyter_envkernels.system import system
from jupyter_envkernels.system.linux import Linux

counts_jobs = pytest.mark.skipif(not system.can_count_locks, reason="jobs of other users are counted on Linux alone")
copies_attributes = pytest.mark.skipif(
    not isinstance(system, Linux), reason="extended attributes and access control lists are copied on Linux alone"
)
