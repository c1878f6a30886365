"""Fixtures for all tests."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.channel.build import ensure_channel
from tests.channel.server import ChannelServer
from tests.isolation import isolate

pytest_plugins = ("pytest_jupyter.jupyter_server",)


def pytest_configure(config: pytest.Config) -> None:
    """No test sees or touches the conda and the Jupyter of whoever runs it."""
    config.add_cleanup(isolate())


@pytest.fixture(scope="session")
def channel_root() -> Path:
    """The folder of the test channels; built once, kept in the user's cache."""
    return ensure_channel()


@pytest.fixture(scope="session")
def channel_pythons(channel_root: Path) -> list[str]:
    """The Pythons of the test channel, as X.Y from the oldest to the newest."""
    return list(json.loads((channel_root / "manifest.json").read_text())["pythons"])


@pytest.fixture(scope="session")
def _running_channel_server(channel_root: Path) -> Iterator[ChannelServer]:
    with ChannelServer(channel_root) as server:
        yield server


@pytest.fixture
def channel_server(_running_channel_server: ChannelServer) -> Iterator[ChannelServer]:
    """A server of the test channels, without rules, authentication and log of other tests."""
    yield _running_channel_server
    _running_channel_server.reset()


@dataclass(frozen=True)
class Account:
    """An account of the machine, where these tests are run by root; else their own stands for each.

    Attributes:
        uid, gid: of the account, and of its group.
        home: a folder of its own.
    """

    uid: int
    gid: int
    home: Path

    @contextmanager
    def acting(self, *groups: int) -> Iterator[None]:
        """Have what follows done by the account, as a member of further groups."""
        is_root = os.geteuid() == 0
        if is_root:
            os.setgroups([self.gid, *groups])
            os.setegid(self.gid)
            os.seteuid(self.uid)
        try:
            yield
        finally:
            if is_root:
                os.seteuid(0)
                os.setegid(0)
                os.setgroups([0])


@contextmanager
def two_accounts() -> Iterator[tuple[Account, Account]]:
    """Two accounts; their homes stand side by side in a folder of root, which all may enter."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        both = []
        for uid in (23456, 34567):
            home = Path(name, str(uid))
            home.mkdir(mode=0o711)
            if os.geteuid() == 0:
                os.chown(home, uid, uid)
            both.append(Account(uid, uid, home))
        yield both[0], both[1]


@pytest.fixture
def accounts() -> Iterator[tuple[Account, Account]]:
    """See :func:`two_accounts`."""
    with two_accounts() as both:
        yield both


@pytest.fixture
def ordinary() -> Iterator[Path]:
    """A folder of somebody for whom permissions count: of another user, while these tests are run by root."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        is_root = os.geteuid() == 0
        if is_root:
            os.chown(folder, 65534, -1)
            os.seteuid(65534)
        try:
            yield folder
        finally:
            if is_root:
                os.seteuid(0)
