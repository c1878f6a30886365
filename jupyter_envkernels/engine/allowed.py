"""Which channels may be used: conda's ``allowlist_channels``, ``denylist_channels``, and the limits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from ..envs.condarc import Settings
from ..envs.condarc_sources import expand_variables
from ..errors import Forbidden, NotAllowed
from ..models import Limits
from ..specs import without_credentials

_NO_LIMITS = Limits()
_SUBDIR = re.compile(r"/(noarch|(linux|osx|win|emscripten|wasi|freebsd|zos)-\w+)/?\Z")
_IN_BRACKETS = re.compile(r"""[\[,]\s*(channel|url)\s*=\s*['"]?([^'",\]]+)""")
_URL = re.compile(r"\s*([\w+]+://\S+)/[^/\s]+\.(conda|tar\.bz2)\b.*")
_NAMESPACE = re.compile(r"\s*([^\s:=<>!~\[]+):(?!//)[^:]+:[^:]")


def channels_in(lines: Iterable[str]) -> Iterator[str]:
    """The channels that match specs name themselves.

    As ``channel::name``, ``channel:namespace:name``, ``name[channel=channel]``, or by the URL of a package.
    """
    for line in lines:
        before, _, after = line.rpartition("::")
        if before:
            yield before.strip()
        for pattern in (_URL, _NAMESPACE):
            if found := pattern.match(line):
                yield found[1]
        for key, value in _IN_BRACKETS.findall(after):
            yield (value.rpartition("/")[0] if key == "url" else value).strip()


def check_allowed(
    settings: Settings, channels: Iterable[str], environ: Mapping[str, str], limits: Limits = _NO_LIMITS
) -> None:
    """Refuse channels that conda's configuration or the administrator forbids.

    Args:
        settings: conda's configuration.
        channels: names, URLs or paths of folders; a subdir or a login in them does not count. Variables in them are
            expanded, but not told.
        environ: the variables.
        limits: what the administrator allows.

    Raises:
        Forbidden: one of them must not be used.
    """
    if not (settings.allowlist_channels or settings.denylist_channels or limits.allowed_channels):
        return
    wanted = [
        (without_credentials(channel), _urls(settings, [expand_variables(channel, environ)])) for channel in channels
    ]
    allowed_here = _urls(settings, limits.allowed_channels)
    for channel, urls in wanted:
        if allowed_here and urls - allowed_here:
            raise NotAllowed(
                f"The channel {channel} is not allowed here.",
                remedy=without_credentials(f"Use {', '.join(limits.allowed_channels)}."),
                details={"problems": ["channel-not-allowed"]},
            )
    allowed, denied = _urls(settings, settings.allowlist_channels), _urls(settings, settings.denylist_channels)
    for channel, urls in wanted:
        if urls & denied or (allowed and urls - allowed):
            remedy = f"Use {', '.join(settings.allowlist_channels)}." if allowed else "Use another channel."
            setting = "denylist_channels" if urls & denied else "allowlist_channels"
            raise Forbidden(
                f"The channel {channel} must not be used: conda's {setting} forbids it.",
                remedy=without_credentials(remedy),
            )


def _urls(settings: Settings, channels: Iterable[str]) -> set[str]:
    bare = [_SUBDIR.sub("", without_credentials(channel)) for channel in channels]
    return {without_credentials(url) for url in settings.channel_urls(bare)}
