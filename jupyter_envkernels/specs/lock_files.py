"""Lock files, for the platform of this machine.

Formats: pixi.lock (https://pixi.sh/latest/workspace/lockfile/) and conda-lock.yml (https://conda.github.io/conda-lock/).
"""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..models import Diagnostic, EnvSpec, LockedPackage
from .categories import required
from .credentials import without_credentials
from .platforms import current_platform
from .remarks import Unreadable, exact, shown, unreadable

if TYPE_CHECKING:
    from rattler import LockFile
    from rattler.lock import Environment
    from rattler.lock import LockedPackage as Entry

# A bracket and the one that closes it, with nothing between them that could hide another.
_PAIR = re.compile(r"""[\[{](?:[^\[\]{}\n#"']|"[^"\n\[\]{}]*"|'[^'\n\[\]{}]*'){0,1000}[\]}]""")
_OPENING = re.compile(r"[\[{]")
_MAX_NESTED = 200
_MAX_REASON = 300
_PLACE = re.compile(r"at line (?P<line>\d+) column (?P<column>\d+)")
_AGAIN = "Make the lock file again with the program that wrote it."


def read(text: str) -> tuple[EnvSpec, list[Diagnostic]]:
    """The spec, and all that is to be said of it.

    Raises:
        Unreadable: it is no lock file, or has nothing for this platform.
    """
    here = current_platform()
    text, left_out = required(text, here)
    environment = _environment(_parse(text))
    platforms = environment.platforms()
    platform = next((platform for platform in platforms if str(platform.subdir) == here), None)
    if platform is None and left_out:
        raise Unreadable(replace(_left_out(left_out), severity="error", code="empty"))
    if platform is None:
        listed = ", ".join(platform.name for platform in platforms) or "none"
        message = f"The lock file has no packages for {here}; its platforms: {listed}."
        raise unreadable("other-platform", 1, 1, message, f"Lock the environment for {here}, too.")
    entries = environment.packages(platform) or []
    locked = tuple(_conda(entries))
    pip = tuple(_pip(entries))
    if not locked:
        message = f"The lock file lists no conda package for {here}."
        raise unreadable("empty", 1, 1, message, "Lock an environment that has python, at least.")
    said = [exact("a lock file", len(locked), 1)]
    if left_out:
        said.append(_left_out(left_out))
    return EnvSpec(locked=locked, pip=pip), said


def _left_out(counts: Counter[str]) -> Diagnostic:
    listed = ", ".join(f"{shown(category)} ({count:,})" for category, count in sorted(counts.items()))
    message = f"Packages of these categories are not installed: {shown(listed)}. Only those of main and dev are."
    remedy = "If you need them, lock them in one of these two categories."
    return Diagnostic("info", "categories-left-out", message, remedy, 1, 1)


def _parse(text: str) -> LockFile:
    from rattler import LockFile  # noqa: PLC0415 - its import costs more than reading a spec

    # rattler's YAML reader takes minutes over brackets that are nested ten thousand times
    if len(_OPENING.findall(_PAIR.sub("", text))) > _MAX_NESTED:
        raise unreadable("invalid-lock-file", 1, 1, "The lock file cannot be read: brackets are nested.", _AGAIN)
    with tempfile.TemporaryDirectory(prefix="envkernels-lock-") as folder:
        path = Path(folder, "lock")  # rattler reads files only
        path.write_text(text, encoding="utf-8", newline="")
        try:
            return LockFile.from_path(path)
        except Exception as error:  # its class is not among rattler's public ones
            reason = without_credentials(str(error))
            place = _PLACE.search(reason)
            line, column = (int(place["line"]), int(place["column"])) if place else (1, 1)
            message = f"The lock file cannot be read: {reason[:_MAX_REASON].rstrip('.')}."
            raise unreadable("invalid-lock-file", line, column, message, _AGAIN) from error


def _environment(lock: LockFile) -> Environment:
    """The default one, or the only one."""
    named = dict(lock.environments())  # py-rattler 0.28 has a default environment even where the file has none
    chosen = named.get("default") or (next(iter(named.values())) if len(named) == 1 else None)
    if chosen is None:
        message = f"The lock file has no default environment; it has {', '.join(named) or 'none'}."
        raise unreadable("invalid-lock-file", 1, 1, message, "Export one environment of it, and use that file.")
    return chosen


def _conda(entries: list[Entry]) -> Iterator[LockedPackage]:
    from rattler.lock import CondaLockedBinaryPackage, CondaLockedSourcePackage  # noqa: PLC0415

    for entry in entries:
        if isinstance(entry, CondaLockedSourcePackage):
            message = f"The lock file has {entry.name} as sources ({entry.location}), which would have to be built."
            raise unreadable("invalid-lock-file", 1, 1, message, "Publish the package in a channel, and lock again.")
        if isinstance(entry, CondaLockedBinaryPackage):
            record = entry.repo_data_record()
            md5, sha256 = record.md5, record.sha256
            yield LockedPackage(
                entry.location, md5.hex() if md5 else "", sha256.hex() if sha256 else "", record.size or 0
            )


def _pip(entries: list[Entry]) -> Iterator[str]:
    from rattler.lock import PypiLockedPackage  # noqa: PLC0415

    for entry in entries:
        if isinstance(entry, PypiLockedPackage):
            yield _requirement(entry.name, entry.location, _sha256(entry))


def _requirement(name: str, location: str, sha256: str) -> str:
    if "://" not in location:
        return location  # a folder
    fragment = f"#sha256={sha256}" if sha256 and "#" not in location else ""
    return f"{name} @ {location}{fragment}"


def _sha256(entry: Entry) -> str:
    hashes = entry.hashes
    if hashes is None or hashes._hashes is None:  # noqa: SLF001 - py-rattler 0.28 wraps a None
        return ""
    return hashes.sha256.hex() if hashes.sha256 else ""
