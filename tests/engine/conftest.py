"""The engine, asked in a process of its own."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest

from jupyter_envkernels.jobs.lint_client import AdviceQuestion, LintAnswer
from jupyter_envkernels.models import Diagnostic
from jupyter_envkernels.system import linux

ROOT = Path(__file__).parents[2]


NO_TIMES: Mapping[str, Mapping[str, int]] = {}


@dataclass
class Engine:
    """Asks the backend for a solution, or an installation."""

    cache: Path
    channel_root: Path

    def solve(self, *specs: str, channels: Sequence[str] = ("main",), **environ: str) -> dict[str, Any]:
        """Packages by name (version, platform, channel), or the failure as JSON.

        Args:
            specs: ``{extra}`` in them stands for the URL of the test channel ``extra``.
            channels: names of test channels, or URLs.
            environ: variables, such as ``CONDA_CHANNEL_PRIORITY``.
        """
        return self._run(specs, channels, environ)

    def install(self, prefix: Path, *specs: str, channels: Sequence[str] = ("main",), **environ: str) -> dict[str, Any]:
        """The same, and the packages linked into a prefix; ``lines`` and ``amounts`` are what was reported."""
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


def write_channel(
    folder: Path, depends: Mapping[str, Sequence[str]], times: Mapping[str, Mapping[str, int]] = NO_TIMES
) -> str:
    """Write the index of a channel that has no archives; return its URL.

    Args:
        folder: of the channel.
        depends: what each package, ``name-version-build``, depends on.
        times: ``timestamp`` and ``indexed_timestamp`` of packages that have them.
    """
    records = {}
    for stem, wanted in depends.items():
        name, version, build = stem.rsplit("-", 2)
        record = {"name": name, "version": version, "build": build, "build_number": 0, "depends": wanted}
        records[f"{stem}.conda"] = {**record, "subdir": "noarch", **times.get(stem, {})}
    subdir = folder / "noarch"
    subdir.mkdir(parents=True)
    (subdir / "repodata.json").write_text(json.dumps({"info": {"subdir": "noarch"}, "packages.conda": records}))
    return folder.as_uri()


@pytest.fixture
def engine(tmp_path: Path, channel_root: Path) -> Engine:
    return Engine(tmp_path / "cache", channel_root)


class Inquiry:
    """The process that is asked while somebody types. Test channels are known to it by their names.

    Args:
        environ: variables, such as ``CONDA_OVERRIDE_CUDA``.
    """

    def __init__(self, cache: Path, channel_root: Path, **environ: str) -> None:
        self._cache = cache
        self._process = subprocess.Popen(
            [sys.executable, "-m", "jupyter_envkernels.jobs.lint_worker"],
            cwd=ROOT,
            env={**os.environ, "CONDA_CHANNEL_ALIAS": channel_root.as_uri(), **environ},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def advise(self, text: str, seconds: float = 30, channels: Sequence[str] = ("main",)) -> list[Diagnostic]:
        """Remarks on a spec, by line."""
        question = AdviceQuestion(1, text, tuple(channels), str(self._cache), time.time() + seconds)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(msgspec.json.encode(question) + b"\n")
        self._process.stdin.flush()
        answer = msgspec.json.decode(self._process.stdout.readline(), type=LintAnswer)
        assert answer.failure == ""
        return sorted(answer.diagnostics, key=lambda diagnostic: (diagnostic.line or 0, diagnostic.code))

    def told(self, text: str, seconds: float = 30, channels: Sequence[str] = ("main",)) -> list[tuple[int | None, str]]:
        """The same in short: line and code."""
        return [(d.line, d.code) for d in self.advise(text, seconds, channels)]

    def __enter__(self) -> Inquiry:  # noqa: PYI034 - Self is not in Python 3.10's typing
        return self

    def __exit__(self, *_: object) -> None:
        with self._process:  # closes its input, by which it ends
            pass
        assert self._process.returncode == 0


@pytest.fixture(scope="module")
def inquiry(tmp_path_factory: pytest.TempPathFactory, channel_root: Path) -> Iterator[Inquiry]:
    """On a machine without a GPU, whatever this one has."""
    with Inquiry(tmp_path_factory.mktemp("cache"), channel_root, CONDA_OVERRIDE_CUDA="") as process:
        yield process


@pytest.fixture(params=["renameat2", "a file system without it"])
def renaming(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways to rename."""
    if request.param != "renameat2":
        monkeypatch.setattr(linux, "_renameat2", lambda *_: errno.EINVAL)
