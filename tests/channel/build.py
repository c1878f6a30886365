"""Build the channels once, and keep them in a cache for all later runs.

::

    main/            python, python_abi, ipykernel and all that it requires, pip, numpy, odd packages
    extra/           other versions of some of them, for channel priority
    alt/main/        another channel whose name is also "main"
    broken/          wrong sha256, truncated archive, missing file
    wheels/ simple/  a package index for the pip: section
    manifest.json    the Pythons and packages that are there
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

from .cpython import NotRelocatableError, build_python
from .download import DownloadError, download_wheels
from .index import index_channels
from .interpreters import Interpreter, find_interpreters
from .pip_index import write_pip_index
from .synthetic import spoil, synthetic_packages, write_sound
from .wheels import Wheel

CHANNELS = ("main", "extra", "alt/main", "broken")

_NOT_BUILDERS = {"__init__.py", "__main__.py", "server.py", "install.py"}
_UNFINISHED = ".building-"
_KEPT_SECONDS = 14 * 24 * 3600


class BuildError(Exception):
    """The channel cannot be built; the message says what is missing."""


def ensure_channel() -> Path:
    """Return the folder of the channels, building it where this version of it is not in the cache.

    The cache is ``jupyter-envkernels/test-channel`` in the user's cache folder, or ENVKERNELS_TEST_CHANNEL.
    Raises BuildError.
    """
    candidates = find_interpreters()
    cache = _cache_folder()
    cache.mkdir(parents=True, exist_ok=True)
    target = cache / _key(candidates)
    with _locked(cache / ".lock"):
        if not target.exists():
            _say(f"building the test channel into {target} (once)")
            build_channel(target, candidates)
            _remove_unused(cache)
    os.utime(target)
    return target


def build_channel(target: Path, candidates: dict[str, list[Interpreter]] | None = None) -> None:
    """Build the channels into *target*, which appears only when it is complete. Raises BuildError."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        raise BuildError(f"{target} exists already: remove it, or name another folder")
    started = time.monotonic()
    work = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=target.parent))
    try:
        pythons = _build(work, find_interpreters() if candidates is None else candidates)
        _write_manifest(work, pythons, time.monotonic() - started)
        work.chmod(0o755)
        work.rename(target)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    _say(f"Pythons {', '.join(i.version for i in pythons)}; {time.monotonic() - started:.0f} s")
    if len(pythons) == 1:
        _say("for kernels of two Pythons side by side, install another, as with `uv python install`")


def _build(root: Path, candidates: dict[str, list[Interpreter]]) -> list[Interpreter]:
    pythons = _write_pythons(root / "main", candidates)
    for package, channel, suffix in synthetic_packages():
        package.write(root / channel, suffix=suffix)
    write_sound(root / "broken")
    write_pip_index(root)
    index_channels(*(root / channel for channel in CHANNELS))
    spoil(root / "broken")
    return pythons


def _write_pythons(channel: Path, candidates: dict[str, list[Interpreter]]) -> list[Interpreter]:
    """Write python and the wheels' packages for each X.Y that can be repackaged, and return those."""
    wheels: dict[str, tuple[Path, list[Interpreter]]] = {}
    pythons = []
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as pool:
        wheelhouses = [Path(folder, xy) for xy in candidates]
        written = pool.map(_write_python, [channel] * len(candidates), candidates.values(), wheelhouses)
        for interpreter, paths in filter(None, written):
            pythons.append(interpreter)
            for path in paths:
                wheels.setdefault(path.name, (path, []))[1].append(interpreter)
        if not pythons:
            raise BuildError("no CPython of this machine could be repackaged and given its wheels from PyPI")
        list(pool.map(_write_wheel, [channel] * len(wheels), wheels.values()))  # so that an error is raised here
    return pythons


def _write_python(
    channel: Path, candidates: list[Interpreter], wheelhouse: Path
) -> tuple[Interpreter, list[Path]] | None:
    for interpreter in candidates:
        try:
            packages = build_python(interpreter)
            wheels = download_wheels(interpreter, wheelhouse)
        except (NotRelocatableError, DownloadError) as error:
            _say(f"without {interpreter.executable}: {error}")
            continue
        for package in packages:
            package.write(channel)
        return interpreter, wheels
    return None


def _write_wheel(channel: Path, wheel: tuple[Path, list[Interpreter]]) -> None:
    path, interpreters = wheel
    for package in Wheel(path).packages(interpreters):
        package.write(channel)


def _write_manifest(root: Path, pythons: list[Interpreter], seconds: float) -> None:
    archives = {
        channel: sorted(chain((root / channel).rglob("*.conda"), (root / channel).rglob("*.tar.bz2")))
        for channel in CHANNELS
    }
    manifest = {
        "pythons": {i.xy: i.version for i in pythons},
        "seconds": round(seconds, 1),
        "bytes": {channel: sum(p.stat().st_size for p in paths) for channel, paths in archives.items()},
        "packages": {channel: [p.name for p in paths] for channel, paths in archives.items()},
    }
    (root / "manifest.json").write_text(json.dumps(manifest, indent=1))


def _cache_folder() -> Path:
    if override := os.environ.get("ENVKERNELS_TEST_CHANNEL"):
        return Path(override).expanduser().resolve()
    user = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(user).expanduser() / "jupyter-envkernels" / "test-channel"


def _key(candidates: dict[str, list[Interpreter]]) -> str:
    digest = hashlib.sha256()
    for source in sorted(Path(__file__).parent.glob("*.py")):
        if source.name not in _NOT_BUILDERS and not source.name.startswith("test_"):
            digest.update(source.read_bytes())
    digest.update(repr(candidates).encode())
    return digest.hexdigest()[:16]


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _remove_unused(cache: Path) -> None:
    """Remove what interrupted builds left, and what earlier builders made and nobody has used for two weeks."""
    for entry in filter(Path.is_dir, cache.iterdir()):
        unused = time.time() - entry.stat().st_mtime > _KEPT_SECONDS
        if unused or entry.name.startswith(_UNFINISHED):
            shutil.rmtree(entry, ignore_errors=True)


def _say(line: str) -> None:
    print(f"test channel: {line}", file=sys.stderr, flush=True)
