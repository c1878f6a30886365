"""The folder of extracted packages that all environments of a person share by hard links."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from rattler.package_cache import PackageCache, ValidationMode

from ..models import PlannedPackage
from .failures import damaged


def open_cache(folder: Path) -> PackageCache:
    """The cache, as environments that share its files need it.

    Packages of the same name, version and build from different channels are kept apart. A package is compared with its
    own list of hashes before it is linked, and fetched again where it differs: a file that was edited in place in one
    environment would otherwise be so in every later one.
    """
    return PackageCache.new_layered([folder], cache_origin=True, validation_mode=ValidationMode.full())


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
        if expected and archive.exists() and _digest(archive, kind) != expected:
            raise damaged(f"{package.name} {package.version}", package.url)


def _digest(path: Path, kind: str) -> str:
    digest = hashlib.new(kind, usedforsecurity=False)
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
