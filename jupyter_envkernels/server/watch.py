"""Notices environments that appear, change or go, by whatever program, and tells of it."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from ..envs.catalog import Catalog
from ..kernels import sync
from ..models import Environment

_INTERVAL = 3.0
"""Seconds between two looks. One takes milliseconds, as only time stamps are read while nothing changes."""

_SHARE = 50
"""The pause is at least that many times as long as the look took: a slow network folder is asked rarely."""

_log = logging.getLogger(__name__)


class CatalogWatch:
    """Looks at the catalog now and then, in a thread.

    Args:
        catalog: what to look at.
        tell: called in the event loop's thread with the number of environments, when they have changed.
        data_dir: Jupyter's data folder; kernelspecs that were once written there by ``sync`` are kept true.
    """

    def __init__(self, catalog: Catalog, tell: Callable[[int], None], data_dir: Path) -> None:
        self._catalog = catalog
        self._tell = tell
        self._data_dir = data_dir
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, in the running event loop."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        known: tuple[Environment, ...] | None = None
        while True:
            started = time.monotonic()
            try:
                known = await self._look(known)
            except Exception:  # noqa: BLE001 - a fault of one look must not end all others
                _log.exception("The environments cannot be looked at.")
            await asyncio.sleep(max(_INTERVAL, _SHARE * (time.monotonic() - started)))

    async def _look(self, known: tuple[Environment, ...] | None) -> tuple[Environment, ...]:
        found = await asyncio.to_thread(self._catalog.environments)
        if found != known:
            await asyncio.to_thread(sync.refresh, self._catalog, self._data_dir, os.environ)
            if known is not None:
                self._tell(len(found))
        return found
