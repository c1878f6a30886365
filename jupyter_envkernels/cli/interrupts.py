"""What an interrupt does while a verb has nothing to finish, or is not even imported: the program ends at once.

Python would raise KeyboardInterrupt wherever it is, and where that is a callback of the import system it is printed and
forgotten: the program would go on as if no key had been pressed.
"""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict

from ..errors import Cancelled

INTERRUPTED = 130
"""The exit code."""

DOCUMENT = json.dumps({"error": asdict(Cancelled("Interrupted.").problem)}, indent=2) + "\n"
"""What a program reads that requested JSON. Made early: later, what makes it may be half imported."""


@contextmanager
def leaving_at_once(*, as_json: bool) -> Iterator[None]:
    """Let an interrupt end the process, unless the program that started it has interrupts handled otherwise.

    A verb that has something to finish handles interrupts in its event loop.

    Args:
        as_json: leave a document on standard output.
    """
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or before is not signal.default_int_handler:
        yield
        return

    def leave(*_: object) -> None:
        with suppress(OSError):  # it may have no reader
            os.write(*((1, DOCUMENT.encode()) if as_json else (2, b"Interrupted.\n")))
        os._exit(INTERRUPTED)

    signal.signal(signal.SIGINT, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
