"""Read what channels have, one by one, so that one that fails or is slow does not block the others."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

import rattler
from rattler.exceptions import GatewayError

from ...errors import ChannelFailed
from ..cutoffs import Cutoffs
from ..fetch.client import UNCHANGED, Network
from ..fetch.error_mapping import channel_failure
from .filtered_channel import is_too_new, is_wheel
from .solver import Line, here
from .wheels import cached_wheels

_RETRY = 10.0
"""Seconds until a channel that could not be read is tried again: while a user types, checks run every second."""

Record = rattler.RepoDataRecord
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ChannelIndex:
    """What some channels have. Channels are named by their base URLs.

    Attributes:
        names: channel -> names of its packages for this machine.
        records: requested name -> its packages in all channels that could be read.
        too_new: requested name -> those that are left out because they are too new.
        wheels: name that has no package -> URL of a channel that has it as a wheel, which cannot be installed.
        failures: channel -> why it could not be read.
        slow: channels that did not answer in time.
        is_part: whether some channels of the spec were left out.
    """

    names: Mapping[str, frozenset[str]] = field(default_factory=dict)
    records: Mapping[str, Sequence[Record]] = field(default_factory=dict)
    failures: Mapping[str, ChannelFailed] = field(default_factory=dict)
    slow: tuple[str, ...] = ()
    is_part: bool = False
    too_new: Mapping[str, Sequence[Record]] = field(default_factory=dict)
    wheels: Mapping[str, str] = field(default_factory=dict)

    def usable(self, cutoffs: Cutoffs) -> ChannelIndex:
        """Return the index without packages that are too new, and without wheels."""
        index = replace(self, records={name: _without_wheels(records) for name, records in self.records.items()})
        if cutoffs:
            split = {name: _by_age(records, cutoffs) for name, records in index.records.items()}
            kept, left_out = ({name: pair[which] for name, pair in split.items()} for which in (False, True))
            index = replace(self, records=kept, too_new=left_out)
        lacking = (each for name, records in self.records.items() if index.lacks(name) for each in records)
        return replace(index, wheels=_by_name(lacking))

    def lacks(self, name: str) -> bool:
        """Return whether a requested name has no package."""
        return not (self.records.get(name) or self.too_new.get(name))

    def names_for(self, line: Line) -> list[frozenset[str]]:
        """Return the names of packages in each channel that a line may use."""
        source = line.spec.channel
        return [names for url, names in self.names.items() if source is None or url == source.base_url]

    def has(self, line: Line) -> bool:
        """Return whether a channel has a package of the line's name."""
        return any(line.name in names for names in self.names_for(line))

    def tells_all(self, line: Line) -> bool:
        """Return whether all channels were read that may have packages for a line."""
        if line.spec.channel is not None:
            return line.spec.channel.base_url in self.names
        return not (self.failures or self.slow or self.is_part)


class ChannelReader:
    """Reads channels, and keeps what it has read.

    Args:
        network: has the gateway that fetches repodata.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        self._gateway = network.gateway
        self._names: dict[str, tuple[float, asyncio.Task[frozenset[str]]]] = {}

    async def look(
        self, channels: Sequence[rattler.Channel], wanted: Sequence[str], seconds: float, *, is_part: bool = False
    ) -> ChannelIndex:
        """Read channels within a timeout.

        Args:
            channels: the channels.
            wanted: names of packages whose records are returned.
            seconds: the timeout. Reading goes on in the background for the next call.
            is_part: whether the spec has further channels.
        """
        looks = {c.base_url: asyncio.ensure_future(self._look(c, wanted)) for c in channels}
        if not looks:
            return ChannelIndex(is_part=is_part)
        _, late = await asyncio.wait(looks.values(), timeout=seconds)
        for look in late:
            look.cancel()
        names: dict[str, frozenset[str]] = {}
        records: dict[str, list[Record]] = {}
        failures: dict[str, ChannelFailed] = {}
        for url, look in looks.items():
            if look in late:
                continue
            try:
                names[url], found = look.result()
            except GatewayError as error:
                failures[url] = channel_failure(str(error), url, self._network.proxy_of)
                continue
            for record in found:
                records.setdefault(record.name.normalized, []).append(record)
        slow = tuple(url for url, look in looks.items() if look in late)
        return ChannelIndex(names, records, failures, slow, is_part)

    async def with_wheels(
        self, index: ChannelIndex, channels: Iterable[rattler.Channel], names: Iterable[str]
    ) -> ChannelIndex:
        """Return the index with the wheels of names that have no package."""
        unknown = [name for name in dict.fromkeys(names) if index.lacks(name) and name not in index.wheels]
        if not unknown:
            return index
        read = [channel for channel in channels if channel.base_url in index.names]
        found = await cached_wheels(read, here(), unknown, self._network.repodata)
        return replace(index, wheels={**index.wheels, **_by_name(found)})

    async def search(self, channels: Iterable[rattler.Channel], spec: rattler.MatchSpec) -> list[Record]:
        """Return the packages for this machine that match a spec, of which the name may be a pattern.

        Raises:
            ChannelFailed: a channel cannot be read.
        """
        found = await asyncio.gather(*(self._matches(channel, spec) for channel in channels))
        return [record for records in found for record in records]

    async def names(self, channels: Iterable[rattler.Channel]) -> frozenset[str]:
        """Return the names of the packages for this machine.

        Raises:
            GatewayError: a channel cannot be read.
        """
        return frozenset().union(*await asyncio.gather(*map(self._reading, channels)))

    async def _matches(self, channel: rattler.Channel, spec: rattler.MatchSpec) -> list[Record]:
        async def ask(gateway: rattler.Gateway) -> list[Record]:
            return [found for each in await gateway.query([channel], here(), [spec], recursive=False) for found in each]

        try:
            return await self._ask(channel, ask)
        except GatewayError as error:
            raise channel_failure(str(error), channel.base_url, self._network.proxy_of) from error

    async def _look(
        self, channel: rattler.Channel, wanted: Sequence[str]
    ) -> tuple[frozenset[str], Sequence[rattler.RepoDataRecord]]:
        names = await asyncio.shield(self._reading(channel))
        specs = [rattler.MatchSpec(name) for name in dict.fromkeys(wanted) if name in names]
        found = await self._network.gateway.query([channel], here(), specs, recursive=False)
        return names, [record for records in found for record in records]

    def _reading(self, channel: rattler.Channel) -> asyncio.Task[frozenset[str]]:
        """Return the task that reads the names of a channel; a new one if the last one failed a while ago."""
        if self._gateway is not self._network.gateway:  # a channel has brought a new login
            self._gateway = self._network.gateway
            self._names.clear()
        url, now = channel.base_url, time.monotonic()
        begun, task = self._names.get(url, (now, None))
        if task is None or (task.done() and task.exception() and now - begun > _RETRY):
            task = asyncio.ensure_future(self._read(channel))
            self._names[url] = (now, task)
        return task

    async def _read(self, channel: rattler.Channel) -> frozenset[str]:
        found = await self._ask(channel, lambda gateway: gateway.names([channel], here()))
        return frozenset(name.normalized for name in found)

    async def _ask(self, channel: rattler.Channel, ask: Callable[[rattler.Gateway], Awaitable[T]]) -> T:
        """Ask the gateway, once more if a server's answer confused its cache."""
        gateway = self._network.gateway
        try:
            return await ask(gateway)
        except GatewayError as error:
            if UNCHANGED not in str(error):
                raise
            gateway.clear_repodata_cache(channel, clear_disk=True)
            return await ask(gateway)


def _by_name(wheels: Iterable[Record]) -> dict[str, str]:
    return {record.name.normalized: record.channel or "" for record in wheels}


def _without_wheels(records: Iterable[Record]) -> list[Record]:
    return [record for record in records if not is_wheel(record)]


def _by_age(records: Iterable[Record], cutoffs: Cutoffs) -> dict[bool, list[Record]]:
    """Split packages by whether they are too new."""
    found: dict[bool, list[Record]] = {False: [], True: []}
    for record in records:
        found[is_too_new(record, cutoffs)].append(record)
    return found
