"""Read the former prefixes of a renamed environment: notebooks name its kernels by the ids of these."""

from __future__ import annotations

import os
from pathlib import Path

from ..files import read_file

FORMER_PREFIXES = Path("conda-meta", ".envkernels-former-prefixes")
"""A file in a prefix: one former prefix a line, the latest last."""

_MAX_BYTES = 1 << 16


def read_former_prefixes(prefix: Path) -> tuple[Path, ...]:
    """Return the former prefixes of an environment; none if it was never renamed or the file cannot be read."""
    try:
        lines = read_file(prefix / FORMER_PREFIXES, _MAX_BYTES).splitlines()
    except OSError:
        return ()
    return tuple(Path(os.fsdecode(line)) for line in lines if line)
