"""One hub for each module, on which both users have a server and a browser."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from tests.accounts import own, python_of_owners, two_accounts
from tests.channel.server import ChannelServer

from .hub import USERS, Client, Hub


@contextmanager
def make_hub(channel: str) -> Iterator[Hub]:
    """Make one whose users have accounts of their own, where these tests are run by root."""
    with two_accounts(USERS) as accounts:
        python = python_of_owners(accounts[0].home)
        hub = Hub(accounts[0].home.parent, channel, python=python or sys.executable)
        for account in accounts if python else ():
            own(account.home, account.uid, account.gid)
        yield hub


@pytest.fixture(scope="module")
def hub(_running_channel_server: ChannelServer) -> Iterator[Hub]:
    with make_hub(f"{_running_channel_server.url}/main") as hub, hub:
        with ThreadPoolExecutor() as pool:
            list(pool.map(hub.start_server, USERS))
        yield hub


@pytest.fixture(scope="module")
def browsers(hub: Hub) -> dict[str, Client]:
    """The browser of each user, logged in."""
    return {user: hub.log_in(user) for user in USERS}
