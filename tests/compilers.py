"""What compiles the modules of environments in the background, after the job that made them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil

_COMPILES = re.compile(r"engine\.link\.bytecode|py_compile")


def processes_of(folder: Path) -> Iterator[psutil.Process]:
    """Yield the processes that live and name a path in this folder."""
    for process in psutil.process_iter(["cmdline", "status"]):
        named = any(str(folder) in argument for argument in process.info["cmdline"] or ())
        if named and process.info["status"] != psutil.STATUS_ZOMBIE:
            yield process


def is_compiler(process: psutil.Process) -> bool:
    return any(_COMPILES.search(argument) for argument in process.info["cmdline"])


def end_compilers(folder: Path) -> None:
    """Kill them, since the folder is going to be deleted."""
    compilers = [process for process in processes_of(folder) if is_compiler(process)]
    for process in compilers:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(compilers, timeout=10)
