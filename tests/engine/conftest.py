"""The engine, asked in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@dataclass
class Engine:
    """Asks the backend for a solution, or an installation."""

    cache: Path
    channel_root: Path

    def solve(self, *specs: str, channels: Sequence[str] = ("main",), **environ: str) -> dict[str, Any]:
        """Packages by name (version, platform, channel), or code, message and remedy of the failure.

        Args:
            specs: ``{extra}`` in them stands for the URL of the test channel ``extra``.
            channels: names of test channels, or URLs.
            environ: variables, such as ``CONDA_CHANNEL_PRIORITY``.
        """
        return self._run(specs, channels, environ)

    def install(self, prefix: Path, *specs: str, channels: Sequence[str] = ("main",), **environ: str) -> dict[str, Any]:
        """The same, and the packages linked into a prefix; ``heard`` has what was reported."""
        return self._run(specs, channels, environ, str(prefix))

    def _run(
        self, specs: Sequence[str], channels: Sequence[str], environ: Mapping[str, str], *prefix: str
    ) -> dict[str, Any]:
        urls = [name if "://" in name else self.url(name) for name in channels]
        texts = [spec.replace("{extra}", self.url("extra")) for spec in specs]
        command = [sys.executable, "-m", "tests.engine.engine_process", str(self.cache), json.dumps(texts)]
        done = subprocess.run(
            [*command, json.dumps(urls), *prefix],
            cwd=ROOT,
            env={**os.environ, **environ},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def url(self, name: str) -> str:
        return (self.channel_root / name).as_uri()


@pytest.fixture
def engine(tmp_path: Path, channel_root: Path) -> Engine:
    return Engine(tmp_path / "cache", channel_root)


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
