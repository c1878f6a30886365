"""Watch the environments for changes by any program, and measure their size."""

from __future__ import annotations

import asyncio
import logging
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from ..envs.catalog import Catalog
from ..envs.usage_scanner import UsageScanner
from ..kernels import sync
from ..models import Environment

_INTERVAL = 3.0
"""Seconds between two listings, which take milliseconds: only time stamps are read while nothing changes."""

_SHARE = 50
"""The pause is at least that many times as long as the listing took, so that slow network folders are read rarely."""

_SIZES_INTERVAL = 3.0
"""Seconds between two turns of measuring while there is something to measure."""

_SIZES_IDLE = 60.0
"""Seconds until the next check whether there is something to measure."""

_SIZES_TURN = 0.2
"""Longest turn in seconds, unless a folder is slow; about half of it is sleep."""

_SIZES_SHARE = 15
"""As :data:`_SHARE`, for measuring."""

_log = logging.getLogger(__name__)


class _PeriodicTask(ABC):
    """Runs a task periodically.

    Args:
        share: the pause is at least that many times as long as the turn took.
    """

    def __init__(self, share: int) -> None:
        self._share = share
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start in the running event loop."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Stop."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            started = time.monotonic()
            pause = _INTERVAL
            try:
                pause = await self._turn()
            except Exception:  # noqa: BLE001 - an error in one turn must not stop the task
                _log.exception("The environments cannot be checked.")
            await asyncio.sleep(max(pause, self._share * (time.monotonic() - started)))

    @abstractmethod
    async def _turn(self) -> float:
        """Run once, and return the shortest pause in seconds."""


class CatalogWatch(_PeriodicTask):
    """Lists the environments periodically.

    Args:
        catalog: the environments.
        tell: called in the event loop's thread with the number of environments, when they have changed.
        data_dir: Jupyter's data folder; kernelspecs that ``sync`` has written there are kept up to date.
        always: write them even if ``sync`` was never called.
    """

    def __init__(self, catalog: Catalog, tell: Callable[[int], None], data_dir: Path, *, always: bool) -> None:
        super().__init__(_SHARE)
        self._catalog = catalog
        self._tell = tell
        self._data_dir = data_dir
        self._always = always
        self._known: tuple[Environment, ...] | None = None

    async def _turn(self) -> float:
        found = await asyncio.to_thread(self._catalog.environments)
        if found != self._known:
            await asyncio.to_thread(sync.refresh, self._catalog, self._data_dir, always=self._always)
            if self._known is not None:
                self._tell(len(found))
            self._known = found
        return _INTERVAL


class SizeWatch(_PeriodicTask):
    """Measures the environments periodically, a part at a time.

    Args:
        catalog: the environments.
        scanner: measures them.
    """

    def __init__(self, catalog: Catalog, scanner: UsageScanner) -> None:
        super().__init__(_SIZES_SHARE)
        self._catalog = catalog
        self._scanner = scanner

    async def _turn(self) -> float:
        has_more = await asyncio.to_thread(self._measure)
        return _SIZES_INTERVAL if has_more else _SIZES_IDLE

    def _measure(self) -> bool:
        return self._scanner.work(self._catalog.environments(), _SIZES_TURN)
