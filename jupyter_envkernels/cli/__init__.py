"""``jupyter envkernels VERB``: the catalog and the jobs without a server, and without a browser.

Each verb is a function of a module of its own kind, which is imported when the verb is used: a person waits for the
others' imports otherwise.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from .interrupts import leaving_at_once

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        argv: the arguments without the program's name; None for those of the process.

    Returns:
        The exit code.
    """
    words = sys.argv[1:] if argv is None else list(argv)
    with leaving_at_once(as_json="--json" in words):
        from .program import run  # noqa: PLC0415 - an interrupt may come while it is imported

        return run(words)
