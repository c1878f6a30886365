"""One hub for all tests here, on which both users have a server and a browser."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.channel.server import ChannelServer

from .hub import USERS, Client, Hub


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory, _running_channel_server: ChannelServer) -> Iterator[Hub]:
    with Hub(tmp_path_factory.mktemp("hub"), f"{_running_channel_server.url}/main") as hub:
        with ThreadPoolExecutor() as pool:
            list(pool.map(hub.start_server, USERS))
        yield hub


@pytest.fixture(scope="module")
def browsers(hub: Hub) -> dict[str, Client]:
    """The browser of each user, logged in."""
    return {user: hub.log_in(user) for user in USERS}
