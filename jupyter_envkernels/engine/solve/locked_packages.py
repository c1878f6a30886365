"""Packages that are known by their URLs alone -> what the installer must know of them: each archive says it itself.

A lock file holds less than a channel's index (conda-lock leaves out whether a package is ``noarch: python``), and an
``@EXPLICIT`` list nothing at all, so ``info/index.json`` is read out of every archive, by range requests where the
server allows.
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
"""Bytes of ``info/index.json`` at most: it is read into memory, and an archive can unpack to any size."""


async def read_locked(
    client: rattler.Client, packages: Sequence[LockedPackage], patience: float
) -> list[PlannedPackage]:
    """Read what packages say of themselves, in their order.

    Args:
        client: fetches them.
        packages: by their URLs.
        patience: seconds that the reading of one may take; the engine itself would wait for ever.

    Raises:
        DownloadFailed: one cannot be fetched, or is another one than its URL says.
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
    """The content of ``info/index.json``."""
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
            f"{without_credentials(package.url)} is not the package that its name says.",
            remedy="Tell the maintainers of the channel.",
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
