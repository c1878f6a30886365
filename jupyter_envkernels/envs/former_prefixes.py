"""Where an environment was before it was renamed: notebooks know its kernels by the ids that they had there."""

from __future__ import annotations

import os
from pathlib import Path

from ..files import read_file

FORMER_PREFIXES = Path("conda-meta", ".envkernels-former-prefixes")
"""A file in a prefix: one former prefix a line, the latest one last."""

_MAX_BYTES = 1 << 16


def read_former_prefixes(prefix: Path) -> tuple[Path, ...]:
    """Return the prefixes that an environment had before; none where it was never renamed, or that cannot be read."""
    try:
        lines = read_file(prefix / FORMER_PREFIXES, _MAX_BYTES).splitlines()
    except OSError:
        return ()
    return tuple(Path(os.fsdecode(line)) for line in lines if line)
