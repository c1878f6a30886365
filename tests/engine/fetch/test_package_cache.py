"""Downloads that fail, and a cache that stays sound."""

from __future__ import annotations

import hashlib
import json
import os
import re
from pathlib import Path

import pytest

from jupyter_envkernels.engine.fetch.package_cache import check_archives
from jupyter_envkernels.errors import DownloadFailed
from jupyter_envkernels.models import PlannedPackage
from tests.channel.server import ChannelServer

from ..conftest import Engine

MD5 = hashlib.md5(b"content", usedforsecurity=False).hexdigest()
NO_RETRIES = {"CONDA_REMOTE_MAX_RETRIES": "0"}


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    return tmp_path / "prefix"


@pytest.mark.parametrize("scheme", ["http", "file"])
@pytest.mark.parametrize(
    ("package", "reason"),
    [
        ("broken-sha", "is damaged: its hash is not the one in the channel or in your list"),
        ("broken-truncated", "is damaged: its hash is not the one in the channel or in your list"),
        ("broken-missing", "cannot be fetched: its channel lists it, but does not have it"),
    ],
)
def test_a_broken_package(
    engine: Engine, channel_server: ChannelServer, prefix: Path, scheme: str, package: str, reason: str
) -> None:
    channel = f"{channel_server.url}/broken" if scheme == "http" else engine.url("broken")
    answer = engine.install(prefix, package, channels=[channel], **NO_RETRIES)
    assert answer["code"] == "download-failed"
    assert answer["message"].startswith(f"The package {package} 1.0 {reason}")
    assert answer["remedy"]
    assert not (prefix / "share" / "lab" / "payload.bin").exists()


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (401, "it requires a login, or refuses the one that was sent"),
        (404, "its channel lists it, but does not have it"),
        (500, "its server answers 500 Internal Server Error"),
    ],
)
def test_a_server_that_refuses(
    engine: Engine, channel_server: ChannelServer, prefix: Path, status: int, reason: str
) -> None:
    channel_server.add_rule(r"prio-demo.*\.conda$", status=status)
    answer = engine.install(prefix, "prio-demo", channels=[f"{channel_server.url}/main"], **NO_RETRIES)
    assert answer["code"] == "download-failed"
    assert answer["message"].startswith(f"The package prio-demo 1.0 cannot be fetched: {reason}.")


def test_a_connection_that_is_cut(engine: Engine, channel_server: ChannelServer, prefix: Path) -> None:
    channel_server.add_rule(r"python-3.*\.conda$", drop_after=100_000)
    answer = engine.install(prefix, "python", channels=[f"{channel_server.url}/main"])
    assert re.match(r"The package python 3\.\S+ cannot be fetched: the connection was cut\.", answer["message"])
    assert sum(re.search(r"python-3.*\.conda$", request.path) is not None for request in channel_server.log) > 1


def test_failures_that_pass_are_not_noticed(engine: Engine, channel_server: ChannelServer, prefix: Path) -> None:
    channel_server.add_rule(r"python-3.*\.conda$", drop_after=1_000_000, times=1)
    channel_server.add_rule(r"prio-demo.*\.conda$", status=503, times=1)
    answer = engine.install(prefix, "python", "prio-demo", channels=[f"{channel_server.url}/main"])
    assert (prefix / "bin" / "python").exists()
    bytes_done = [done for amounts in answer["amounts"].values() for done, _, unit in amounts if unit == "bytes"]
    assert bytes_done == sorted(bytes_done)


@pytest.mark.parametrize("before_the_answer", [True, False])
def test_a_download_that_stands_still(
    engine: Engine, channel_server: ChannelServer, prefix: Path, *, before_the_answer: bool
) -> None:
    if before_the_answer:
        channel_server.add_rule(r"python-3.*\.conda$", delay=1000)
    else:
        channel_server.add_rule(r"python-3.*\.conda$", hang_after=1_000_000)
    answer = engine.install(
        prefix, "python", "prio-demo", channels=[f"{channel_server.url}/main"], CONDA_REMOTE_READ_TIMEOUT_SECS="1"
    )
    assert answer["code"] == "download-failed"
    assert answer["message"] == "The download of python has stalled: no data arrived for 1 s."


def test_a_slow_download_is_waited_for(engine: Engine, channel_server: ChannelServer, prefix: Path) -> None:
    channel_server.add_rule(r"python-3.*\.conda$", throttle=2_500_000)
    answer = engine.install(
        prefix, "python", channels=[f"{channel_server.url}/main"], CONDA_REMOTE_READ_TIMEOUT_SECS="3"
    )
    assert "packages" in answer


def test_offline_there_is_what_the_cache_has(engine: Engine, channel_server: ChannelServer, tmp_path: Path) -> None:
    channel = [f"{channel_server.url}/main"]
    engine.solve("prio-demo", channels=channel)
    refused = engine.install(tmp_path / "a", "prio-demo", channels=channel, CONDA_OFFLINE="true")
    assert refused["message"] == "conda is set to be offline, and the package cache lacks prio-demo."
    engine.install(tmp_path / "a", "prio-demo", channels=channel)
    channel_server.log.clear()
    assert "packages" in engine.install(tmp_path / "b", "prio-demo", channels=channel, CONDA_OFFLINE="true")
    assert channel_server.log == []


def test_an_edit_in_one_environment_does_not_reach_the_next(engine: Engine, tmp_path: Path) -> None:
    engine.install(tmp_path / "a", "prio-demo")
    file = Path("share", "lab", "prio-demo.txt")
    times = (tmp_path / "a" / file).stat()
    with (tmp_path / "a" / file).open("r+") as stream:
        stream.write("EDITED")
    os.utime(tmp_path / "a" / file, ns=(times.st_atime_ns, times.st_mtime_ns))
    engine.install(tmp_path / "b", "prio-demo")
    assert (tmp_path / "b" / file).read_text() == "prio-demo 1.0 0\n"
    assert (tmp_path / "a" / file).read_text().startswith("EDITED")


def test_two_channels_of_one_name(engine: Engine, channel_server: ChannelServer, tmp_path: Path) -> None:
    for number in range(2):
        for channel in ("main", "alt/main"):
            folder = tmp_path / f"{channel}-{number}"
            engine.install(folder, "same-build", channels=[f"{channel_server.url}/{channel}"])
            text = (folder / "share" / "lab" / "same-build.txt").read_text()
            assert ("alt/main" in text) == (channel == "alt/main")
    assert sum(request.path.endswith("same-build-1.0-0.conda") for request in channel_server.log) == 2


@pytest.mark.parametrize(("hashes", "sound"), [({}, True), ({"md5": "0" * 32}, False), ({"md5": MD5}, True)])
def test_archives_of_files_are_compared_by_what_is_known(
    tmp_path: Path, hashes: dict[str, str], *, sound: bool
) -> None:
    archive = tmp_path / "demo-1-0.conda"
    archive.write_bytes(b"content")
    record = json.dumps(hashes)
    url = archive.as_uri()
    package = PlannedPackage("demo", "1", "0", "c", "noarch", url, None, 7, cached=False, record=record)
    if sound:
        check_archives([package])
        assert archive.exists()
    else:
        with pytest.raises(DownloadFailed, match="damaged"):
            check_archives([package])


def test_a_package_with_an_md5_alone_is_fetched_again(engine: Engine, tmp_path: Path) -> None:
    """As an @EXPLICIT list has it; rattler keeps and compares a sha256 alone."""
    engine.install(tmp_path / "a", "conflict-base=1.0")
    (record,) = (tmp_path / "a" / "conda-meta").glob("conflict-base-*.json")
    (entry,) = (path for path in (engine.cache / "pkgs").glob("conflict-base-*") if path.is_dir())
    line = f"{engine.url('main')}/noarch/conflict-base-1.0-0.conda#{json.loads(record.read_text())['md5']}"
    (entry / "before").touch()
    assert "packages" in engine.install(tmp_path / "b", line, CONDA_OFFLINE="true")
    assert (entry / "before").exists(), "without network there is no other"
    assert "packages" in engine.install(tmp_path / "c", line)
    assert not (entry / "before").exists()
