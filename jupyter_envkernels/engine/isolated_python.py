"""Run an environment's Python in isolated mode: it imports from the environment alone.

Otherwise the working folder, ``PYTHONPATH`` and ``pip install --user`` take part. Kernels are not isolated: users may
want that.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

_VERSION = re.compile(r"(?:python|pypy)(\d)(?:\.(\d+))?")


def isolated(python: Path, code: str, *arguments: str, options: Sequence[str] = ()) -> list[str]:
    """Return the command that runs code in isolated mode, or in the closest mode that Python 2.7 has.

    Args:
        python: the environment's Python.
        code: the code to run.
        arguments: ``sys.argv[1:]`` of the code.
        options: further options of Python.
    """
    flags = ["-I"]
    if version_of(python) < (3,):
        flags, code = ["-E", "-s"], f"import sys\ndel sys.path[0]\n{code}"
    return [str(python), *flags, *options, "-c", code, *arguments]


def version_of(python: Path) -> tuple[int, int]:
    """Return the major and minor version, read from the name that a link such as ``python`` resolves to."""
    found = _VERSION.match(python.resolve().name)
    return (int(found[1]), int(found[2] or 0)) if found else (3, 0)
