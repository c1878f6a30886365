"""Fixtures of the command line's tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.channel.server import ChannelServer
from tests.cli.shell import Shell


@pytest.fixture
def shell(tmp_path: Path, channel_server: ChannelServer) -> Shell:
    return Shell(tmp_path, f"{channel_server.url}/main")


@pytest.fixture
def slow_channel(channel_server: ChannelServer) -> ChannelServer:
    """``big-demo`` takes half a minute."""
    channel_server.add_rule(r"big-demo", throttle=1_500_000)
    return channel_server
