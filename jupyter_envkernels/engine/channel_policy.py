"""Decide which channels may be used: by the administrator's limits, and by conda's allowlist and denylist of channels.

A channel is judged by the URLs that will be requested, those of its mirrors included, whatever name the user's condarc
gives it. If there is a policy file, names in it are resolved by the system's condarc alone, so that users cannot
redefine them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone

from .. import policy
from ..envs.conda_config.condarc import Settings, load_system_settings
from ..models import Limits, Operation, Plan, Problem, SolvingOperation
from ..specs import expand_variables, without_credentials
from .mirrors import Routes, is_below, mirrors_of

NO_LIMITS = Limits()

_SUBDIR = re.compile(r"/(noarch|(linux|osx|win|emscripten|wasi|freebsd|zos)-\w+)/?\Z")
_IN_BRACKETS = re.compile(r"""[\[,]\s*(channel|url)\s*=\s*['"]?([^'",\]]+)""")
_URL = re.compile(r"\s*((?:[\w+]+:/)?/\S+)/[^/\s]+\.(conda|tar\.bz2)\b.*")
_NAMESPACE = re.compile(r"\s*([^\s:=<>!~\[]+):(?!//)[^:]+:[^:]")

_ELSEWHERE = re.compile(r"[\\?#\x00-\x20\x7f]|/(\.|%2e){1,2}(?=/|\Z)", re.IGNORECASE)
"""Parts by which a client requests another URL than the one that is written."""


def channels_in(lines: Iterable[str]) -> Iterator[str]:
    """Yield the channels that match specs name.

    As ``channel::name``, ``channel:namespace:name``, ``name[channel=channel]``, or by the URL or path of a package.
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


def channels_of(operation: Operation, configured: Iterable[str], settings: Settings) -> list[str]:
    """Return the channels that an operation will read, as far as it and the configuration name them.

    They are names, URLs or paths.

    Args:
        operation: the operation; for a change without a spec, the environment may add further channels.
        configured: the channels of a spec that names none.
        settings: conda's configuration; its default packages and pins may name channels, too.
    """
    spec = operation.own_spec
    if spec.locked:
        return list(dict.fromkeys(package.url.rpartition("/")[0] for package in spec.locked))
    if not isinstance(operation, SolvingOperation):
        return []
    added = settings.create_default_packages if operation.is_new else ()
    lines = (*spec.dependencies, *operation.added, *added, *settings.pinned_packages)
    return [*(spec.channels or (configured if operation.is_new else ())), *channels_in(lines)]


@dataclass(frozen=True, slots=True)
class ChannelRules:
    """The rules for channels.

    Attributes:
        limits: those of the administrator.
        settings: conda's configuration, by which channels resolve to URLs.
        system: the configuration by which names in the limits resolve to URLs.
        environ: variables that channels may name.
    """

    limits: Limits
    settings: Settings
    system: Settings
    environ: Mapping[str, str]

    def problems(self, channels: Iterable[str]) -> list[Problem]:
        """Return a problem for each forbidden channel.

        Args:
            channels: names, URLs or paths of folders; platforms and credentials in them are ignored. Variables are
                expanded, but their values are not shown.
        """
        found: list[Problem] = []
        for channel in dict.fromkeys(channels):
            urls = self.settings.channel_urls([_bare(expand_variables(channel, self.environ))])
            found += self._against(without_credentials(channel), urls)
        return found

    def check(self, urls: Iterable[str]) -> None:
        """Check URLs of channels, of their subdirs, or of packages.

        Raises:
            NotAllowed: a channel is forbidden.
        """
        found = [problem for url in urls for problem in self._against(without_credentials(url), [_bare(url)])]
        policy.enforce(self.limits, found)

    def check_plan(self, plan: Plan, operation: Operation) -> None:
        """Check the packages of a plan, because limits may have changed since the request was checked.

        Packages of a clone are installed already, so their channels are not checked; nor is the age of those that an
        environment had before.

        Raises:
            NotAllowed: the limits forbid the plan, or a new package comes from a forbidden channel.
        """
        names = {change.name for change in plan.changes if change.after is not None}
        new = [package for package in plan.packages if package.name in names]
        judged = new if isinstance(operation, SolvingOperation) else ()
        too_new = policy.of_ages(self.limits, judged, datetime.now(timezone.utc))
        policy.enforce(self.limits, [*policy.of_plan(self.limits, plan), *too_new])
        if operation.copied is None:
            self.check(sorted({package.url.rpartition("/")[0] for package in new}))

    def routes(self, routes: Routes) -> Routes:
        """Return the allowed mirrors and URLs with tokens; a channel without any is requested at its own URL."""
        if not self.limits.allowed_channels:
            return routes
        allowed = self._allowed()
        kept = {
            url: [to for to in others if not _ELSEWHERE.search(to) and without_credentials(to) in {url, *allowed}]
            for url, others in routes.items()
        }
        return {url: others for url, others in kept.items() if others}

    def _allowed(self) -> set[str]:
        """Return the URLs of the allowed channels, and of the mirrors that the system's condarc has for them."""
        channels = _urls(self.system, self.limits.allowed_channels)
        return channels | {without_credentials(mirror) for url in channels for mirror in _mirrors(self.system, url)}

    def _against(self, name: str, urls: Sequence[str]) -> list[Problem]:
        """Return the first problem with the channels at some URLs, which the user knows by a name."""
        plain = set(map(without_credentials, urls))
        found = [*self._by_limits(name, urls), *_by_conda(self.settings, name, plain)]
        if self.system is not self.settings:
            found += _by_conda(self.system, name, plain)
        return found[:1]

    def _by_limits(self, name: str, urls: Sequence[str]) -> Iterator[Problem]:
        if not self.limits.allowed_channels:
            return
        allowed = self._allowed()
        requested = [place for url in urls for place in (url, *_mirrors(self.settings, url))]
        outside = [
            shown
            for place in requested
            if (shown := without_credentials(place)) not in allowed or _ELSEWHERE.search(place)
        ]
        if outside:
            # the value of a variable may be a secret
            hidden = "$" in name or outside == [_bare(name)]
            what = "" if hidden else f": it stands for {', '.join(dict.fromkeys(outside))}"
            remedy = without_credentials(f"Use {', '.join(self.limits.allowed_channels)}.")
            yield Problem("channel-not-allowed", f"The channel {name} is not allowed here{what}.", remedy)


def channel_rules(limits: Limits, settings: Settings, environ: Mapping[str, str]) -> ChannelRules:
    """Return the rules of some limits and a configuration of conda. Reads files if there is a policy."""
    return ChannelRules(limits, settings, load_system_settings() if limits.files else settings, environ)


def _by_conda(conda: Settings, name: str, urls: set[str]) -> Iterator[Problem]:
    allowed, denied = _urls(conda, conda.allowlist_channels), _urls(conda, conda.denylist_channels)
    if urls & denied or (allowed and urls - allowed):
        setting = "denylist_channels" if urls & denied else "allowlist_channels"
        remedy = f"Use {', '.join(conda.allowlist_channels)}." if allowed else "Use another channel."
        message = f"The channel {name} must not be used: conda's {setting} forbids it."
        yield Problem("channel-not-allowed", message, without_credentials(remedy))


def _mirrors(settings: Settings, url: str) -> list[str]:
    """Return the mirrors that are used instead of a channel, or of one of its subdirs."""
    place = without_credentials(url)
    found = [(without_credentials(channel), mirrors) for channel, mirrors in mirrors_of(settings).items()]
    return [_bare(mirror) for channel, mirrors in found if _overlap(place, channel) for mirror in mirrors]


def _overlap(url: str, other: str) -> bool:
    return is_below(url, other) or is_below(other, url)


def _urls(settings: Settings, channels: Iterable[str]) -> set[str]:
    plain = (_bare(without_credentials(channel)) for channel in channels)
    return set(map(without_credentials, settings.channel_urls(plain)))


def _bare(channel: str) -> str:
    return _SUBDIR.sub("", channel).rstrip("/")
