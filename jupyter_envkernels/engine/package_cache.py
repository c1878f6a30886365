"""The folder of extracted packages that all environments of a person share by hard links."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from rattler.package_cache import PackageCache, ValidationMode

from ..models import PlannedPackage
from .failures import damaged
from .leftovers import held


def open_cache(folder: Path) -> PackageCache:
    """The cache, as environments that share its files need it.

    Packages of the same name, version and build from different channels are kept apart. A package is compared with its
    own list of hashes before it is linked, and fetched again where it differs: a file that was edited in place in one
    environment would otherwise be so in every later one.
    """
    return PackageCache.new_layered([folder], cache_origin=True, validation_mode=ValidationMode.full())


def put_package(folder: Path, package: PlannedPackage, tree: Path) -> None:
    """Give the cache a package that is extracted already.

    The folder of a package has the hash of its URL in its name, and a file beside it tells how often it was fetched and
    the hash of its archive (``cache_key.rs`` and ``cache_lock.rs`` of rattler_cache 0.10). Where rattler should know it
    otherwise, it does not find the package, and fetches it.

    Args:
        folder: the cache.
        package: with its sha256.
        tree: the extracted package, on the same file system; it is moved.

    Raises:
        OSError: the cache cannot be written.
    """
    origin = hashlib.sha256(package.url.encode()).hexdigest()
    target = folder / f"{package.name}-{package.version}-{package.build}-{origin}"
    mark = folder / f"{target.name}.lock"
    with held(folder):
        revision = int.from_bytes(mark.read_bytes()[:_REVISION], "big") if mark.exists() else 0
        if target.exists():  # damaged, or of another archive; taken away like all that begins so, if not now
            replaced = Path(tempfile.mkdtemp(prefix=f".{package.name}", dir=folder))
            target.rename(replaced / target.name)
            shutil.rmtree(replaced, ignore_errors=True)
        mark.write_bytes((revision + 1).to_bytes(_REVISION, "big") + bytes.fromhex(package.sha256 or ""))
        tree.rename(target)


_REVISION = 8
"""Bytes of the number that the file beside a package begins with."""


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
        md5 = json.loads(package.record).get("md5")  # an @EXPLICIT list may have no other
        expected, kind = (package.sha256, "sha256") if package.sha256 else (md5, "md5")
        if expected and archive.exists() and digest_of(archive, kind) != expected:
            raise damaged(f"{package.name} {package.version}", package.url)


def digest_of(path: Path, kind: str) -> str:
    """The hash of a file, in hexadecimal digits."""
    digest = hashlib.new(kind, usedforsecurity=False)
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
