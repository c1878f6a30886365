"""Which channels may be used: conda's ``allowlist_channels``, ``denylist_channels``, and the limits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from .. import policy
from ..envs.condarc import Settings
from ..errors import Forbidden, NotAllowed
from ..models import Limits, Plan
from ..specs import expand_variables, without_credentials

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


def check_plan(settings: Settings, plan: Plan, environ: Mapping[str, str], limits: Limits, *, is_clone: bool) -> None:
    """Look at what is chosen: it counts, however it was asked for, and also where limits have become narrower since.

    Args:
        settings: conda's configuration.
        plan: what is chosen.
        environ: the variables.
        limits: what the administrator allows.
        is_clone: its packages are there already, wherever they came from.

    Raises:
        Forbidden: a new package comes from a channel that must not be used.
        NotAllowed: the administrator's limits forbid the plan.
    """
    policy.enforce(policy.of_plan(limits, plan))
    if not is_clone:
        new = {change.name for change in plan.changes if change.after is not None}
        channels = {package.url.rpartition("/")[0] for package in plan.packages if package.name in new}
        check_allowed(settings, sorted(channels), environ, limits)


def _urls(settings: Settings, channels: Iterable[str]) -> set[str]:
    bare = [_SUBDIR.sub("", without_credentials(channel)) for channel in channels]
    return {without_credentials(url) for url in settings.channel_urls(bare)}
