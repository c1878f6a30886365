"""Download wheels from PyPI with pip, run by each Python they are for: so markers and tags are that Python's own."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from .interpreters import Interpreter

REQUIREMENTS = ("ipykernel", "pip", "setuptools", "wheel")

NUMPY_VERSIONS = {"1.26.4": range(9, 13), "2.1.3": range(10, 14), "2.2.6": range(10, 14)}
"""Which Pythons 3.X each version of numpy has wheels for. A Python that none has gets the newest numpy."""


class DownloadError(Exception):
    """Wheels could not be had; the message is the last line of pip's."""


def download_wheels(interpreter: Interpreter, wheelhouse: Path) -> list[Path]:
    """Return the wheels for *interpreter* of REQUIREMENTS, with what they require, and of numpy.

    *wheelhouse* is a folder for this interpreter alone. Raises DownloadError.
    """
    wheelhouse.mkdir(parents=True, exist_ok=True)
    pip = _pip_for(interpreter, wheelhouse)
    _download([str(interpreter.executable), "-I", pip], wheelhouse, REQUIREMENTS)
    for requirement in _numpy(interpreter):
        _download([str(interpreter.executable), "-I", pip], wheelhouse, [requirement, "--no-deps"])
    return sorted(wheelhouse.glob("*.whl"))


def _pip_for(interpreter: Interpreter, wheelhouse: Path) -> str:
    """Return the newest pip that *interpreter* can run, as a path for it to run: it may have none itself."""
    if importlib.util.find_spec("pip") is None:
        raise DownloadError(f"{sys.executable} has no pip: run `{sys.executable} -m ensurepip`")
    arguments = ["pip", "--no-deps", "--python-version", interpreter.xy]
    _download([sys.executable, "-m", "pip"], wheelhouse, arguments)
    return str(next(wheelhouse.glob("pip-*.whl")) / "pip")


def _numpy(interpreter: Interpreter) -> list[str]:
    pinned = [f"numpy=={version}" for version, minors in NUMPY_VERSIONS.items() if interpreter.minor in minors]
    return pinned or ["numpy"]


def _download(pip: Sequence[str], wheelhouse: Path, arguments: Sequence[str]) -> None:
    options = ["--quiet", "--disable-pip-version-check", "--only-binary", ":all:", "--dest", str(wheelhouse)]
    done = subprocess.run([*pip, "download", *options, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise DownloadError((done.stderr.strip().splitlines() or [f"pip ended with {done.returncode}"])[-1])
