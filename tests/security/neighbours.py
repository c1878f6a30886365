"""A user with a server of his own, and a stranger who can write into some of the folders that the user sees."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.accounts import Account, give, own, python_of_owners, two_accounts
from tests.cli.shell import Shell
from tests.faults.server import RealServer
from tests.jobs.conftest import Place
from tests.prefixes import add_program, make_prefix


class Neighbours:
    """The user, the stranger, and folders that both can write.

    Attributes:
        server: of the user; its environments are in ``place.envs`` and in ``~/.conda/envs``.
        shell: the user's command line.
        course: linked into the folder that the server shows, and searched for projects of pixi.
        scratch: where each has a folder.
        shared: a root of environments that the configuration names.
        templates: of the administrator.
        loot: what has run leaves its name here.
    """

    def __init__(self, user: Account, stranger: Account, channel: str) -> None:
        top = user.home.parent
        self.user, self.stranger = user, stranger
        names = ("loot", "course", "scratch", "shared")
        self.loot, self.course, self.scratch, self.shared = folders = [top / name for name in names]
        for folder in folders:
            folder.mkdir()
            folder.chmod(0o1777 if os.geteuid() == 0 or folder == self.loot else 0o755)
        python = python_of_owners(user.home)
        if not python:
            self.user, python = Account(os.geteuid(), os.getegid(), user.home), sys.executable
        self.place = Place(user.home, channel)
        (user.home / "home").mkdir()
        self.templates = top / "templates"
        self.templates.mkdir()
        options: dict[str, Any] = {
            "homes": [str(stranger.home)],
            "shared_roots": [str(self.shared)],
            "templates_dirs": [str(self.templates)],
        }
        self.server = RealServer(self.place, python=python, **options)
        self.shell = Shell(self.server.home, channel, python)
        (self.server.root / "course").symlink_to(self.course)
        own(user.home, self.user.uid, self.user.gid)

    @property
    def whose(self) -> str:
        """Return why what is the stranger's is not trusted."""
        if os.geteuid() == 0:
            return f"belongs to user {self.stranger.uid}."
        return "can be written by every account."

    def own(self, prefix: Path) -> Path:
        """Make an environment of the user whose kernel leaves ``own-NAME`` in ``loot`` when it starts."""
        make_prefix(prefix, "python3")
        self._trap(add_program(prefix, "python"), f"own-{prefix.name}", "exec sleep 600\n")
        return own(prefix, self.user.uid, self.user.gid)

    def plant(self, prefix: Path) -> Path:
        """Make one of the stranger that leaves ``script-NAME`` or ``kernel-NAME`` there when that runs."""
        make_prefix(prefix, "python3")
        scripts = prefix / "etc" / "conda" / "activate.d"
        scripts.mkdir(parents=True)
        self._trap(scripts / "a.sh", f"script-{prefix.name}")
        self._trap(add_program(prefix, "python"), f"kernel-{prefix.name}", "exec sleep 600\n")
        return give(prefix, self.stranger)

    def list(self, *prefixes: Path) -> None:
        """Write conda's list of environments of the user."""
        listing = self.server.home / ".conda" / "environments.txt"
        listing.parent.mkdir(exist_ok=True)
        listing.write_text("".join(f"{prefix}\n" for prefix in prefixes))

    def _trap(self, script: Path, name: str, then: str = "") -> None:
        script.write_text(f"#!/bin/sh\ntouch {self.loot}/{name}\n{then}")

    def ran(self) -> set[str]:
        """Return what is in ``loot``."""
        return {path.name for path in self.loot.iterdir()}


@contextmanager
def neighbours(channel: str) -> Iterator[Neighbours]:
    """Make both; a server that the test starts is stopped in the end."""
    with two_accounts() as (user, stranger):
        both = Neighbours(user, stranger, channel)
        try:
            yield both
        finally:
            asyncio.run(_stop(both.server))


async def _stop(server: RealServer) -> None:
    try:
        if server.process:
            await server.stop(signal.SIGTERM)
    except subprocess.TimeoutExpired:  # a thread of it hangs
        await server.end(signal.SIGKILL)
        raise
