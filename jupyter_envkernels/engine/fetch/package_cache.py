"""Manage the package cache: extracted packages, which all environments of a user share by hard links."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

from rattler.package_cache import PackageCache, ValidationMode

from ...models import PlannedPackage
from .cache_lock import held, mark_file, take_out
from .error_mapping import damaged


def open_cache(folder: Path) -> PackageCache:
    """Return rattler's cache with separate entries by origin and with validation.

    Packages of the same name, version and build from different channels are separate entries. A package is compared
    with its own list of hashes before it is linked, and downloaded again if it differs: by hard links, a file that was
    edited in one environment would otherwise get into every later one.
    """
    return PackageCache.new_layered([folder], cache_origin=True, validation_mode=ValidationMode.full())


def put_package(folder: Path, package: PlannedPackage, tree: Path) -> None:
    """Add an extracted package to the cache. If rattler does not recognize the entry, it downloads the package again.

    Args:
        folder: the cache.
        package: has a sha256.
        tree: the extracted package, on the same file system; it is moved.

    Raises:
        OSError: the cache cannot be written.
    """
    target = entry_of(folder, package)
    with held(folder):
        revision = int.from_bytes(_mark_of(target)[:_REVISION], "big") + 1
        take_out(target)
        mark_file(target).write_bytes(revision.to_bytes(_REVISION, "big") + bytes.fromhex(package.sha256 or ""))
        tree.rename(target)


def without_doubtful(folder: Path, packages: Sequence[PlannedPackage]) -> list[PlannedPackage]:
    """Remove cached packages with only an md5 from the cache, so that they are downloaded and compared.

    rattler stores and compares only sha256, but an ``@EXPLICIT`` list may have only md5.
    """
    answer = list(packages)
    for place, package in enumerate(packages):
        if package.cached and not package.sha256 and _md5(package):
            with held(folder):
                take_out(entry_of(folder, package))
            answer[place] = replace(package, cached=False)
    return answer


_REVISION = 8
"""Bytes of the number at the start of the lock file beside a package."""


def entry_of(folder: Path, package: PlannedPackage) -> Path:
    """Return the folder of a package in the cache; the name ends with the hash of its origin (``cache_key.rs``)."""
    url = urlsplit(package.url)
    origin = unquote(url.path) if url.scheme == "file" else package.url
    return folder / f"{package.name}-{package.version}-{package.build}-{hashlib.sha256(origin.encode()).hexdigest()}"


def _mark_of(entry: Path) -> bytes:
    with suppress(OSError):
        return mark_file(entry).read_bytes()
    return b""


def _md5(package: PlannedPackage) -> str:
    """Return the md5 of a package; empty if its record has none."""
    return json.loads(package.record).get("md5") or ""


def check_archives(packages: Sequence[PlannedPackage]) -> None:
    """Compare archives of ``file:`` channels with their hashes, because rattler compares only what it downloads.

    Raises:
        DownloadFailed: an archive differs from what the channel says.
    """
    for package in packages:
        url = urlsplit(package.url)
        if package.cached or url.scheme != "file":
            continue
        archive = Path(unquote(url.path))
        # an @EXPLICIT list may have only md5
        expected, kind = (package.sha256, "sha256") if package.sha256 else (_md5(package), "md5")
        if expected and archive.exists() and digest_of(archive, kind) != expected:
            raise damaged(f"{package.name} {package.version}", package.url)


def digest_of(path: Path, kind: str) -> str:
    """Return the hash of a file, in hexadecimal digits."""
    digest = hashlib.new(kind, usedforsecurity=False)
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
