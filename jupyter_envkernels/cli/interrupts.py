"""Exit at once on Ctrl-C while a verb has nothing to clean up, or is still being imported.

Python would raise KeyboardInterrupt at any point; in a callback of the import system it is printed and ignored, so that
the program would continue.
"""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict

from ..errors import Cancelled

INTERRUPTED = 130
"""The exit code."""

DOCUMENT = json.dumps({"error": asdict(Cancelled("Interrupted.").problem)}, indent=2) + "\n"
"""The output with ``--json``. Made at import: in the signal handler, the modules for it may be half imported."""


def wants_json(words: Sequence[str]) -> bool:
    """Return whether the arguments ask for JSON; those of ``run`` belong to its program."""
    return "--json" in words and words[0] != "run"


@contextmanager
def leaving_at_once(*, as_json: bool) -> Iterator[None]:
    """End the process on an interrupt, unless a handler for interrupts is already installed.

    Verbs that must clean up handle interrupts in their event loop.

    Args:
        as_json: print a document on standard output.
    """
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or before is not signal.default_int_handler:
        yield
        return

    def leave(*_: object) -> None:
        with suppress(OSError):  # the reader may have closed the pipe
            os.write(*((1, DOCUMENT.encode()) if as_json else (2, b"Interrupted.\n")))
        os._exit(INTERRUPTED)

    signal.signal(signal.SIGINT, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
