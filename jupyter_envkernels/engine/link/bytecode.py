"""Compile bytecode of packages that come without it (``noarch: python``, and all that uv installs).

For a private environment this is done after the commit; for a shared one before it, because its users cannot write
there.

It takes longer than all other steps of a small environment, which works without: Python compiles what it imports. So a
process of its own, ``python -m jupyter_envkernels.engine.link.bytecode NICENESS PREFIX``, compiles package by package,
and adds the bytecode to their records. It may be killed at any time, as each file is written completely or not at all,
and it stops if the environment is moved or files disappear.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from ...envs.prefix_data import record_paths
from ...envs.server_tokens import without_server_tokens
from ...errors import InvalidSpec
from ...files import read_head
from ..isolated_python import isolated
from ..process import run
from .package_records import enter_bytecode, modules_of

# Run by the environment's own Python, whose version decides the format. It reads paths of sources, and answers to each
# empty line. Paths are relative to its working folder, so that nothing is written if the environment is moved or
# removed.
_SCRIPT = """
import importlib.util, os, py_compile, sys
prefix = sys.argv[1]
here = os.stat(".")
os.makedirs = lambda *_: None  # py_compile would bring back folders that have gone while it compiled
site = "lib/python%d.%d/site-packages/" % sys.version_info[:2]
def is_in_place():
    try:
        there = os.stat(prefix)
    except OSError:
        return False
    return (there.st_dev, there.st_ino) == (here.st_dev, here.st_ino)
def compile(source):
    target = importlib.util.cache_from_source(source)
    if os.path.exists(target):
        return
    if not is_in_place():
        sys.exit()
    try:
        os.stat(source)
        if not os.path.isdir(os.path.dirname(target)):
            os.mkdir(os.path.dirname(target))
        py_compile.compile(source, target, os.path.join(prefix, source), doraise=True)
    except (OSError, ValueError, py_compile.PyCompileError):
        pass
for line in sys.stdin.buffer:
    source = os.fsdecode(line[:-1])
    if source.startswith(site):
        compile(source)
    elif not source:
        print(flush=True)
"""

# imported by a kernel at its start, so compiled first
_FIRST = ("ipykernel", "ipython", "traitlets", "jupyter_client", "jupyter_core", "pyzmq", "tornado", "prompt-toolkit")


def drop_stale(prefix: Path) -> None:
    """Delete bytecode whose source is gone or has changed, and folders with nothing else.

    Bytecode that was compiled after the installation may not be in a record, so it remains when a package is removed,
    which could still be imported, as an empty one. A bytecode file starts with time and size of its source (PEP 552).
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
        return len(head) == 16  # identified by a hash, which Python itself checks if necessary
    stamp = (int(there.st_mtime) & 0xFFFFFFFF, there.st_size & 0xFFFFFFFF)
    return stamp == (int.from_bytes(head[8:12], "little"), int.from_bytes(head[12:16], "little"))


async def compile_now(prefix: Path) -> None:
    """Compile, and wait. Errors are ignored."""
    if argv := _command(prefix, niceness=0):
        await run(argv, cwd=Path("/"), environ=os.environ, line=lambda _: None)


def _command(prefix: Path, niceness: int) -> list[str]:
    """Return the command that compiles; empty if the environment has no Python 3."""
    if not _sites(prefix) or not (prefix / "bin" / "python").exists():
        return []
    return [sys.executable, "-m", __name__, str(niceness), str(prefix)]


def _sites(prefix: Path) -> list[Path]:
    return list(prefix.glob("lib/python3.*/site-packages"))


def compile_later(prefix: Path) -> subprocess.Popen[bytes] | None:
    """Start to compile in the background.

    Args:
        prefix: a committed environment.

    Returns:
        The process, which outlives this one; None if the environment has no Python 3, or it cannot be started.
    """
    argv = _command(prefix, niceness=19)
    if not argv:
        return None
    try:
        return subprocess.Popen(
            argv,
            cwd="/",
            env=without_server_tokens(os.environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return None


def compile_packages(prefix: Path) -> None:
    """Compile modules of conda packages, and add the bytecode to their records; then compile all other modules.

    Changes the working folder of this process.

    Raises:
        OSError: the environment does not exist, or its Python cannot be started.
    """
    os.chdir(prefix)
    here = Path()  # the environment, wherever it is moved
    records = sorted(record_paths(here), key=_rank)
    for record in records:
        _enter(here, record)  # bytecode from other programs, such as the check of the kernel
    argv = isolated(prefix / "bin" / "python", _SCRIPT, str(prefix), options=["-B"])
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as compiler:
        for record in records:
            _compile(compiler, modules_of(record))
            _enter(here, record)
        for site in _sites(here):
            _compile(compiler, _modules_in(site, here))


def _rank(record: Path) -> int:
    name = record.name.rsplit("-", 2)[0]
    return _FIRST.index(name) if name in _FIRST else len(_FIRST)


def _enter(prefix: Path, record: Path) -> None:
    with suppress(OSError, InvalidSpec):  # it was removed, or is damaged
        enter_bytecode(prefix, record)


def _modules_in(folder: Path, prefix: Path) -> list[str]:
    """Return the modules below a folder, relative to the prefix."""
    return [path.relative_to(prefix).as_posix() for path in folder.rglob("*.py")]


def _compile(compiler: subprocess.Popen[bytes], modules: Sequence[str]) -> None:
    """Send modules to the compiler, and wait for its answer.

    Raises:
        BrokenPipeError: the compiler has ended.
    """
    assert compiler.stdin is not None
    assert compiler.stdout is not None
    lines = [os.fsencode(module) for module in modules if "\n" not in module]
    compiler.stdin.write(b"\n".join([*lines, b"", b""]))
    compiler.stdin.flush()
    if not compiler.stdout.readline():
        raise BrokenPipeError


if __name__ == "__main__":
    os.nice(int(sys.argv[1]))
    with suppress(OSError):
        compile_packages(Path(sys.argv[2]))
