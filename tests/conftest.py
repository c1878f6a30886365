"""Fixtures for all tests."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.accounts import Account, two_accounts
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
    if sys.platform != "linux":
        pytest.skip("the packages of the test channel are made of Linux's Pythons")
    return ensure_channel()


@pytest.fixture(scope="session")
def channel_versions(channel_root: Path) -> dict[str, str]:
    """The Pythons of the test channel, X.Y.Z by X.Y from the oldest to the newest; often only the machine's."""
    return dict(json.loads((channel_root / "manifest.json").read_text())["pythons"])


@pytest.fixture(scope="session")
def channel_pythons(channel_versions: dict[str, str]) -> list[str]:
    """The Pythons of the test channel, as X.Y from the oldest to the newest."""
    return list(channel_versions)


@pytest.fixture(scope="session")
def _running_channel_server(channel_root: Path) -> Iterator[ChannelServer]:
    with ChannelServer(channel_root) as server:
        yield server


@pytest.fixture
def channel_server(_running_channel_server: ChannelServer) -> Iterator[ChannelServer]:
    """A server of the test channels, without rules, authentication and log of other tests."""
    yield _running_channel_server
    _running_channel_server.reset()


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
