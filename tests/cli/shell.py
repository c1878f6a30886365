"""The command line, run as a person would: as a process, in a home of its own, by a script or at a terminal."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_PROGRAM = ["-m", "jupyter_envkernels.cli"]
_TAKE_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal:
    """A process whose input and output are a terminal; keys go to the group in front, as they do."""

    def __init__(self, process: subprocess.Popen[bytes], master: int) -> None:
        self.process = process
        self._master = master
        self.output = ""

    def press(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def read(self, until: str = "", seconds: float = 60) -> str:
        """Read on until a text has come, or to the end; return all that has come, without colours and movements."""
        deadline = time.monotonic() + seconds
        while not until or until not in self.shown:
            assert time.monotonic() < deadline, self.shown
            if not select.select([self._master], [], [], 0.1)[0]:
                continue
            try:
                data = os.read(self._master, 65536)
            except OSError:  # nobody has the terminal any more
                break
            self.output += data.decode(errors="replace")
        return self.shown

    @property
    def shown(self) -> str:
        return _ESCAPES.sub("", self.output)

    def wait(self) -> int:
        self.read()
        return self.process.wait(30)

    def hang_up(self) -> None:
        """Close the terminal, as when its window is closed."""
        os.close(self._master)
        self._master = -1

    def close(self) -> None:
        if self._master >= 0:
            os.close(self._master)
        self.process.kill()
        self.process.wait()


class Shell:
    """Runs ``jupyter-envkernels`` with a home and a channel.

    Args:
        home: of the person.
        channel: for specs that name none.
        python: of the installation that runs it.
    """

    def __init__(self, home: Path, channel: str, python: str = sys.executable) -> None:
        self.home = home
        self.python = python
        self._program = [python, *_PROGRAM]
        self.envs = home / ".conda" / "envs"
        self.jobs = home / ".local" / "share" / "jupyter" / "envkernels" / "jobs"
        self.environ: Mapping[str, str] = {**os.environ, "HOME": str(home), "CONDA_CHANNELS": channel}

    def start(self, *args: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*self._program, *args],
            env=self.environ,
            cwd=self.home,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *args: str, feed: str = "") -> subprocess.CompletedProcess[str]:
        process = self.start(*args)
        out, err = process.communicate(feed, timeout=120)
        assert "Traceback" not in err, err
        return subprocess.CompletedProcess(args, process.returncode, out, err)

    def json(self, *args: str, feed: str = "", code: int = 0) -> Any:
        done = self.run(*args, "--json", feed=feed)
        assert done.returncode == code, done.stderr + done.stdout
        return json.loads(done.stdout)

    def configure(self, *lines: str) -> None:
        """Write a configuration, as for a server."""
        config = self.home / ".jupyter" / "jupyter_server_config.py"
        config.parent.mkdir(exist_ok=True)
        config.write_text("".join(f"c.EnvKernels.{line}\n" for line in lines))

    @contextmanager
    def terminal(self, *args: str, columns: int = 80) -> Iterator[Terminal]:
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        process = subprocess.Popen(
            [sys.executable, "-c", _TAKE_TERMINAL, *self._program, *args],
            # programs would believe COLUMNS, which may be set, more than the terminal
            env={**self.environ, "TERM": "xterm-256color", "COLUMNS": str(columns)},
            cwd=self.home,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)
        terminal = Terminal(process, master)
        try:
            yield terminal
        finally:
            terminal.close()

    def spec(self, name: str, *packages: str) -> str:
        """Write a spec, and return its file's name."""
        lines = "".join(f"  - {package}\n" for package in packages)
        (self.home / f"{name}.yml").write_text(f"name: {name}\ndependencies:\n{lines}")
        return f"{name}.yml"

    def environment(self, name: str) -> Path:
        """Make a folder that is an environment without packages."""
        prefix = self.envs / name
        (prefix / "conda-meta").mkdir(parents=True)
        (prefix / "conda-meta" / "history").touch()
        return prefix

    def names(self) -> set[str]:
        return {environment["name"] for environment in self.json("list")["environments"]}

    def state(self, job: str = "last") -> str:
        """The state of a job."""
        return str(self.json("log", job)["state"])

    def made(self) -> list[str]:
        """What stands in the folder of environments, hidden or not."""
        return sorted(path.name for path in self.envs.iterdir()) if self.envs.exists() else []


def read_until(process: subprocess.Popen[str], beginning: str) -> str:
    """Read standard error up to a line that begins so; return all that was read."""
    assert process.stderr is not None
    read = ""
    for line in process.stderr:
        read += line
        if line.startswith(beginning):
            return read
    raise AssertionError(read)
