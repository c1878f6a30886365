"""What servers of channels do wrong: the job says what it was and what to do, and leaves nothing."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.channel.server import ChannelServer
from tests.jobs.conftest import Place, in_phase, managing, over, until

BIG = r"big-demo.*\.conda$"
PACKAGE = r"prio-demo.*\.conda$"
INDEX = r"/main/.*(repodata|shards)"


@dataclass(frozen=True)
class Fault:
    """What the server does with requests that match, and what is to be said of it."""

    match: str
    code: str
    message: str
    remedy: str
    package: str = "prio-demo"
    channel: str = "main"
    status: int | None = None
    delay: float = 0.0
    drop_after: int | None = None
    hang_after: int | None = None
    patience: float = 30.0

    def arm(self, server: ChannelServer) -> None:
        server.add_rule(
            self.match,
            status=self.status,
            delay=self.delay,
            drop_after=self.drop_after,
            hang_after=self.hang_after,
        )


LOGIN = "Put the login into ~/.netrc or the token into the channel's URL, as conda does."
KEEPER = (
    "Correct the hash if it is in your list. Otherwise report it to the maintainers of the channel, "
    "and choose another version until it is repaired."
)
ABSENT = "Choose another version, or report it to the maintainers of the channel."
LATER = "Try again later, or raise conda's remote_read_timeout_secs."
CHANNEL = "The channel {url}/main cannot be read: "
DEMO = "The package prio-demo 1.0 cannot be fetched: "
STALL = "The download of big-demo has stalled: no data arrived for 1 s."
DAMAGED = "The package {} 1.0 is damaged: its hash is not the one in the channel or in your list"

FAULTS = {
    "package 401": Fault(PACKAGE, "download-failed", f"{DEMO}it requires a login", LOGIN, status=401),
    "package 404": Fault(
        PACKAGE, "download-failed", f"{DEMO}its channel lists it, but does not have it.", ABSENT, status=404
    ),
    "package 500": Fault(PACKAGE, "download-failed", f"{DEMO}its server answers 500", "Try again later.", status=500),
    "package cut": Fault(
        BIG,
        "download-failed",
        "The package big-demo 1.0 cannot be fetched: the connection was cut.",
        "Try again.",
        "big-demo",
        drop_after=1_000_000,
    ),
    "package stalls": Fault(BIG, "download-failed", STALL, LATER, "big-demo", hang_after=1_000_000, patience=1),
    "package never begins": Fault(BIG, "download-failed", STALL, LATER, "big-demo", delay=60, patience=1),
    "wrong hash": Fault("none", "download-failed", DAMAGED.format("broken-sha"), KEEPER, "broken-sha", "broken"),
    "truncated": Fault(
        "none", "download-failed", DAMAGED.format("broken-truncated"), KEEPER, "broken-truncated", "broken"
    ),
    "index 401": Fault(INDEX, "channel-failed", f"{CHANNEL}it requires a login", LOGIN, status=401),
    "index 404": Fault(
        INDEX, "channel-failed", f"{CHANNEL}there is nothing at this address.", "Check its name.", status=404
    ),
    "index 500": Fault(INDEX, "channel-failed", f"{CHANNEL}its server answers 500", "Try again later.", status=500),
    "index cut": Fault(INDEX, "channel-failed", f"{CHANNEL}the connection was cut.", "Try again.", drop_after=200),
    "index stalls": Fault(
        INDEX, "channel-failed", f"{CHANNEL}its server does not answer in time.", LATER, patience=1, hang_after=10
    ),
}


async def alone(place: Place) -> None:
    """A worker that has said its last word ends on its own, a moment later; nothing else is left."""

    async def no_process() -> bool:
        return not await asyncio.to_thread(place.processes)

    await until(no_process)


def halves(place: Place) -> list[str]:
    """What downloads and extractions that were broken off have left in the cache."""
    return [str(path) for path in (place.folder / "cache" / "pkgs").glob(".*") if path.is_dir()]


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
async def test_what_a_server_does_wrong(
    place: Place, channel_server: ChannelServer, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONDA_REMOTE_READ_TIMEOUT_SECS", str(fault.patience))
    monkeypatch.setenv("CONDA_REMOTE_MAX_RETRIES", "0")
    fault.arm(channel_server)
    there = replace(place, channel=f"{channel_server.url}/{fault.channel}")
    async with managing(there) as manager:
        job = await over(manager, await manager.submit(there.create("lesson", fault.package)))
        assert (job.state, place.leftovers()) == ("failed", [])
        await alone(place)
        assert job.error is not None
        assert (job.error.code, job.error.remedy) == (fault.code, fault.remedy), job.error
        assert job.error.message.startswith(fault.message.format(url=channel_server.url)), job.error.message
        channel_server.reset()
        well = await over(manager, await manager.submit(place.create("lesson", f"{place.channel}::prio-demo")))
        assert well.state == "succeeded", "nothing of it was kept"
    assert halves(place) == []


async def test_a_page_in_place_of_an_index(place: Place, tmp_path: Path) -> None:
    """As where one must first log in to the network of an airport."""
    for subdir in ("noarch", "linux-64", "linux-aarch64"):
        folder = tmp_path / "portal" / "main" / subdir
        folder.mkdir(parents=True)
        (folder / "repodata.json").write_text("<html><body>Please accept our terms</body></html>")
    with ChannelServer(tmp_path / "portal") as portal:
        channel = f"{portal.url}/main"
        there = replace(place, channel=channel)
        async with managing(there) as manager:
            job = await over(manager, await manager.submit(there.create("lesson", "prio-demo")))
    assert job.error is not None
    assert job.error.code == "channel-failed"
    assert job.error.message.startswith(
        f"The channel {channel} cannot be read: the answer of its server is not repodata."
    )
    assert job.error.remedy == "Open its address in a browser: a login page of the network may answer instead of it."
    assert place.leftovers() == []


async def test_a_slow_drip_is_waited_for_and_can_be_cancelled(
    place: Place, channel_server: ChannelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONDA_REMOTE_READ_TIMEOUT_SECS", "1")
    channel_server.add_rule(BIG, throttle=30_000)
    async with managing(place) as manager:
        job = await manager.submit(place.create("lesson", "big-demo"))
        await in_phase(manager, job, "downloading", done=60_000)  # longer than nothing may come at all
        assert (await manager.cancel(job.id)).state == "cancelled"
        assert place.leftovers() == []
        await alone(place)
        channel_server.reset()
        well = await over(manager, await manager.submit(place.create("lesson", "prio-demo")))
        assert well.state == "succeeded"
    assert halves(place) == []


@pytest.mark.parametrize("status", [401, pytest.param(404, marks=pytest.mark.soak)])
async def test_an_index_of_pip_that_refuses(
    place: Place, channel_server: ChannelServer, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    monkeypatch.setenv("UV_CACHE_DIR", str(place.folder / "uv"))  # an earlier test may have read the index
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)  # with further indexes uv does not say that one refused
    monkeypatch.delenv("PIP_EXTRA_INDEX_URL", raising=False)
    channel_server.add_rule("/simple/", status=status)
    pip = (f"--index-url {channel_server.url}/simple", "envkernels-demo-pip")
    async with managing(place) as manager:
        job = await over(manager, await manager.submit(place.create("lesson", "python", pip=pip)))
    assert job.error is not None, job
    assert job.error.code == "pip-failed"
    because = f"`{pip[0]}` and `{pip[1]}`" if status == 401 else f"`{pip[1]}`"
    assert job.error.message.startswith(f"The pip section could not be installed, because of {because}: ")
    assert place.leftovers() == []
    await alone(place)
