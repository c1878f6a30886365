"""One JupyterLab and one browser for all tests; a fresh page for each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.channel.server import ChannelServer
from tools.chromium import find_chromium

from .lab import Lab, open_browser


@pytest.fixture(autouse=True)
def jp_asyncio_loop() -> None:
    """Instead of pytest-jupyter's: playwright has an event loop of its own."""


@pytest.fixture(autouse=True)
def jp_server_cleanup() -> None:
    """Instead of pytest-jupyter's: JupyterLab is another process here."""


@pytest.fixture(scope="session")
def _lab(tmp_path_factory: pytest.TempPathFactory, _running_channel_server: ChannelServer) -> Iterator[Lab]:
    with Lab(tmp_path_factory.mktemp("lab"), _running_channel_server.url) as lab:
        yield lab


@pytest.fixture
def lab(_lab: Lab, channel_server: ChannelServer) -> Lab:
    """JupyterLab on the test channel, which has no faults yet."""
    del channel_server
    return _lab


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = find_chromium()
    if chromium is None:
        pytest.skip("no Chromium on this machine")  # `make test` says so at its end
    with open_browser(chromium) as browser:
        yield browser


@pytest.fixture
def page(browser: Browser, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A fresh page; what it showed last is kept beside the test's files when the test fails."""
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    page = context.new_page()
    page.set_default_timeout(30_000)
    yield page
    page.screenshot(path=tmp_path / f"{request.node.name[:60].replace('/', '_')}.png")
    context.close()
