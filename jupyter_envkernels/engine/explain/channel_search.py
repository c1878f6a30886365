"""Search the packages of channels by a match spec, and explain why none matches.

Run by ``jobs.lint_worker`` in a process of its own.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

import rattler
from rattler.exceptions import InvalidChannelError

from ...errors import NotFound, TooLarge
from ...models import ChannelPackage
from ...specs import expand_variables, without_credentials
from ...suggestions import did_you_mean
from ..fetch.error_mapping import channel_failure
from ..messages import only_as_wheel
from ..solve.channel_index import ChannelReader, Record
from ..solve.filtered_channel import is_usable
from ..solve.history_lookup import channel_of
from ..solve.rattler_specs import Reader
from ..solve.solver import Line, here
from .candidates import lack_of

_MOST = 10_000
"""Maximum number of packages of an answer, which is kept in memory as a whole."""


class ChannelSearch:
    """Searches channels.

    Args:
        reader: reads match specs.
        channels: reads channels, and keeps what it has read.
    """

    def __init__(self, reader: Reader, channels: ChannelReader) -> None:
        self._reader = reader
        self._channels = channels

    async def search(self, text: str, channels: Sequence[str], defaults: Sequence[str]) -> tuple[ChannelPackage, ...]:
        """Return the packages for this machine that match a spec, by name, oldest versions first.

        Args:
            text: the match spec; its name may be a pattern. If it names a channel, only that one is searched.
            channels: to search first.
            defaults: to search as well; variables in them are expanded.

        Raises:
            InvalidSpec: it is not a match spec.
            NotAllowed: a channel is forbidden.
            ChannelFailed: a channel cannot be read.
            NotFound: no package matches.
            TooLarge: too many packages match.
        """
        line = self._reader.pattern(text)
        named = [*channels, *(expand_variables(channel, os.environ) for channel in defaults)]
        try:
            sources = self._reader.channels([] if line.spec.channel else named, [line])
        except InvalidChannelError as error:
            raise channel_failure(str(error)) from error
        cutoffs, matching = self._reader.cutoffs(), await self._channels.search(sources, line.spec)
        found = [record for record in matching if line.matches(record) and is_usable(record, cutoffs)]
        if not found:
            searched = ", ".join(channel.base_url.rstrip("/") for channel in sources)
            raise NotFound(await self._why_none(line, sources), remedy=f"Searched for {here()[0]}: {searched}.")
        if len(found) > _MOST:
            message = f"{len(found):,} packages match `{line.text}`; at most {_MOST:,} can be shown."
            raise TooLarge(message, remedy="Give more of the name, or a version.")
        return tuple(map(_package, sorted(found, key=_by_age)))

    async def _why_none(self, line: Line, sources: Sequence[rattler.Channel]) -> str:
        """Return a sentence on a spec that no package matches."""
        urls, names = [channel.base_url for channel in sources], [line.name]
        solver = self._reader.solver(urls, [], cutoffs=self._reader.cutoffs())
        kept, too_new = await solver.records(names), await solver.too_new(names)
        if (kept or too_new) and (lack := lack_of(line, kept, solver, too_new)):
            return lack.message
        if wheels := await solver.wheels(names):
            return only_as_wheel(line.name, wheels[line.name])
        known = await self._channels.names(sources)
        guess = did_you_mean(line.spec.name.normalized.strip("*^$.") if line.spec.name else "", known)
        what = f"named {line.name}" if line.name else f"that matches `{line.text}`"
        return f"No channel has a package {what}. {guess}".rstrip()


def _by_age(record: Record) -> tuple[str, rattler.VersionWithSource, int, str]:
    return record.name.normalized, record.version, record.build_number, str(record.build)


def _package(record: Record) -> ChannelPackage:
    return ChannelPackage(
        name=record.name.normalized,
        version=str(record.version),
        build=str(record.build),
        build_number=record.build_number,
        channel=without_credentials(channel_of(record)),
        subdir=record.subdir,
        url=without_credentials(record.url),
        size=record.size or 0,
        timestamp=record.timestamp.timestamp() if record.timestamp else None,
        license=record.license,
        md5=record.md5.hex() if record.md5 else None,
        sha256=record.sha256.hex() if record.sha256 else None,
        depends=tuple(record.depends),
        constrains=tuple(record.constrains),
    )
