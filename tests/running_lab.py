"""Run a real JupyterLab in a process of its own."""

from __future__ import annotations

import json
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TOKEN = "tests"
START_SECONDS = 60
STOP_SECONDS = 30


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab; ``url`` has no slash at its end."""

    url: str
    pid: int
    log: Path

    def get(self, path: str) -> bytes:
        request = urllib.request.Request(f"{self.url}/{path}", headers={"Authorization": f"token {TOKEN}"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return bytes(answer.read())

    def get_json(self, path: str) -> Any:
        return json.loads(self.get(path))

    def answers(self) -> bool:
        try:
            self.get("api")
        except OSError:
            return False
        return True


@contextmanager
def running_lab(bin_folder: Path, folder: Path, environ: Mapping[str, str], *options: str) -> Iterator[Lab]:
    """Run ``jupyter lab`` of the environment that *bin_folder* belongs to, with *folder* as its root, until the end.

    Its log is ``lab.log`` in *folder*.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(bin_folder / "jupyter"), "lab", "--no-browser", "--allow-root"]
    command += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={TOKEN}", *options]
    log = folder / "lab.log"
    with (
        log.open("w") as stream,
        subprocess.Popen(command, cwd=folder, env=environ, stdout=stream, stderr=stream) as process,
    ):
        try:
            lab = Lab(f"http://127.0.0.1:{port}", process.pid, log)
            _wait(lab, process)
            yield lab
        finally:
            _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        raise


def _wait(lab: Lab, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not lab.answers():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"JupyterLab did not start:\n{lab.log.read_text()}")
        time.sleep(0.2)
