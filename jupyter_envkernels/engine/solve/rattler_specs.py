"""Convert match specs and channels to py-rattler's: expand variables, resolve channel names, remove credentials."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import rattler
from rattler.exceptions import InvalidMatchSpecError

from ...envs.conda_config.condarc import Settings
from ...errors import ChannelFailed, InvalidSpec
from ...models import LockedPackage
from ...specs.match_specs import with_signs_in_order
from ...specs.redact import without_credentials
from ..cutoffs import NO_CUTOFFS, Cutoffs, cutoffs_of
from ..fetch.client import Network
from ..messages import some
from ..variable_expansion import NO_VARIABLES, Variables
from .brackets import package_of, with_channel_before
from .solver import Line, Solver

_SUBDIRS = {"noarch", "linux-64", "linux-aarch64", "linux-ppc64le", "osx-64", "osx-arm64", "win-64", "win-arm64"}
_PACKAGE = re.compile(r"""[\[,]\s*url=['"]([^'"]*)""")
_PRIORITIES = {
    "strict": rattler.ChannelPriority.Strict,
    "flexible": rattler.ChannelPriority.Flexible,
    "disabled": rattler.ChannelPriority.Disabled,
}


class Reader:
    """Reads match specs and channels as conda's configuration says.

    Args:
        settings: channel names and priority.
        network: gets the credentials.
        variables: those that channels and lines use; others stay as written.
    """

    def __init__(self, settings: Settings, network: Network, variables: Variables = NO_VARIABLES) -> None:
        self._settings = settings
        self._network = network
        self._texts = variables.texts
        self._hide = variables.secrets.hide

    def urls(self, channels: Iterable[str]) -> tuple[str, ...]:
        """Return the URLs of channels, with credentials, highest priority first."""
        return self._settings.channel_urls(self._texts.get(channel, channel) for channel in channels)

    def line(self, text: str, *, pinned: bool = False, origin: str = "") -> Line:
        """Read one line; the other arguments are those of :class:`.solver.Line`.

        Raises:
            InvalidSpec: it is not a match spec.
            NotAllowed: its channel is forbidden.
        """
        try:
            expanded = self._texts.get(text, text)
            package = package_of(expanded)
            return Line(without_credentials(text), self._spec(expanded, package), pinned, package, origin)
        except InvalidSpec as error:
            if not origin:
                raise
            raise InvalidSpec(f"{origin}: {error.message}", remedy=error.remedy) from error

    def pattern(self, text: str) -> Line:
        """Read a match spec whose name may be a pattern, such as ``*numpy*``.

        Raises:
            InvalidSpec, NotAllowed: as for :meth:`line`.
        """
        return Line(without_credentials(text), self._spec(text, package_of(text), exact_names_only=False))

    def cutoffs(self) -> Cutoffs:
        """Return the times after which packages are left out, as of now."""
        return cutoffs_of(self._settings, self._network.limits)

    def pinned(self) -> list[Line]:
        """Read conda's ``pinned_packages``.

        Raises:
            InvalidSpec, NotAllowed: as for :meth:`line`.
        """
        name, settings = "pinned_packages", self._settings
        origins = {text: settings.origins.get((name, text), name) for text in settings.pinned_packages}
        return [self.line(text, pinned=True, origin=origin) for text, origin in origins.items()]

    def _spec(self, text: str, package: LockedPackage | None, *, exact_names_only: bool = True) -> rattler.MatchSpec:
        """Parse leniently, as conda does; ``channel::name`` gets the channel's full URL, which rattler compares."""
        text = with_signs_in_order(text)
        channel, found, rest = with_channel_before(text).partition("::")
        if package is not None:
            (text,) = self._network.log_in([package.url])
        elif found:
            channel, subdir = _split_subdir(channel)
            (url,) = self._network.log_in(self._settings.channel_urls([channel])[:1] or [channel])
            text = f"{url}/{subdir}::{rest}" if subdir else f"{url}::{rest}"
        try:
            spec = rattler.MatchSpec(text, strict=False, exact_names_only=exact_names_only)
        except InvalidMatchSpecError as error:
            raise InvalidSpec(f"{text!r} is not a match spec: {error}", remedy="Write it as name=version.") from error
        self._network.check(_places_in(spec))
        return spec

    def channels(self, channels: Sequence[str], lines: Sequence[Line]) -> list[rattler.Channel]:
        """Return the channels of a spec, followed by those that only a ``channel::name`` names.

        Raises:
            InvalidChannelError: rattler refuses a URL.
            NotAllowed: a channel is forbidden.
        """
        urls = self._network.log_in(self.urls(channels))
        urls += [line.spec.channel.base_url.rstrip("/") for line in lines if line.spec.channel is not None]
        return [rattler.Channel(url) for url in dict.fromkeys(urls)]

    def with_lines(self, error: ChannelFailed, channels: Sequence[str], lines: Sequence[Line]) -> ChannelFailed:
        """Add the lines that name a channel to its failure, unless the channel is listed in the spec."""
        urls = {without_credentials(url).rstrip("/") for url in self.urls(channels)}
        blamed = [
            f"`{line.text}`{line.origin and f' ({line.origin})'}"
            for line in lines
            if line.spec.channel is not None
            and (url := line.spec.channel.base_url.rstrip("/")) not in urls
            and self._hide(url) == str(error.details.get("url", "")).rstrip("/")
        ]
        if not blamed:
            return error
        return ChannelFailed(
            error.message,
            remedy=f"It is named by {some(blamed)}. {error.remedy}",
            explanation=error.problem.explanation,
            details=error.details,
        )

    def solver(
        self,
        channels: Sequence[str],
        lines: Sequence[Line],
        installed: Sequence[rattler.RepoDataRecord] = (),
        *,
        fixed: bool = False,
        cutoffs: Cutoffs = NO_CUTOFFS,
    ) -> Solver:
        """Return a solver for these lines; the other arguments are those of :class:`.solver.Solver`.

        Raises:
            InvalidChannelError: rattler refuses a URL.
        """
        # before the gateway is read, because new credentials replace it
        sources = self.channels(channels, lines)
        priority = _PRIORITIES[self._settings.channel_priority]
        network = self._network
        return Solver(network.gateway, network.repodata, sources, priority, installed, fixed=fixed, cutoffs=cutoffs)


def _places_in(spec: rattler.MatchSpec) -> list[str]:
    """Return the URLs that rattler would request for a match spec: its channel, and the package that it names."""
    channel = [spec.channel.base_url] if spec.channel is not None else []
    return [*channel, *_PACKAGE.findall(spec.to_canonical_string())]


def _split_subdir(channel: str) -> tuple[str, str | None]:
    """Split ``channel/linux-64`` into channel and subdir."""
    base, _, last = channel.rstrip("/").rpartition("/")
    return (base, last) if base and last in _SUBDIRS else (channel, None)
