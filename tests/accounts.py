"""Accounts of the machine, where these tests are run by root; else what does the same for one account."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_CHECK = "import sys, jupyter_envkernels; sys.exit(sys.base_prefix != {!r})"


@dataclass(frozen=True)
class Account:
    """An account of the machine, where these tests are run by root; else their own stands for each.

    Attributes:
        uid, gid: of the account, and of its group.
        home: a folder of its own.
    """

    uid: int
    gid: int
    home: Path

    @contextmanager
    def acting(self, *groups: int) -> Iterator[None]:
        """Have what follows done by the account, as a member of further groups."""
        is_root = os.geteuid() == 0
        if is_root:
            os.setgroups([self.gid, *groups])
            os.setegid(self.gid)
            os.seteuid(self.uid)
        try:
            yield
        finally:
            if is_root:
                os.seteuid(0)
                os.setegid(0)
                os.setgroups([0])


@contextmanager
def two_accounts(names: tuple[str, str] = ("user", "stranger")) -> Iterator[tuple[Account, Account]]:
    """Make homes of two accounts, side by side in a folder of root, which all may enter."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        both = []
        for name, uid in zip(names, (23456, 34567), strict=True):
            home = Path(folder, name)
            home.mkdir(mode=0o711)
            if os.geteuid() == 0:
                os.chown(home, uid, uid)
            both.append(Account(uid, uid, home))
        yield both[0], both[1]


def own(path: Path, uid: int, gid: int) -> Path:
    """Make a folder and all in it an account's own, where these tests are run by root."""
    if os.geteuid() == 0:
        for each in (path, *path.rglob("*")):
            os.chown(each, uid, gid, follow_symlinks=False)
    return path


def give(path: Path, stranger: Account) -> Path:
    """Make a folder a stranger's; without root, a folder that every account can write stands for it."""
    if os.geteuid() != 0:
        path.chmod(0o777)
    return own(path, stranger.uid, stranger.gid)


def python_of_owners(home: Path, python: str = sys.executable) -> str:
    """Make a program beside home folders that runs Python as the owner of the one that it is started with.

    Where this installation is in a folder that only root can read, the account may read all files, and write its own.

    Returns:
        the path of the program; nothing where this process cannot become another account.
    """
    if os.geteuid() != 0:
        return ""
    program = home.parent / "python"
    check = [str(program), "-c", _CHECK.format(sys.base_prefix)]
    for capabilities in ("", "--inh-caps=+dac_read_search --ambient-caps=+dac_read_search"):
        become = f"setpriv --reuid=$owner --regid=$owner --clear-groups {capabilities}"
        text = f'#!/bin/sh\nowner=$(stat -c %u "$HOME")\nexec {become} {shlex.quote(python)} "$@"\n'
        program.write_text(text)
        program.chmod(0o755)
        if subprocess.run(check, cwd="/", env={"HOME": str(home)}, capture_output=True, check=False).returncode == 0:
            return str(program)
    return ""
