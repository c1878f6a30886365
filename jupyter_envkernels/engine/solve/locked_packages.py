"""Read the records of packages that are known by URL alone, from their archives.

A lock file has less than a channel's index (conda-lock omits whether a package is ``noarch: python``), and an
``@EXPLICIT`` list has URLs only, so ``info/index.json`` is read from each archive, by range requests if the server
supports them.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import rattler
from rattler.package_streaming import PackageArchive

from ...errors import DownloadFailed
from ...models import LockedPackage, PlannedPackage
from ...specs import without_credentials
from ..fetch.error_mapping import install_failure, stalled_download

_AT_ONCE = 16

_LONGEST = 1 << 20
"""Maximum size of ``info/index.json``, which is read into memory: an archive can unpack to any size."""


async def read_locked(
    client: rattler.Client, packages: Sequence[LockedPackage], patience: float
) -> list[PlannedPackage]:
    """Read the records of packages, in their order.

    Args:
        client: downloads.
        packages: with their URLs.
        patience: timeout in seconds for each package; the engine itself has none.

    Raises:
        DownloadFailed: a package cannot be downloaded, or is not the one that its URL names.
    """
    slots = asyncio.Semaphore(_AT_ONCE)

    async def one(package: LockedPackage) -> PlannedPackage:
        async with slots:
            try:
                index = await asyncio.wait_for(_index(client, package.url), patience)
            except asyncio.TimeoutError:
                name = without_credentials(package.url).rpartition("/")[2]
                raise stalled_download([name], patience) from None
            return _planned(package, index)

    return list(await asyncio.gather(*(one(package) for package in packages)))


async def _index(client: rattler.Client, url: str) -> Any:
    """Return the content of ``info/index.json``."""
    try:
        parts = urlsplit(url)
        if parts.scheme == "file":
            archive = await PackageArchive.from_path(Path(unquote(parts.path)))
        else:
            archive = await PackageArchive.from_url(client, url)
        async for entry in archive.stream("info"):
            if entry.name == "info/index.json" and entry.size <= _LONGEST:
                return json.loads(await entry.read())
    except (OSError, ValueError) as error:
        raise install_failure(f"failed to fetch {url}: {error}", is_listed=True) from error
    return None


def _planned(package: LockedPackage, index: Any) -> PlannedPackage:
    base, subdir, fn = package.url.rsplit("/", 2)
    stem = fn.removesuffix(".conda").removesuffix(".tar.bz2")
    if not isinstance(index, dict) or stem != "-".join(str(index.get(key)) for key in ("name", "version", "build")):
        raise DownloadFailed(
            f"{without_credentials(package.url)} is not the package that its file name says.",
            remedy="Report it to the maintainers of the channel.",
        )
    record = {**index, "fn": fn, "url": package.url, "channel": base, "subdir": subdir, "size": package.size or None}
    hashes = {"md5": package.md5, "sha256": package.sha256}
    record.update({key: value for key, value in hashes.items() if value})
    return PlannedPackage(
        name=index["name"],
        version=index["version"],
        build=index["build"],
        channel=base,
        subdir=subdir,
        url=package.url,
        sha256=package.sha256 or None,
        size=package.size,
        cached=False,
        record=json.dumps(record),
    )
