"""The cyclic garbage collector, out of the way of a listing."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused_collector() -> Iterator[None]:
    """Hold collections back while many objects are made that all stay.

    They would find nothing, and the full one among them goes through all that the server has loaded, which stalls the
    event loop for longer than the whole listing takes. The new objects are looked through once, here and now, rather
    than by whoever allocates next.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
            if gc.get_count()[0] > gc.get_threshold()[0]:
                gc.collect(0)
