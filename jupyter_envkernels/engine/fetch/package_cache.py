"""The folder of extracted packages that all environments of a person share by hard links."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

from rattler.package_cache import PackageCache, ValidationMode

from ...models import PlannedPackage
from .cache_lock import held
from .error_mapping import damaged


def open_cache(folder: Path) -> PackageCache:
    """Return the cache, as environments that share its files need it.

    Packages of the same name, version and build from different channels are kept apart. A package is compared with its
    own list of hashes before it is linked, and fetched again where it differs: a file that was edited in place in one
    environment would otherwise be so in every later one.
    """
    return PackageCache.new_layered([folder], cache_origin=True, validation_mode=ValidationMode.full())


def put_package(folder: Path, package: PlannedPackage, tree: Path) -> None:
    """Give the cache a package that is extracted already. Where rattler should not find it, it fetches it.

    Args:
        folder: the cache.
        package: with its sha256.
        tree: the extracted package, on the same file system; it is moved.

    Raises:
        OSError: the cache cannot be written.
    """
    target = entry_of(folder, package)
    with held(folder):
        revision = int.from_bytes(_mark_of(target)[:_REVISION], "big") + 1
        take_out(target)
        _mark_file(target).write_bytes(revision.to_bytes(_REVISION, "big") + bytes.fromhex(package.sha256 or ""))
        tree.rename(target)


def without_doubtful(folder: Path, packages: Sequence[PlannedPackage]) -> list[PlannedPackage]:
    """Take cached packages of which only an md5 is known out of the cache, so that they are fetched and compared.

    rattler keeps and compares a sha256 alone, but an ``@EXPLICIT`` list may have nothing else than md5.
    """
    answer = list(packages)
    for place, package in enumerate(packages):
        if package.cached and not package.sha256 and _md5(package):
            with held(folder):
                take_out(entry_of(folder, package))
            answer[place] = replace(package, cached=False)
    return answer


_REVISION = 8
"""Bytes of the number that the file beside a package begins with."""


def entry_of(folder: Path, package: PlannedPackage) -> Path:
    """Return where rattler keeps a package; the name ends with the hash of its origin (``cache_key.rs``)."""
    url = urlsplit(package.url)
    origin = unquote(url.path) if url.scheme == "file" else package.url
    return folder / f"{package.name}-{package.version}-{package.build}-{hashlib.sha256(origin.encode()).hexdigest()}"


def _mark_file(entry: Path) -> Path:
    """Rattler's file beside a package: how often it was fetched, and the hash of its archive (``cache_lock.rs``)."""
    return entry.with_name(f"{entry.name}.lock")


def _mark_of(entry: Path) -> bytes:
    with suppress(OSError):
        return _mark_file(entry).read_bytes()
    return b""


def _md5(package: PlannedPackage) -> str:
    """Empty where the record has none."""
    return json.loads(package.record).get("md5") or ""


def take_out(entry: Path) -> None:
    """Take a folder out of the cache. What cannot be deleted now is swept like all that begins with a dot."""
    if entry.exists():
        folder = Path(tempfile.mkdtemp(prefix=f".{entry.name}", dir=entry.parent))
        entry.rename(folder / entry.name)
        shutil.rmtree(folder, ignore_errors=True)


def check_archives(packages: Sequence[PlannedPackage]) -> None:
    """Compare archives of ``file:`` channels with their hashes: rattler compares those alone that it downloads.

    Raises:
        DownloadFailed: an archive is not what the channel says.
    """
    for package in packages:
        url = urlsplit(package.url)
        if package.cached or url.scheme != "file":
            continue
        archive = Path(unquote(url.path))
        # an @EXPLICIT list may have no other
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
