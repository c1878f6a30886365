"""Downloads of large packages that break off, and go on where they did."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.channel.server import Auth, ChannelServer

from ..conftest import ROOT, Engine

BIG = r"big-demo.*\.conda$"
SIZE = 40 * 1024 * 1024
PATIENCE = {"CONDA_REMOTE_READ_TIMEOUT_SECS": "1", "CONDA_REMOTE_MAX_RETRIES": "1"}


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    return tmp_path / "prefix"


def asked(server: ChannelServer) -> list[str | None]:
    """The Range of each request for the archive."""
    return [request.headers.get("range") for request in server.log if "/big-demo-" in request.path]


def received(server: ChannelServer) -> int:
    return sum(request.sent for request in server.log if "/big-demo-" in request.path)


def install(
    engine: Engine, server: ChannelServer, prefix: Path, environ: Mapping[str, str] | None = None
) -> dict[str, Any]:
    return engine.install(prefix, "big-demo", "prio-demo", channels=[f"{server.url}/main"], **(environ or {}))


def assert_installed(engine: Engine, prefix: Path) -> None:
    assert (prefix / "share" / "lab" / "big.bin").stat().st_size == SIZE
    assert list((engine.cache / "partial").iterdir()) == []
    assert list((engine.cache / "pkgs").glob(".big*")) == []


def test_a_download_that_breaks_goes_on(engine: Engine, channel_server: ChannelServer, prefix: Path) -> None:
    channel_server.add_rule(BIG, drop_after=10_000_000)
    answer = install(engine, channel_server, prefix, {"CONDA_REMOTE_MAX_RETRIES": "0"})
    assert answer["message"].startswith("The package big-demo 1.0 cannot be fetched: the connection was cut.")
    channel_server.log.clear()
    answer = install(engine, channel_server, prefix)
    assert_installed(engine, prefix)
    assert asked(channel_server) == [f"bytes={start}-" for start in (10_000_000, 20_000_000, 30_000_000, 40_000_000)]
    assert received(channel_server) == pytest.approx(32e6, rel=0.02), "no byte of it twice"
    assert answer["lines"][0] == "big-demo: 10.0 of 41.9 MB were downloaded before."
    done = [done for amounts in answer["amounts"].values() for done, _, unit in amounts if unit == "bytes"]
    assert done == sorted(done)
    assert done[0] == 10_000_000, "what is here is no speed"


def test_the_package_is_one_of_the_cache_like_any_other(
    engine: Engine, channel_server: ChannelServer, tmp_path: Path
) -> None:
    install(engine, channel_server, tmp_path / "a")
    (entry,) = (path for path in (engine.cache / "pkgs").glob("big-demo-*") if path.is_dir())
    channel_server.log.clear()
    install(engine, channel_server, tmp_path / "b")
    assert asked(channel_server) == []
    file = Path("share", "lab", "big.bin")
    assert (tmp_path / "a" / file).samefile(entry / file)
    assert (tmp_path / "a" / file).samefile(tmp_path / "b" / file)
    (entry / file).unlink()
    install(engine, channel_server, tmp_path / "c")
    assert (tmp_path / "c" / file).stat().st_size == SIZE, "a damaged one is replaced"


def test_a_process_that_is_killed_leaves_what_has_come(
    engine: Engine, channel_server: ChannelServer, prefix: Path
) -> None:
    channel_server.add_rule(BIG, hang_after=15_000_000)
    arguments = [str(engine.cache), '["big-demo"]', f'["{channel_server.url}/main"]', str(prefix)]
    process = subprocess.Popen([sys.executable, "-m", "tests.engine.engine_process", *arguments], cwd=ROOT)
    deadline = time.monotonic() + 30
    while sum(part.stat().st_size for part in engine.cache.glob("partial/*")) < 15_000_000:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    shutil.rmtree(prefix, ignore_errors=True)
    channel_server.reset()
    install(engine, channel_server, prefix)
    assert_installed(engine, prefix)
    assert asked(channel_server) == ["bytes=15000000-"]


def test_a_connection_that_stands_still_is_left(engine: Engine, channel_server: ChannelServer, prefix: Path) -> None:
    channel_server.add_rule(BIG, hang_after=15_000_000)
    answer = install(engine, channel_server, prefix, PATIENCE)
    assert_installed(engine, prefix)
    assert asked(channel_server) == [None, "bytes=15000000-", "bytes=30000000-"]
    assert "big-demo: the download broke off at 15.0 of 41.9 MB and is resumed." in answer["lines"]


@pytest.mark.parametrize("before_the_answer", [True, False])
def test_one_that_comes_no_further_is_given_up(
    engine: Engine, channel_server: ChannelServer, prefix: Path, *, before_the_answer: bool
) -> None:
    if before_the_answer:
        channel_server.add_rule(BIG, delay=60)
    else:
        channel_server.add_rule(BIG, hang_after=100_000)
    answer = install(engine, channel_server, prefix, PATIENCE)
    assert answer["message"] == "The download of big-demo has stalled: no data arrived for 1 s."
    assert len(asked(channel_server)) == 2
    left = [part.stat().st_size for part in (engine.cache / "partial").iterdir()]
    assert left == ([] if before_the_answer else [200_000])


def test_a_server_without_ranges_is_asked_for_the_whole(
    engine: Engine, channel_server: ChannelServer, prefix: Path
) -> None:
    channel_server.add_rule(BIG, drop_after=10_000_000, whole=True, times=2)
    channel_server.add_rule(BIG, whole=True)
    install(engine, channel_server, prefix)
    assert_installed(engine, prefix)
    assert asked(channel_server) == [None, "bytes=10000000-", "bytes=10000000-"]


@pytest.mark.parametrize("extra", [0, SIZE])
def test_parts_that_do_not_fit_are_downloaded_anew(
    engine: Engine, channel_server: ChannelServer, prefix: Path, extra: int
) -> None:
    channel_server.add_rule(BIG, drop_after=10_000_000)
    install(engine, channel_server, prefix, {"CONDA_REMOTE_MAX_RETRIES": "0"})
    (part,) = (engine.cache / "partial").iterdir()
    part.write_bytes(bytes(10_000_000 + extra))
    channel_server.reset()
    answer = install(engine, channel_server, prefix)
    assert_installed(engine, prefix)
    assert ("big-demo: its parts do not fit together; it is downloaded again." in answer["lines"]) == (not extra)


def test_an_archive_that_is_not_what_the_channel_says(
    engine: Engine, channel_server: ChannelServer, prefix: Path, tmp_path: Path, channel_root: Path
) -> None:
    root = tmp_path / "spoiled"
    shutil.copytree(channel_root / "main", root / "main")
    archive = next((root / "main" / "noarch").glob("big-demo*.conda"))
    content = bytearray(archive.read_bytes())
    content[-1000] ^= 1
    archive.unlink()
    archive.write_bytes(content)
    with ChannelServer(root) as server:
        answer = install(engine, server, prefix)
        assert answer["message"].startswith(
            "The package big-demo 1.0 is damaged: its hash is not the one in the channel or in your list"
        )
        assert asked(server) == [None]
    assert list((engine.cache / "partial").iterdir()) == []


@pytest.mark.parametrize("status", [401, 404, 500])
def test_a_server_that_refuses_is_not_asked_again(
    engine: Engine, channel_server: ChannelServer, prefix: Path, status: int
) -> None:
    channel_server.add_rule(BIG, status=status)
    answer = install(engine, channel_server, prefix, {"CONDA_REMOTE_MAX_RETRIES": "0"})
    assert answer["code"] == "download-failed"
    assert answer["message"].startswith("The package big-demo 1.0 cannot be fetched: ")
    assert len(asked(channel_server)) == 1
    assert list((engine.cache / "partial").iterdir()) == []


def test_logins_and_mirrors_are_for_these_as_well(
    engine: Engine, channel_server: ChannelServer, prefix: Path, tmp_path: Path
) -> None:
    channel_server.auth = Auth.basic("ada", "secret")
    channel_server.add_rule(BIG, drop_after=30_000_000, times=1)
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login ada password secret\n")
    (tmp_path / "netrc").chmod(0o600)
    install(engine, channel_server, prefix, {"NETRC": str(tmp_path / "netrc")})
    assert_installed(engine, prefix)
    assert asked(channel_server)[-1] == "bytes=30000000-"


def test_two_at_once_download_it_once(engine: Engine, channel_server: ChannelServer, tmp_path: Path) -> None:
    channel_server.add_rule(BIG, throttle=30_000_000)
    arguments = [str(engine.cache), '["big-demo"]', f'["{channel_server.url}/main"]']
    command = [sys.executable, "-m", "tests.engine.engine_process", *arguments]
    processes = [
        subprocess.Popen([*command, str(tmp_path / name)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for name in ("a", "b")
    ]
    heard = [process.communicate(timeout=60)[0] for process in processes]
    assert asked(channel_server) == [None]
    assert sum("Waiting for another job that downloads big-demo." in text for text in heard) == 1
    for name in ("a", "b"):
        assert_installed(engine, tmp_path / name)


ENDLESS = 1 << 40


@pytest.mark.parametrize("begun", [0, 10_000_000])
def test_a_server_that_sends_without_end_is_stopped(
    engine: Engine, channel_server: ChannelServer, prefix: Path, begun: int
) -> None:
    if begun:
        channel_server.add_rule(BIG, drop_after=begun)
        install(engine, channel_server, prefix, {"CONDA_REMOTE_MAX_RETRIES": "0"})
        channel_server.reset()
    channel_server.add_rule(BIG, extra=ENDLESS)
    answer = install(engine, channel_server, prefix)
    assert answer["code"] == "download-failed"
    assert answer["message"] == (
        "The download of big-demo was stopped: its server sends more than the 41.9 MB that the channel lists."
    )
    assert list((engine.cache / "partial").iterdir()) == []
    assert received(channel_server) < 3 * SIZE, "one that has come in parts is downloaded once more"


def test_a_small_package_without_end_is_stopped_as_well(
    engine: Engine, channel_root: Path, prefix: Path, tmp_path: Path
) -> None:
    """The installer itself compares it with its hash when all of it has come."""
    root = tmp_path / "spoiled"
    shutil.copytree(channel_root / "main", root / "main")
    (small,) = (root / "main" / "noarch").glob("prio-demo-*.conda")
    listed = small.stat().st_size
    small.unlink()
    shutil.copy(next((root / "main" / "noarch").glob("big-demo*.conda")), small)
    with ChannelServer(root) as server:
        server.add_rule("prio-demo", throttle=10_000_000)
        answer = engine.install(prefix, "prio-demo", channels=[f"{server.url}/main"])
        (request,) = (request for request in server.log if "/prio-demo-" in request.path and request.sent > listed)
    assert answer["message"] == (
        f"The download of prio-demo was stopped: its server sends more than the {listed} B that the channel lists."
    )
    assert request.sent < SIZE / 2
