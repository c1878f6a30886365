"""The cyclic garbage collector, out of the way of a listing."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused_collector() -> Iterator[None]:
    """Hold collections back while many objects are made that all stay.

    They would find nothing, and the full one among them goes through all that the server has loaded, which stalls the
    event loop for longer than the whole listing takes.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
