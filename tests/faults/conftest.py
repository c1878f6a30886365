"""The place in which jobs work is the one of the tests of jobs."""

from __future__ import annotations

from tests.jobs.conftest import place

__all__ = ["place"]
