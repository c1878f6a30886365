"""py-rattler's install callbacks -> phases and progress.

The callbacks come from the engine's own threads, and what they raise is lost. They only count, under a lock; a handle
in the event loop reports.
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

    Downloads and links overlap in the engine. For the person they are two phases: linking begins when nothing is left
    to download.

    Args:
        packages: what is installed.
        report: hears of it.
        begun: bytes of packages that are here already, by name.
        patience: seconds without a byte for any open download after which it counts as failed. The engine itself
            waits for ever.

    Attributes:
        failure: a future that gets why the work is to be given up: downloads stand still, or one brings more bytes
            than the channel lists. The engine itself would take them all before it compares hashes.
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
        # an @EXPLICIT list does not tell sizes, nor does every channel
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
            self._tell()

    def on_populate_cache_start(self, operation: int, package_name: str) -> int:  # noqa: ARG002 - the engine's signature
        """Note that a package is brought into the cache; return the token of its download."""
        return self._token(package_name)

    def on_download_start(self, token: int) -> int:
        """Note that a download begins, or begins anew; return the token of the calls that follow."""
        with self._lock:
            self._open.add(self._names.get(token, ""))
            self._last_sign = time.monotonic()
        return token

    def on_download_progress(self, token: int, done: int, total: int | None) -> None:  # noqa: ARG002
        """Note how many bytes of one package are there."""
        with self._lock:
            name = self._names.get(token, "")
            self._last_sign = time.monotonic()
            # a retry begins at zero again; what was shown is not taken back
            self._received[name] = max(done, self._received.get(name, 0))
            if 0 < self._sizes.get(name, 0) < done:
                self._oversized = name

    def on_download_completed(self, token: int) -> None:
        """Note that the last byte of one package is there."""
        with self._lock:
            self._open.discard(self._names.get(token, ""))
            self._last_sign = time.monotonic()

    def on_populate_cache_complete(self, token: int) -> None:
        """Note that one package is in the cache, downloaded or copied there."""
        with self._lock:
            name = self._names.get(token, "")
            if name in self._missing:
                self._missing.discard(name)
                self._received[name] = self._sizes[name] or self._received.get(name, 0)
                self._news.append(f"fetched {name}")

    def on_link_start(self, operation: int, package_name: str) -> int:  # noqa: ARG002
        """Note that a package is being linked."""
        return self._token(package_name)

    def on_link_complete(self, token: int) -> None:
        """Note that a package is linked."""
        with self._lock:
            self._linked += 1
            self._news.append(f"linked {self._names.get(token, '')}")

    def _token(self, name: str) -> int:
        with self._lock:
            token = len(self._names) + 1  # never 0, which the engine takes for "none"
            self._names[token] = name
            return token

    def _tick(self) -> None:
        self._tell()
        failure = self._look()
        if failure is not None and not self.failure.done():
            self.failure.set_result(failure)
        self._timer = self._loop.call_later(_INTERVAL, self._tick)

    def _look(self) -> DownloadFailed | None:
        """Return why a download is to be given up, if one is."""
        with self._lock:
            if self._oversized:
                return oversized_download(self._oversized, self._sizes[self._oversized])
            if self._open and time.monotonic() - self._last_sign > self._patience:
                return stalled_download(sorted(self._open), self._patience)
        return None

    def _tell(self) -> None:
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
        # the engine alone decides what it links
        self._report.progress(linked, max(linked, self._total_packages), "packages")
