"""Find packages that a channel has only as wheels, as the channel conda-pypi has them: see CEP 48.

The engine returns those of sharded channels, which the solver leaves out. Of other channels it ignores them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from itertools import product
from pathlib import Path

import rattler
from rattler.exceptions import FetchRepoDataError
from rattler.networking.fetch_repo_data import FetchRepoDataOptions
from rattler.repo_data.sparse import PackageFormatSelection, SparseRepoData

from .filtered_channel import is_wheel

_CACHED = FetchRepoDataOptions(cache_action="force-cache-only")
_WITH_WHEELS = PackageFormatSelection.PREFER_CONDA_WITH_WHL


async def cached_wheels(
    channels: Iterable[rattler.Channel], platforms: Sequence[rattler.Subdir], names: Sequence[str], repodata: Path
) -> list[rattler.RepoDataRecord]:
    """Return the wheels of channels that are not sharded, from the repodata that the engine has stored.

    Args:
        channels: the channels, which the engine has read.
        platforms: their subdirs.
        names: of packages.
        repodata: folder of the repodata cache.
    """
    found: list[rattler.RepoDataRecord] = []
    for channel, platform in product(channels, platforms):
        try:
            subdirs = await rattler.fetch_repo_data(
                channels=[channel], platforms=[platform], cache_path=repodata, callback=None, fetch_options=_CACHED
            )
        except FetchRepoDataError:  # a sharded channel has no stored repodata, and another may lack the subdir
            continue
        found += await asyncio.to_thread(_wheels_in, subdirs, names)
    return found


def _wheels_in(subdirs: Iterable[SparseRepoData], names: Sequence[str]) -> list[rattler.RepoDataRecord]:
    records = (record for each in subdirs for name in names for record in each.load_records(name, _WITH_WHEELS))
    return [record for record in records if is_wheel(record)]
