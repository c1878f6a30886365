"""A real Jupyter server with the extension, as a process that may be killed and started again on the same home."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

import psutil

from tests.jobs.conftest import Place

_OTHERS = ("jupyter_lsp", "jupyter_server_terminals", "jupyterlab", "notebook_shim")
"""Extensions that come with JupyterLab, and take longer to start than all the rest."""

_TOKEN = "faults"
_SECONDS = 60.0

HEADERS = {"Authorization": f"token {_TOKEN}", "Content-Type": "application/json"}
"""Of one who may ask."""


class RealServer:
    """Starts and ends servers on one place. All that it asks and waits for goes to threads.

    Args:
        place: where its environments, jobs and packages are; its home is ``home`` there.
        base_url: the path below which it answers.
        python: of the installation that runs it.
        options: further lines of ``c.EnvKernels``.
    """

    def __init__(self, place: Place, *, base_url: str = "/", python: str = sys.executable, **options: Any) -> None:
        self.place = place
        self._python = python
        self.home = place.folder / "home"
        self.tmp = place.folder / "tmp"
        self.root = place.folder / "work"
        for folder in (self.tmp, self.root):
            folder.mkdir(exist_ok=True)
        self._config = place.folder / f"server-{len(list(place.folder.glob('server-*')))}.json"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._base_url = base_url
        self.url = f"http://127.0.0.1:{self.port}{base_url.rstrip('/')}"
        settings = self._settings(self.port, options)
        self._config.write_text(json.dumps(settings))
        (self.home / ".jupyter").mkdir(exist_ok=True)  # where command lines find it, too
        own = {"EnvKernels": settings["EnvKernels"]}
        (self.home / ".jupyter" / "jupyter_server_config.json").write_text(json.dumps(own))
        self.process: subprocess.Popen[bytes] | None = None

    def _settings(self, port: int, options: Mapping[str, Any]) -> dict[str, Any]:
        folder = self.place.folder
        return {
            "ServerApp": {
                "allow_root": True,
                "base_url": self._base_url,
                "jpserver_extensions": {"jupyter_envkernels": True, **dict.fromkeys(_OTHERS, False)},
                "open_browser": False,
                "port": port,
                "port_retries": 0,
                "root_dir": str(self.root),
            },
            "IdentityProvider": {"token": _TOKEN},
            "EnvKernels": {
                "roots": [str(self.place.envs)],
                "default_channels": [self.place.channel],
                "package_cache": str(folder / "cache"),
                "journal_dir": str(folder / "jobs"),
                **options,
            },
        }

    @property
    def environ(self) -> dict[str, str]:
        """The variables of the server and of all that comes of it."""
        return {**os.environ, "HOME": str(self.home), "TMPDIR": str(self.tmp)}

    async def start(self) -> None:
        """Start one, and wait until it answers."""
        self.process = self._spawn()
        deadline = time.monotonic() + _SECONDS
        while True:
            with contextlib.suppress(OSError):
                await self.ask("GET", "jobs")
                return
            assert time.monotonic() < deadline, self.log()
            await asyncio.sleep(0.1)

    def _spawn(self) -> subprocess.Popen[bytes]:
        with self._config.with_suffix(".log").open("ab") as log:
            return subprocess.Popen(
                [self._python, "-m", "jupyter_server", "--config", str(self._config)],
                env=self.environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    async def end(self, sign: signal.Signals = signal.SIGKILL) -> int:
        """Send it a signal, and wait for its end; the exit code."""
        assert self.process is not None
        self.process.send_signal(sign)
        return await asyncio.to_thread(self.process.wait, _SECONDS)

    async def stop(self, sign: signal.Signals) -> None:
        """Stop it as people and systems do. An interrupt is repeated, as nobody can be asked whether it is meant."""
        if sign == signal.SIGINT:
            assert self.process is not None
            self.process.send_signal(sign)
            await asyncio.sleep(0.5)
        with contextlib.suppress(ProcessLookupError):
            await self.end(sign)

    def log(self) -> str:
        return self._config.with_suffix(".log").read_text()

    async def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Status and JSON of an answer; ``path`` is below ``envkernels/``, unless it begins with a slash.

        Raises:
            OSError: there is no answer.
        """
        return await asyncio.to_thread(self._ask, method, path, body)

    def _ask(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        url = f"{self.url}{path}" if path.startswith("/") else f"{self.url}/envkernels/{path}"
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(url, data, HEADERS, method=method)
        try:
            with urllib.request.urlopen(request, timeout=_SECONDS) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read())

    async def job(self, body: Any) -> Any:
        """Start a job, and return its document."""
        status, job = await self.ask("POST", "jobs", body)
        assert status == 202, job
        return job

    async def over(self, job: Any) -> Any:
        """Wait for the end of a job."""
        deadline = time.monotonic() + _SECONDS
        while True:
            _, now = await self.ask("GET", f"jobs/{job['id']}")
            if now["finished"]:
                return now
            assert time.monotonic() < deadline, (now, self.log())
            await asyncio.sleep(0.05)

    async def done(self, body: Any) -> Any:
        """Do a job that must succeed."""
        job = await self.over(await self.job(body))
        log = self.place.folder / "jobs" / job["id"] / "log.txt"
        assert job["state"] == "succeeded", (job, log.read_text())
        return job

    async def environments(self) -> dict[str, Any]:
        """The environments by name."""
        _, answer = await self.ask("GET", "environments")
        return {environment["name"]: environment for environment in answer["environments"]}

    def family(self) -> list[psutil.Process]:
        """All processes that live with this home, the server itself apart, whoever their parents are."""
        server = self.process.pid if self.process else None
        return [process for process in psutil.process_iter() if process.pid != server and self._is_ours(process)]

    def _is_ours(self, process: psutil.Process) -> bool:
        try:
            is_ours = process.environ().get("HOME") == str(self.home) and process.pid != os.getpid()
            return is_ours and process.status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            return False
