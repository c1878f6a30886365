"""Attacks are played against real jobs and a real server."""

from tests.jobs.conftest import place
from tests.server.conftest import call, envs, jp_server_config

__all__ = ["call", "envs", "jp_server_config", "place"]
