"""Convert py-rattler's callbacks during an installation to phases and progress.

The callbacks run in the engine's own threads, and their exceptions are lost. So they only count, under a lock, and a
timer in the event loop reports.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING

from ...errors import DownloadFailed
from ...models import PlannedPackage, count_of, size
from ..backend import Report
from .error_mapping import oversized_download, stalled_download

if TYPE_CHECKING:
    from typing_extensions import Self

_INTERVAL = 0.1
"""Seconds between two reports."""


class Meter:
    """A reporter object for ``rattler.install``; the method names are rattler's. Use it as a context manager.

    Downloads and links overlap in the engine. They are reported as two phases: linking begins after the last download.

    Args:
        packages: packages to install.
        report: gets the progress.
        begun: bytes that were downloaded before, by name of the package.
        patience: seconds without a byte of any download after which downloads count as failed. The engine itself
            waits forever.

    Attributes:
        failure: a future with the reason to stop: downloads have stalled, or one is larger than the channel lists.
            The engine itself would receive all bytes before it compares hashes.
    """

    def __init__(
        self, packages: Sequence[PlannedPackage], begun: Mapping[str, int], report: Report, patience: float
    ) -> None:
        self._report = report
        self._loop = asyncio.get_running_loop()
        self._patience = patience
        self.failure: asyncio.Future[DownloadFailed] = self._loop.create_future()
        self._lock = threading.Lock()
        self._sizes = {package.name: package.size for package in packages if not package.cached}
        # an @EXPLICIT list has no sizes, nor has every channel
        self._total_bytes = sum(self._sizes.values()) if all(self._sizes.values()) else None
        self._total_packages = len(packages)
        self._missing = set(self._sizes)
        self._names: dict[int, str] = {}
        self._received = dict(begun)
        self._open: set[str] = set()
        self._oversized = ""
        self._last_sign = time.monotonic()
        self._linked = 0
        self._news: list[str] = []
        self._in_linking = False
        self._timer: asyncio.TimerHandle | None = None

    def __enter__(self) -> Self:
        if self._missing:
            total = "" if self._total_bytes is None else f", {size(self._total_bytes)}"
            self._report.phase("downloading", f"Downloading {count_of(len(self._missing), 'package')}{total}")
        self._tick()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if error is None:
            self._publish()

    def on_populate_cache_start(self, operation: int, package_name: str) -> int:  # noqa: ARG002 - the engine's signature
        """Record that a package is fetched into the cache; return the token of its download."""
        return self._token(package_name)

    def on_download_start(self, token: int) -> int:
        """Record that a download begins or is retried; return the token of the calls that follow."""
        with self._lock:
            self._open.add(self._names.get(token, ""))
            self._last_sign = time.monotonic()
        return token

    def on_download_progress(self, token: int, done: int, total: int | None) -> None:  # noqa: ARG002
        """Record the received bytes of a package."""
        with self._lock:
            name = self._names.get(token, "")
            self._last_sign = time.monotonic()
            # a retry begins at zero, but progress must not decrease
            self._received[name] = max(done, self._received.get(name, 0))
            if 0 < self._sizes.get(name, 0) < done:
                self._oversized = name

    def on_download_completed(self, token: int) -> None:
        """Record the end of a download."""
        with self._lock:
            self._open.discard(self._names.get(token, ""))
            self._last_sign = time.monotonic()

    def on_populate_cache_complete(self, token: int) -> None:
        """Record that a package is in the cache, downloaded or copied there."""
        with self._lock:
            name = self._names.get(token, "")
            if name in self._missing:
                self._missing.discard(name)
                self._received[name] = self._sizes[name] or self._received.get(name, 0)
                self._news.append(f"fetched {name}")

    def on_link_start(self, operation: int, package_name: str) -> int:  # noqa: ARG002
        """Record that a package is being linked."""
        return self._token(package_name)

    def on_link_complete(self, token: int) -> None:
        """Record that a package is linked."""
        with self._lock:
            self._linked += 1
            self._news.append(f"linked {self._names.get(token, '')}")

    def _token(self, name: str) -> int:
        with self._lock:
            token = len(self._names) + 1  # never 0, which means "none" to the engine
            self._names[token] = name
            return token

    def _tick(self) -> None:
        self._publish()
        failure = self._look()
        if failure is not None and not self.failure.done():
            self.failure.set_result(failure)
        self._timer = self._loop.call_later(_INTERVAL, self._tick)

    def _look(self) -> DownloadFailed | None:
        """Return why downloads must be stopped, or None."""
        with self._lock:
            if self._oversized:
                return oversized_download(self._oversized, self._sizes[self._oversized])
            if self._open and time.monotonic() - self._last_sign > self._patience:
                return stalled_download(sorted(self._open), self._patience)
        return None

    def _publish(self) -> None:
        with self._lock:
            received, missing, linked = sum(self._received.values()), len(self._missing), self._linked
            news, self._news = self._news, []
        if news:
            self._report.log("\n".join(news))
        if missing:
            done = received if self._total_bytes is None else min(received, self._total_bytes)
            self._report.progress(done, self._total_bytes, "bytes")
            return
        if not self._in_linking:
            self._in_linking = True
            if self._sizes:
                done = received if self._total_bytes is None else self._total_bytes
                self._report.progress(done, done, "bytes")
            self._report.phase("linking", f"Linking {count_of(self._total_packages, 'package')}")
        # the engine decides what it links, so the total is only an estimate
        self._report.progress(linked, max(linked, self._total_packages), "packages")
