"""Which channels may be used: conda's ``allowlist_channels`` and ``denylist_channels``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from ..envs.condarc import Settings
from ..envs.condarc_sources import expand_variables
from ..errors import Forbidden
from ..specs import without_credentials

_SUBDIR = re.compile(r"/(noarch|(linux|osx|win|emscripten|wasi|freebsd|zos)-\w+)/?\Z")
_IN_BRACKETS = re.compile(r"""[\[,]\s*channel\s*=\s*['"]?([^'",\]]+)""")


def channels_in(lines: Iterable[str]) -> Iterator[str]:
    """The channels that match specs name themselves: ``channel::name``, or ``name[channel=channel]``."""
    for line in lines:
        before, _, after = line.rpartition("::")
        if before:
            yield before.strip()
        yield from (found.strip() for found in _IN_BRACKETS.findall(after))


def check_allowed(settings: Settings, channels: Iterable[str], environ: Mapping[str, str]) -> None:
    """Refuse channels that conda's configuration forbids.

    Args:
        settings: conda's configuration.
        channels: names, URLs or paths of folders; a subdir or a login in them does not count. Variables in them are
            expanded, but not told.
        environ: the variables.

    Raises:
        Forbidden: one of them must not be used.
    """
    if not (settings.allowlist_channels or settings.denylist_channels):
        return
    allowed, denied = _urls(settings, settings.allowlist_channels), _urls(settings, settings.denylist_channels)
    for channel in channels:
        urls = _urls(settings, [expand_variables(channel, environ)])
        if urls & denied or (allowed and urls - allowed):
            remedy = f"Use {', '.join(settings.allowlist_channels)}." if allowed else "Use another channel."
            setting = "denylist_channels" if urls & denied else "allowlist_channels"
            raise Forbidden(
                f"The channel {without_credentials(channel)} must not be used: conda's {setting} forbids it.",
                remedy=without_credentials(remedy),
            )


def _urls(settings: Settings, channels: Iterable[str]) -> set[str]:
    bare = [_SUBDIR.sub("", without_credentials(channel)) for channel in channels]
    return {without_credentials(url) for url in settings.channel_urls(bare)}
