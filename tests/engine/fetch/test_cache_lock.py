"""What killed processes leave in the package cache."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

from jupyter_envkernels.engine.fetch.cache_lock import is_in_use, sweep_packages, sweep_repodata, wait_for_cache
from tests.channel.server import ChannelServer

from ..conftest import ROOT, Engine


def test_what_a_killed_process_left_is_swept(engine: Engine, channel_server: ChannelServer, tmp_path: Path) -> None:
    channel_server.add_rule(r"python-3.*\.conda$", hang_after=4_000_000)
    arguments = [str(engine.cache), '["python"]', f'["{channel_server.url}/main"]', str(tmp_path / "a")]
    process = subprocess.Popen([sys.executable, "-m", "tests.engine.engine_process", *arguments], cwd=ROOT)
    packages = engine.cache / "pkgs"
    deadline = time.monotonic() + 30
    while not list(packages.glob(".python-3*/**/*")):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.kill()
    process.wait()
    leftover = next(packages.glob(".python-3*"))
    with (packages / ".cache.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert sweep_packages(packages) == 0, "somebody is at work there"
        assert leftover.exists()
    engine.install(tmp_path / "b", "prio-demo")
    assert not leftover.exists()
    assert list(packages.glob("prio-demo*"))
    shutil.rmtree(engine.cache)


def test_halves_of_packages_go_and_nothing_else(tmp_path: Path) -> None:
    assert sweep_packages(tmp_path) == 0
    (tmp_path / ".demo-1.0-0").mkdir()
    assert sweep_packages(tmp_path) == 0, "it is no cache"
    (tmp_path / "demo-1.0-0").mkdir()
    (tmp_path / ".cache.lock").touch()
    assert sweep_packages(tmp_path) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == [".cache.lock", "demo-1.0-0"]


def test_halves_of_downloads_that_killed_processes_left_are_deleted(tmp_path: Path) -> None:
    now = time.time()
    for name, age in ((".tmpOld", 2 * 86400), (".tmpNew", 60), ("1a2b3c4d.json", 2 * 86400)):
        (tmp_path / name).write_text("half")
        os.utime(tmp_path / name, (now - age, now - age))
    sweep_repodata(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".tmpNew", "1a2b3c4d.json"]
    sweep_repodata(tmp_path / "absent")


def test_whether_somebody_is_at_work_in_the_cache(tmp_path: Path) -> None:
    assert not is_in_use(tmp_path / "nowhere")
    wait_for_cache(tmp_path / "nowhere")
    with (tmp_path / ".cache.lock").open("ab") as lock:
        assert not is_in_use(tmp_path)
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert is_in_use(tmp_path)
        waiting = threading.Thread(target=wait_for_cache, args=[tmp_path])
        waiting.start()
        waiting.join(0.2)
        assert waiting.is_alive()
    waiting.join(10)
    assert not waiting.is_alive()
