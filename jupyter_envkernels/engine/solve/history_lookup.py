"""Find the packages of a history, named as ``channel/subdir::name-version-build``: installed, or in their channel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import rattler

from ...envs.conda_config.condarc import Settings
from ...errors import SolveFailed
from ...specs import without_credentials
from ..fetch.client import Network
from ..messages import some
from ..variable_expansion import check_recorded


async def find(
    network: Network, settings: Settings, dists: Sequence[str], installed: Sequence[rattler.RepoDataRecord]
) -> list[rattler.RepoDataRecord]:
    """Find packages of a history.

    Args:
        network: reads the channels.
        settings: resolve channel names.
        dists: the packages.
        installed: packages that are used without reading their channel.

    Raises:
        SolveFailed: some packages do not exist; the message names them.
        GatewayError: a channel cannot be read.
        NotAllowed: a channel is forbidden.
        InvalidSpec: a channel that has to be read has a variable.
    """
    found: list[rattler.RepoDataRecord] = []
    missing: list[str] = []
    for dist in dists:
        channel, subdir, stem = _parts(dist)
        urls = settings.channel_urls([channel]) if channel else ()
        record = _match(installed, urls, subdir, stem)
        if record is None:
            check_recorded([dist], ())
            record = await _ask(network, urls, subdir, stem)
        if record is None:
            missing.append(stem)
        else:
            found.append(record)
    names = Counter(record.name.normalized for record in found)
    if twice := [name for name, count in names.items() if count > 1]:
        raise SolveFailed(f"The history of that revision is invalid: it has {some(twice)} more than once.")
    if missing:
        raise SolveFailed(
            f"The channels no longer have {some(missing)}.",
            remedy="Choose another revision, or update to a version that exists.",
        )
    return found


def _parts(dist: str) -> tuple[str, str, str]:
    """Return channel, subdir and ``name-version-build``; old histories have the last part only."""
    place, _, stem = dist.rpartition("::")
    channel, _, subdir = place.rpartition("/")
    return channel, subdir, stem.removesuffix(".conda").removesuffix(".tar.bz2")


def channel_of(record: rattler.RepoDataRecord) -> str:
    """Return the URL of a record's channel; conda adds the subdir to it, and pixi may leave it out."""
    return (record.channel or record.url.rpartition("/")[0]).rstrip("/").removesuffix(f"/{record.subdir}")


def _match(
    records: Iterable[rattler.RepoDataRecord], urls: Sequence[str], subdir: str, stem: str
) -> rattler.RepoDataRecord | None:
    """Return the package among records, from one of the channels if they are known."""
    known = set(map(without_credentials, urls))
    for record in records:
        is_it = f"{record.name.normalized}-{record.version}-{record.build}" == stem
        if is_it and subdir in {"", record.subdir} and (not known or channel_of(record) in known):
            return record
    return None


async def _ask(network: Network, urls: Sequence[str], subdir: str, stem: str) -> rattler.RepoDataRecord | None:
    name = stem.rsplit("-", 2)[0]
    if not urls or not subdir or not name:
        return None
    channels = [rattler.Channel(url) for url in network.log_in(urls)]
    platforms, names = [rattler.Subdir(subdir)], [rattler.MatchSpec(name)]
    answers = await network.gateway.query(channels, platforms, names, recursive=False)
    return _match([record for records in answers for record in records], urls, subdir, stem)
