"""Cache the kernelspecs that Jupyter finds by itself; each is read again only when its kernel.json has changed."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from jupyter_client.kernelspec import KernelSpec

from ..envs.fingerprints import Stamp, stamp_of

Load = Callable[[str, str], KernelSpec]


@dataclass(frozen=True, slots=True)
class _Known:
    folder: str
    stamp: Stamp | None
    spec: dict[str, Any] | None


class OtherKernelSpecs:
    """A cache of kernelspecs on disk. Broken ones are skipped, and logged once.

    Args:
        load: reads one: name, folder -> kernelspec.
        log: the logger for broken ones.
    """

    def __init__(self, load: Load, log: logging.Logger) -> None:
        self._load = load
        self._log = log
        self._known: dict[str, _Known] = {}

    def read(self, folders: Mapping[str, str]) -> dict[str, dict[str, Any]]:
        """Return kernelspecs by name, as dictionaries that must not be changed.

        Args:
            folders: name -> resource folder, as jupyter_client finds them.
        """
        now = time.time_ns()
        self._known = {name: self._current(name, folder, now) for name, folder in folders.items()}
        return {name: known.spec for name, known in self._known.items() if known.spec is not None}

    def _current(self, name: str, folder: str, now: int) -> _Known:
        stamp = stamp_of(f"{folder}/kernel.json", now)
        known = self._known.get(name)
        if known is not None and known.folder == folder and known.stamp == stamp and stamp is not None:
            return known
        try:
            spec = self._load(name, folder).to_dict()
        except Exception as error:  # noqa: BLE001 - one broken kernelspec must not hide the others
            self._log.warning("The kernelspec %s in %s is skipped: %s", name, folder, error)
            return _Known(folder, stamp, None)
        return known if known is not None and known == _Known(folder, stamp, spec) else _Known(folder, stamp, spec)
