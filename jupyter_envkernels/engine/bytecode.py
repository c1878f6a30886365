"""Bytecode of packages that come without it (``noarch: python``, and all that uv installs).

Of an environment of one's own it is compiled after the commit; of one that others use before it, because they cannot
write beside its files.

It takes longer than all the rest of a small environment, and the environment is whole without: Python compiles what it
imports. A process of its own does it, at the lowest priority. It may be killed at any moment, for each file is written
whole or not at all, and it stops when the environment is moved, or files of it vanish.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from ..envs.server_tokens import without_server_tokens
from ..files import read_head
from .isolated import isolated
from .process import run

# Run by the environment's own Python, whose version decides the format. Paths are relative to the folder that the
# process stands in, so that nothing is ever written where an environment was that is there no more.
_SCRIPT = """
import importlib.util, os, py_compile, sys
os.nice(int(sys.argv[1]))
prefix, first = sys.argv[2], sys.argv[3:]
here = os.stat(".")
def is_in_place():
    try:
        there = os.stat(prefix)
    except OSError:
        return False
    return (there.st_dev, there.st_ino) == (here.st_dev, here.st_ino)
def compile(folder):
    for path, folders, names in os.walk(folder):
        for name in names:
            source = os.path.join(path, name)
            if not name.endswith(".py"):
                continue
            target = importlib.util.cache_from_source(source)
            if os.path.exists(target):
                continue
            if not is_in_place():
                sys.exit()
            try:
                os.stat(source)
                os.makedirs(os.path.dirname(target), exist_ok=True)
                py_compile.compile(source, target, os.path.join(prefix, source), doraise=True)
            except FileNotFoundError:
                sys.exit()
            except (OSError, ValueError, py_compile.PyCompileError):
                pass
site = os.path.join("lib", "python%d.%d" % sys.version_info[:2], "site-packages")
for name in first:
    compile(os.path.join(site, name))
compile(site)
"""

# What a kernel imports before it answers, so that a person who does not wait meets it compiled.
_FIRST = ("ipykernel", "IPython", "traitlets", "jupyter_client", "jupyter_core", "zmq", "tornado", "prompt_toolkit")


def drop_stale(prefix: Path) -> None:
    """Take away bytecode whose source is gone or is another one by now, and folders that hold nothing else.

    What was compiled after the packages came belongs to none of them and stays behind: a package that is removed could
    still be imported, as an empty one. The head of a file tells its source's time and size (PEP 552).
    """
    for path, folders, names in os.walk(prefix / "lib", topdown=False):
        if os.path.basename(path) == "__pycache__":
            sources = os.path.dirname(path)
            for name in names:
                if name.endswith(".pyc") and not _is_current(f"{path}/{name}", f"{sources}/{name.split('.', 1)[0]}.py"):
                    os.unlink(f"{path}/{name}")
        elif folders == ["__pycache__"]:
            _drop_empty(path)


def _drop_empty(folder: str) -> None:
    with suppress(OSError):  # it is not empty
        os.rmdir(f"{folder}/__pycache__")
        os.rmdir(folder)


def _is_current(code: str, source: str) -> bool:
    try:
        there = os.stat(source)
        head = read_head(code, 16)
    except OSError:
        return False
    if len(head) < 16 or int.from_bytes(head[4:8], "little"):
        return len(head) == 16  # known by a hash, which Python itself compares, or is told not to
    stamp = (int(there.st_mtime) & 0xFFFFFFFF, there.st_size & 0xFFFFFFFF)
    return stamp == (int.from_bytes(head[8:12], "little"), int.from_bytes(head[12:16], "little"))


async def compile_now(prefix: Path, environ: Mapping[str, str]) -> None:
    """Compile, and wait. What cannot be compiled stays as it is."""
    if argv := _command(prefix, niceness=0):
        await run(argv, cwd=prefix, environ=environ, line=lambda _: None)


def _command(prefix: Path, niceness: int) -> list[str]:
    """What compiles; empty where the environment has no Python 3."""
    python = prefix / "bin" / "python"
    if not list(prefix.glob("lib/python3.*/site-packages")) or not python.exists():
        return []
    return isolated(python, _SCRIPT, str(niceness), str(prefix), *_FIRST, options=["-B"])


def compile_later(prefix: Path) -> subprocess.Popen[bytes] | None:
    """Begin to compile, and do not wait.

    Args:
        prefix: a committed environment.

    Returns:
        The process, which outlives this one; None where the environment has no Python 3, or nothing can be started.
    """
    argv = _command(prefix, niceness=19)
    if not argv:
        return None
    try:
        return subprocess.Popen(
            argv,
            cwd=prefix,
            env=without_server_tokens(os.environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return None
