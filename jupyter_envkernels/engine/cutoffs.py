"""Decide which packages are too new: by conda's ``exclude_newer``, and by the administrator's minimum age.

A package without a time is never too new, as in conda. Installed packages are not judged.
"""

from __future__ import annotations

import glob
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from fnmatch import fnmatchcase
from types import MappingProxyType

from ..envs.conda_config.condarc import Settings
from ..models import Limits, moment, shown_time
from ..specs import without_credentials


@dataclass(frozen=True, slots=True)
class Cutoffs:
    """The times after which packages are left out. None means no time.

    Attributes:
        general: of packages that have no time of their own.
        channels: (name of a channel for messages, patterns of its URLs, its time); the last that matches counts.
        packages: name of a package -> its time, which comes before that of its channel.
        latest: of all packages, set by the administrator.
    """

    general: datetime | None = None
    channels: tuple[tuple[str, tuple[str, ...], datetime | None], ...] = ()
    packages: Mapping[str, datetime | None] = field(default_factory=lambda: MappingProxyType({}))
    latest: datetime | None = None

    def __bool__(self) -> bool:
        """Return whether a package may be left out."""
        return any((self.latest, self.general, *(own for *_, own in self.channels), *self.packages.values()))

    def of(self, channel: str, name: str) -> datetime | None:
        """Return the time after which packages of a name are left out.

        Args:
            channel: URL of their channel.
            name: their name.
        """
        return self._strict(self.packages[name] if name in self.packages else self._of_channel(channel.rstrip("/")))

    def sentences(self) -> Iterator[str]:
        """Yield a sentence for each time, for the log of a job."""
        if general := self._strict(self.general):
            yield f"Packages newer than {shown_time(general)} are left out{self._by_whom(general)}."
        for channel, _, own in self.channels:
            yield _sentence(f"of the channel {channel}", self._strict(own))
        for name, own in self.packages.items():
            yield _sentence(f"named {name}", self._strict(own))

    def remedy(self, channel: str, name: str) -> str:
        """Return what a user can do about the time of a package, as a sentence without its capital letter."""
        if self.of(channel, name) == self.latest:
            return "ask the administrator of this server, who sets min_package_age."
        return "set exclude_newer to a later date."

    def _of_channel(self, url: str) -> datetime | None:
        own = [time for _, patterns, time in self.channels if any(_matches(url, pattern) for pattern in patterns)]
        return own[-1] if own else self.general

    def _strict(self, own: datetime | None) -> datetime | None:
        return min(filter(None, (own, self.latest)), default=None)

    def _by_whom(self, cutoff: datetime) -> str:
        return ", by the administrator's min_package_age" if cutoff == self.latest else ""


NO_CUTOFFS = Cutoffs()


def cutoffs_of(settings: Settings, limits: Limits, now: datetime | None = None) -> Cutoffs:
    """Return the cut-offs of conda's configuration and of some limits.

    Args:
        settings: the configuration.
        limits: the limits.
        now: the time to which ages relate.
    """
    now = now or datetime.now(timezone.utc)
    own = (
        (key, moment(cutoff, now) if cutoff is not None else None) for key, cutoff in settings.exclude_newer_channels
    )
    packages = {
        name: moment(cutoff, now) if cutoff is not None else None
        for name, cutoff in settings.exclude_newer_package.items()
    }
    return Cutoffs(
        moment(settings.exclude_newer, now) if settings.exclude_newer is not None else None,
        tuple((without_credentials(key), _patterns(settings.channel_urls, key), time) for key, time in own),
        packages,
        now - timedelta(seconds=limits.min_package_age) if limits.min_package_age else None,
    )


def _patterns(channel_urls: Callable[[Iterable[str]], tuple[str, ...]], channel: str) -> tuple[str, ...]:
    """Return patterns of the URLs of a channel that ``channel_settings`` name; only a URL may be a pattern itself."""
    urls = [without_credentials(url).rstrip("/") for url in channel_urls([channel])]
    return tuple(urls if "://" in channel else map(glob.escape, urls))


def _matches(url: str, pattern: str) -> bool:
    """Return whether a URL is that of a channel, or matches its pattern with the same scheme."""
    return fnmatchcase(url, pattern) and url.partition("://")[0] == pattern.partition("://")[0]


def _sentence(what: str, cutoff: datetime | None) -> str:
    if cutoff is None:
        return f"Packages {what} may be of any age."
    return f"Packages {what} newer than {shown_time(cutoff)} are left out."
