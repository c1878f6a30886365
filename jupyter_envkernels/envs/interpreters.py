"""Detect kernels of a prefix that run the interpreter of another prefix, and kernelspecs that packages installed.

``ipykernel install --prefix A`` called from B writes a kernelspec into A that runs the interpreter of B. In an
environment that was moved, kernelspecs of packages name an interpreter at its old path, where there may be another now.
"""

from __future__ import annotations

import os
import time
from functools import lru_cache
from pathlib import Path

from ..files import read_file
from .fingerprints import Stamp, stamp_of
from .prefix_data import MAX_RECORD_BYTES, is_in_records


def other_prefix(program: str, prefix: str) -> str:
    """Return the prefix of a program if it is another one; else an empty text.

    Args:
        program: absolute path.
        prefix: of the kernel that it runs.
    """
    program = os.path.normpath(program)
    if program.startswith(f"{prefix}/bin/"):
        return ""
    above = (str(folder) for folder in Path(program).parents)
    found = next((folder for folder in above if os.path.isdir(f"{folder}/conda-meta")), None)
    return found if found and not os.path.samefile(found, prefix) else ""


def is_packaged(prefix: str, path: str) -> bool:
    """Return whether a package installed a file, by the records of conda and pip. The result is cached.

    Args:
        prefix: of the environment.
        path: of the file, relative to the prefix.
    """
    folders = [f"{prefix}/conda-meta", *map(str, Path(prefix).glob("lib/python*/site-packages"))]
    now = time.time_ns()
    return _is_packaged(prefix, path, tuple(stamp_of(folder, now) or now for folder in folders))


@lru_cache(maxsize=100)
def _is_packaged(prefix: str, path: str, stamps: tuple[Stamp, ...]) -> bool:
    del stamps  # a part of the cache key
    return is_in_records(Path(prefix), path) or any(
        _names(record, f"../{path},".encode())
        for record in Path(prefix).glob("lib/python*/site-packages/*.dist-info/RECORD")
    )


def _names(record: Path, mark: bytes) -> bool:
    try:
        return mark in read_file(record, MAX_RECORD_BYTES)
    except OSError:
        return False
