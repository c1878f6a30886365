"""The calls that py-rattler makes, one by one, as its threads make them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jupyter_envkernels.engine.fetch import download_progress
from jupyter_envkernels.engine.fetch.download_progress import Meter
from jupyter_envkernels.models import PlannedPackage
from tests.engine.fakes import CHANNEL, Heard, planned

BIG = replace(planned("big", CHANNEL), cached=False, size=100)
SMALL = replace(planned("small", CHANNEL), cached=False, size=10)
HERE = planned("here", CHANNEL)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is reported is reported at the end alone."""
    monkeypatch.setattr(download_progress, "_INTERVAL", 60)


def download(meter: Meter, package: PlannedPackage, *amounts: int) -> int:
    token = meter.on_download_start(meter.on_populate_cache_start(0, package.name))
    for amount in amounts:
        meter.on_download_progress(token, amount, package.size)
    return token


async def test_linking_begins_when_nothing_is_left_to_download() -> None:
    heard = Heard()
    with Meter((BIG, SMALL, HERE), {}, heard, 60) as meter:
        linked = meter.on_link_start(0, HERE.name)
        meter.on_link_complete(linked)
        for package in (BIG, SMALL):
            token = download(meter, package, package.size)
            meter.on_download_completed(token)
            assert heard.phases == ["downloading"]
            meter.on_populate_cache_complete(token)
    assert heard.phases == ["downloading", "linking"]
    assert heard.amounts == {
        "downloading": [(0, 110, "bytes"), (110, 110, "bytes")],
        "linking": [(1, 3, "packages")],
    }
    assert heard.lines == ["linked here", "fetched big", "fetched small"]


async def test_where_all_is_in_the_cache_nothing_is_downloaded() -> None:
    heard = Heard()
    with Meter((HERE,), {}, heard, 60):
        assert heard.phases == ["linking"]


async def test_what_was_here_before_and_what_a_retry_brings_again_counts_once() -> None:
    heard = Heard()
    with Meter((BIG, SMALL), {"big": 40}, heard, 60) as meter:
        assert heard.amounts["downloading"] == [(40, 110, "bytes")]
        download(meter, BIG, 60, 5, 20)
    assert heard.amounts["downloading"][-1] == (60, 110, "bytes")


async def test_without_all_sizes_there_is_no_total() -> None:
    heard = Heard()
    with Meter((BIG, replace(SMALL, size=0)), {}, heard, 60) as meter:
        download(meter, SMALL, 7)
    assert heard.amounts["downloading"][-1] == (7, None, "bytes")


async def test_a_download_that_brings_more_than_the_channel_lists_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download_progress, "_INTERVAL", 0)
    with Meter((BIG,), {}, Heard(), 60) as meter:
        download(meter, BIG, 101)
        assert "big" in (await meter.failure).message


async def test_downloads_that_stand_still_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download_progress, "_INTERVAL", 0)
    with Meter((BIG, SMALL), {}, Heard(), 0) as meter:
        meter.on_download_completed(download(meter, SMALL, 10))
        download(meter, BIG, 5)
        message = (await meter.failure).message
    assert "big" in message
    assert "small" not in message
