"""What the extension adds to the memory of a Jupyter server.

    python -m benchmarks.memory [--runs 3] [--folder /dev/shm]

Real servers in homes of their own, in turn, without and with the extension: idle some seconds after their start, and
the one with it some seconds after it has created an environment from the test channel by its REST API. Prints the
medians of the resident memory (RSS) and of what no other process shares (USS), in MB, and the differences; those of
processes that the extension has started and that still wait, if any, are not part of the server's.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from tests.channel.build import ensure_channel
from tests.channel.server import ChannelServer

_IDLE = 8.0
"""Seconds after the start until the first measurement, and after a job."""

_CONFIG = """
c.ServerApp.open_browser = False
c.ServerApp.port = 0
c.ServerApp.allow_root = True
c.ServerApp.jpserver_extensions = {{"jupyter_envkernels": {enabled}}}
c.IdentityProvider.token = "memory"
c.EnvKernels.default_channels = [{channel!r}]
"""
_MB = 1 << 20

Memory = tuple[float, float]


class Server:
    """A server that runs."""

    def __init__(self, process: subprocess.Popen[bytes], url: str) -> None:
        self._process = psutil.Process(process.pid)
        self._url = url

    def memory(self) -> Memory:
        """RSS and USS in MB."""
        return _memory(self._process)

    def waiting(self) -> Memory:
        """Return RSS and USS in MB of all processes that the server has started and that have not ended."""
        found = [_memory(child) for child in self._process.children()]
        return sum(rss for rss, _ in found), sum(uss for _, uss in found)

    def ask(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        request = urllib.request.Request(f"{self._url}{path}", headers={"Authorization": "token memory"})
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read())

    def create(self, name: str) -> None:
        spec = f"name: {name}\ndependencies:\n  - python=3.12\n  - ipykernel\n  - numpy\n"
        self.ask("envkernels/specs/check", {"text": spec})
        job = self.ask("envkernels/jobs", {"kind": "create", "text": spec})["id"]
        while (state := self.ask(f"envkernels/jobs/{job}")["state"]) in {"queued", "running"}:
            time.sleep(0.2)
        assert state == "succeeded"


def _memory(process: psutil.Process) -> Memory:
    full = process.memory_full_info()
    return full.rss / _MB, full.uss / _MB


@contextmanager
def serve(home: Path, channel: str, *, enabled: bool) -> Iterator[Server]:
    """Run a server in a home of its own."""
    (home / ".jupyter").mkdir(parents=True)
    config = _CONFIG.format(enabled=enabled, channel=channel)
    (home / ".jupyter" / "jupyter_server_config.py").write_text(config)
    environ = {**os.environ, "HOME": str(home), "JUPYTER_RUNTIME_DIR": str(home / "runtime")}
    process = subprocess.Popen(
        [sys.executable, "-m", "jupyter_server"], cwd=home, env=environ, stderr=subprocess.DEVNULL
    )
    try:
        yield Server(process, _url(home / "runtime"))
    finally:
        process.terminate()
        process.wait()


def _url(runtime: Path) -> str:
    """The address of the server, once it answers."""
    while True:
        time.sleep(0.2)
        for file in runtime.glob("jpserver-*.json"):
            url = str(json.loads(file.read_text())["url"])
            try:
                urllib.request.urlopen(f"{url}api", timeout=5).close()
            except (urllib.error.URLError, ConnectionError):
                continue
            return url


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=Path("/dev/shm"), help="where to work; a tmpfs is quiet")
    arguments = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # few people set it, and to compile takes memory
    measured: dict[str, list[Memory]] = {"without": [], "with": [], "after a create": []}
    waiting: list[Memory] = []
    with ChannelServer(ensure_channel()) as channels:
        for run in range(arguments.runs):
            for enabled in (False, True):
                with (
                    tempfile.TemporaryDirectory(dir=arguments.folder, ignore_cleanup_errors=True) as name,
                    serve(Path(name) / "home", f"{channels.url}/main", enabled=enabled) as server,
                ):
                    time.sleep(_IDLE)
                    measured["with" if enabled else "without"].append(server.memory())
                    if enabled:
                        server.create(f"lesson{run}")
                        time.sleep(_IDLE)
                        measured["after a create"].append(server.memory())
                        waiting.append(server.waiting())
    bare = [statistics.median(part) for part in zip(*measured["without"], strict=True)]
    for title, values in measured.items():
        rss, uss = (statistics.median(part) for part in zip(*values, strict=True))
        more = "" if title == "without" else f"  RSS {rss - bare[0]:+.1f}, USS {uss - bare[1]:+.1f}"
        print(f"{title:16} RSS {rss:6.1f} MB  USS {uss:6.1f} MB{more}")
    rss, uss = (statistics.median(part) for part in zip(*waiting, strict=True))
    print(f"processes beside the server after a create: RSS {rss:.1f} MB, USS {uss:.1f} MB")


if __name__ == "__main__":
    main()
