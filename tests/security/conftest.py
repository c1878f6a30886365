"""Attacks are played against real jobs."""

from tests.jobs.conftest import place

__all__ = ["place"]
