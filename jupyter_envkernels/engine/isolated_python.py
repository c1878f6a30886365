"""Run an environment's Python for our own ends: it loads what the environment holds, and nothing else.

Without that, a file in the working folder, ``PYTHONPATH`` or ``pip install --user`` takes part. Kernels and what a
person runs are not isolated: there it may be wanted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

_VERSION = re.compile(r"(?:python|pypy)(\d)(?:\.(\d+))?")


def isolated(python: Path, code: str, *arguments: str, options: Sequence[str] = ()) -> list[str]:
    """Return the command that runs some code by a Python in isolated mode, which Python 2.7 does not have.

    Args:
        python: of the environment.
        code: what it runs.
        arguments: of the code.
        options: further ones of Python.
    """
    flags = ["-I"]
    if version_of(python) < (3,):
        flags, code = ["-E", "-s"], f"import sys\ndel sys.path[0]\n{code}"
    return [str(python), *flags, *options, "-c", code, *arguments]


def version_of(python: Path) -> tuple[int, int]:
    """Return major and minor version by the name of the program that a link such as ``python`` leads to."""
    found = _VERSION.match(python.resolve().name)
    return (int(found[1]), int(found[2] or 0)) if found else (3, 0)
