"""Conda prefixes that hold just what discovery looks at."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def make_prefix(prefix: Path, *kernels: str, python: bool = True) -> Path:
    """An environment with these kernels, written as conda would."""
    (prefix / "conda-meta").mkdir(parents=True)
    (prefix / "conda-meta/history").touch()
    (prefix / "bin").mkdir()
    if python:
        add_program(prefix, "python")
    for name in kernels:
        add_kernel(prefix, name)
    return prefix


def add_program(prefix: Path, name: str) -> Path:
    """A program that can be run."""
    program = prefix / "bin" / name
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    return program


def add_kernel(prefix: Path, name: str = "python3", **changes: Any) -> Path:
    """A kernelspec; the file that was written."""
    return write_kernel_json(prefix, json.dumps(kernel_json(prefix, **changes)).encode(), name)


def kernel_json(prefix: Path, **changes: Any) -> dict[str, Any]:
    """A kernelspec of ipykernel, with changes."""
    argv = [f"{prefix}/bin/python", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    return {"argv": argv, "display_name": "Python 3 (ipykernel)", "language": "python", **changes}


def write_kernel_json(prefix: Path, content: bytes, name: str = "python3") -> Path:
    """A kernel.json with any content."""
    file = prefix / "share/jupyter/kernels" / name / "kernel.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return file


def age(*folders: Path, seconds: float = 3600) -> None:
    """Make all below look as if nothing had changed for a while, so that time stamps are trusted."""
    then = time.time() - seconds
    for folder in folders:
        for path in (folder, *folder.rglob("*")):
            os.utime(path, (then, then), follow_symlinks=False)


def environ_of(home: Path, **more: str) -> Mapping[str, str]:
    """The variables of somebody whose home this is, and who has nothing else."""
    return {"HOME": str(home), "PATH": "/usr/bin:/bin", **more}


def spoil(path: Path, kind: str) -> None:
    """Make what would block, or fill the memory, if it were read as a file is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "zero":
        path.symlink_to("/dev/zero")
    else:
        path.touch()
        os.truncate(path, 2 << 30)
