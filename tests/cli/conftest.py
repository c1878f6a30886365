"""Fixtures of the command line's tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.channel.server import ChannelServer
from tests.cli.shell import Shell
from tests.compilers import end_compilers


@pytest.fixture
def shell(tmp_path: Path, channel_server: ChannelServer) -> Iterator[Shell]:
    yield Shell(tmp_path, f"{channel_server.url}/main")
    end_compilers(tmp_path)


@pytest.fixture
def slow_channel(channel_server: ChannelServer) -> ChannelServer:
    """``big-demo`` takes half a minute."""
    channel_server.add_rule(r"big-demo", throttle=1_500_000)
    return channel_server
