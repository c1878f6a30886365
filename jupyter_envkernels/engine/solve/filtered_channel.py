"""Give the solver the packages of a channel that are not too new, and without wheels, which cannot be installed.

The engine itself knows one time for all packages, and also applies it to those that are installed.
"""

from __future__ import annotations

from datetime import datetime

import rattler

from ..cutoffs import Cutoffs


class FilteredChannel:
    """A channel without packages that are left out: a source of packages for rattler's solver.

    Args:
        gateway: fetches and caches repodata.
        channel: the channel.
        cutoffs: the times after which packages are left out.
    """

    def __init__(self, gateway: rattler.Gateway, channel: rattler.Channel, cutoffs: Cutoffs) -> None:
        self._gateway = gateway
        self._channel = channel
        self._cutoffs = cutoffs

    async def fetch_package_records(
        self, platform: rattler.Subdir, name: rattler.PackageName
    ) -> list[rattler.RepoDataRecord]:
        """Return the packages of a name."""
        specs = [rattler.MatchSpec(name.normalized)]
        found = await self._gateway.query([self._channel], [platform], specs, recursive=False)
        return [record for records in found for record in records if is_usable(record, self._cutoffs)]

    def package_names(self, platform: rattler.Subdir) -> list[str]:  # noqa: ARG002 - rattler passes it
        """Return no names: the solver asks for each name that it needs."""
        return []


def is_usable(record: rattler.RepoDataRecord, cutoffs: Cutoffs) -> bool:
    """Return whether a package of a channel may be chosen."""
    return not (is_wheel(record) or is_too_new(record, cutoffs))


def is_wheel(record: rattler.RepoDataRecord) -> bool:
    """Return whether a record is that of a wheel, as the channel conda-pypi has them."""
    return record.url.endswith(".whl")


def is_too_new(record: rattler.RepoDataRecord, cutoffs: Cutoffs) -> bool:
    """Return whether a package of a channel is newer than its cut-off."""
    cutoff = cutoffs.of(record.channel or "", record.name.normalized) if cutoffs else None
    time = time_of(record) if cutoff else None
    return bool(time and cutoff and time > cutoff)


def time_of(record: rattler.RepoDataRecord) -> datetime | None:
    """Return the time at which a package was indexed, else that of its build; None if neither is known."""
    return record.indexed_timestamp or record.timestamp or None
