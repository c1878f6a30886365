"""What channels and this machine make of a spec: remarks beside those of ``specs.lint``, each with its place."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from rattler.exceptions import InvalidChannelError

from ...envs.conda_config.condarc import Settings
from ...errors import NotAllowed
from ...models import Diagnostic, Fix, Limits
from ...specs import expand_variables, variables_in
from ...specs.anaconda_tos import terms_of_service, terms_remarks
from ...specs.document import Document
from ...specs.fixes import loosened, renamed, rewrite
from ...specs.remarks import remark, shown
from ...specs.yaml_nodes import Scalar
from ..fetch.client import Network
from ..fetch.error_mapping import channel_failure
from ..messages import short_version, some
from ..solve.channel_index import Stock, Stockroom
from ..solve.rattler_specs import Reader
from ..solve.solver import Solver, here
from ..solve.spec_lines import Wish, wishes_of
from ..suggestions import nearest
from .candidates import Lack, channel_of_build, lack_of
from .pip_to_conda import conda_names, pip_remarks
from .virtual_packages import machine_remarks

_MANY = 3
"""So many lines with an unknown build are one remark: they come from an export, and are loosened alike."""

_MAX_GUESSES = 10
"""Unknown names for which near ones are looked for, at most: in a big channel each takes some milliseconds."""


_CODES = {"build": "no-such-build", "platform": "no-such-platform", "hash": "no-such-hash"}
"""For what a line lacks whose remedy comes along."""


class Adviser:
    """Says what channels make of specs, and keeps what it has read of them as long as it lives.

    Args:
        settings: conda's configuration.
        package_cache: folder for packages and repodata; made when missing.
        limits: what the administrator allows.
    """

    def __init__(self, settings: Settings, package_cache: Path, limits: Limits) -> None:
        # who types is better served by a failure now than by a channel at the fourth try
        self._settings = settings
        quick = replace(settings, remote_max_retries=min(1, settings.remote_max_retries))
        self._network = Network(quick, package_cache / "repodata", limits)
        self._reader = Reader(settings, self._network)
        self._stockroom = Stockroom(self._network.gateway, self._network.proxy_of)

    async def advise(self, document: Document, defaults: Sequence[str], seconds: float) -> list[Diagnostic]:
        """Return the remarks on a spec by what channels have and this machine offers, in no order.

        Args:
            document: the spec.
            defaults: channels for one that names none, highest priority first.
            seconds: after which to answer with what is known of the channels until then.
        """
        defaults = [expand_variables(channel, os.environ) for channel in defaults]
        plain, unread = _without_variables(document)
        remarks = [*self._terms(document, defaults), *map(_not_read, unread)]
        channels = [channel.text for channel in plain.channels] if document.channels else defaults
        try:
            wishes, wrong = wishes_of(plain, self._reader)
            remarks += wrong
            solver = self._reader.solver(channels, [wish.line for wish in wishes])
            places = self._places(plain, wishes)
        except NotAllowed as refused:
            return [*remarks, Diagnostic("error", "channel-not-allowed", refused.message, refused.remedy)]
        except InvalidChannelError as error:
            failure = channel_failure(str(error))
            return [*remarks, Diagnostic("error", "invalid-channel", failure.message, failure.remedy)]
        if self._stockroom.gateway is not self._network.gateway:  # the channels brought a new login
            self._stockroom = Stockroom(self._network.gateway, self._network.proxy_of)
        names = [*(wish.line.name for wish in wishes), *conda_names(document.pip), "python"]
        is_part = plain.channels != document.channels
        stock = await self._stockroom.look(solver.channels, names, seconds, is_part=is_part)
        return [
            *remarks,
            *_unread(stock, places),
            *_unsatisfied(wishes, stock, solver, document.lines),
            *machine_remarks(wishes, stock, solver.machine),
            *pip_remarks(document.pip, wishes, stock),
        ]

    def _terms(self, document: Document, defaults: Sequence[str]) -> Iterator[Diagnostic]:
        urls_of = self._settings.channel_urls
        yield from terms_remarks(document.channels, urls_of)
        if not document.channels and (terms := terms_of_service(defaults, configured=True, urls_of=urls_of)):
            yield Diagnostic("info", terms.code, terms.message, terms.remedy)

    def _places(self, document: Document, wishes: Sequence[Wish]) -> dict[str, Scalar]:
        """Base URL of a channel -> where the spec names it."""
        places = {
            channel.base_url: node for node in document.channels for channel in self._reader.channels([node.text], [])
        }
        for wish in wishes:
            if wish.line.spec.channel is not None:
                places.setdefault(wish.line.spec.channel.base_url, wish.node)
        return places


def _without_variables(document: Document) -> tuple[Document, list[Scalar]]:
    """Part a spec into what is asked about and the channels and lines with variables.

    To look at a spec must not send away what variables hold: the user has not yet decided to trust its channels.
    """
    channels = tuple(channel for channel in document.channels if not variables_in(channel.text))
    lines = tuple(each for each in document.dependencies if not variables_in(each.text))
    left_out = [channel for channel in document.channels if variables_in(channel.text)]
    left_out += [each.node for each in document.dependencies if variables_in(each.text)]
    return replace(document, channels=channels, dependencies=lines), left_out


def _not_read(place: Scalar) -> Diagnostic:
    message = f"'{shown(place.text)}' has a variable, so that its channel is not read by a check."
    return remark("info", "channel-not-read", place, message, "Make a preview: it reads the channel.")


def _unread(stock: Stock, places: dict[str, Scalar]) -> Iterator[Diagnostic]:
    for url, failure in stock.failures.items():
        message = f"{failure.message} Nothing is said of its packages."
        yield _at(places.get(url), Diagnostic("warning", "channel-unreachable", message, failure.remedy))
    for url in stock.slow:
        message = f"The channel {url.rstrip('/')} is still being read; nothing is said of its packages yet."
        yield _at(places.get(url), Diagnostic("info", "channel-slow", message, "Check again in a moment."))


def _at(place: Scalar | None, diagnostic: Diagnostic) -> Diagnostic:
    """Return the diagnostic where a channel is named; it has no place where that is the configuration."""
    return diagnostic if place is None else replace(diagnostic, line=place.line, column=place.column)


def _unsatisfied(wishes: Sequence[Wish], stock: Stock, solver: Solver, lines: Sequence[str]) -> Iterator[Diagnostic]:
    """Lines for which there is no package, whatever the others say."""
    builds: list[tuple[Wish, Lack]] = []
    guesses = _MAX_GUESSES
    for wish in wishes:
        if wish.line.is_virtual or not stock.tells_all(wish.line):
            continue
        if not stock.has(wish.line):
            guesses -= 1
            near = nearest(wish.line.name, *stock.names_for(wish.line)) if guesses >= 0 else []
            yield _unknown(wish, near, lines, channel_of_build(wish.line, solver.channels))
        elif lack := lack_of(wish.line, stock.records.get(wish.line.name, ()), solver):
            if lack.remedy:
                yield remark("error", _CODES[lack.kind], wish.node, lack.message, lack.remedy)
            elif lack.kind == "build":
                builds.append((wish, lack))
            else:
                yield _lacking(wish, lack, lines)
    if len(builds) < _MANY:
        yield from _without_builds(builds, lines)
    else:
        hints = (channel_of_build(wish.line, solver.channels) for wish, _ in builds)
        yield _without_many_builds(builds, lines, next(filter(None, hints), ""))


def _unknown(wish: Wish, near: Sequence[str], lines: Sequence[str], hint: str) -> Diagnostic:
    source, (platform, *_) = wish.line.spec.channel, here()
    where = "No channel has a" if source is None else f"The channel {source.name} has no"
    guess = f" Did you mean {' or '.join(near)}?" if near else ""
    message = f"{where} package named {shown(wish.line.name)} for {platform}.{guess} {hint}".rstrip()
    remedy = (
        "Correct the name, add the channel that has it, or move the line to the pip section; delete it if only another "
        "platform needs it."
    )
    fix = rewrite(f"Write {near[0]}", lines, [(wish.node, renamed(wish.node.text, near[0]))]) if near else None
    return remark("error", "no-such-package", wish.node, message, remedy, fix=fix)


def _lacking(wish: Wish, lack: Lack, lines: Sequence[str]) -> Diagnostic:
    channel, found, _ = wish.line.text.rpartition("::")
    name = f"{shown(channel)}{found}{wish.line.name}"
    instead = some([f"'{name}={short_version(version)}'" for version in lack.versions], "or")
    if lack.kind == "version":
        spec = f"{wish.line.name}={short_version(lack.versions[0])}"
        before, sign, _ = wish.node.text.rpartition("::")
        fix = rewrite(f"Write {spec}", lines, [(wish.node, before + sign + spec)])
        remedy = f"Write {instead}, or what else there is."
        return remark("error", "no-such-version", wish.node, lack.message, remedy, fix=fix)
    remedy = f"Put that channel first, name it in the line with '::', or write {instead}."
    return remark("error", "hidden-by-priority", wish.node, lack.message, remedy)


def _without_builds(builds: Sequence[tuple[Wish, Lack]], lines: Sequence[str]) -> Iterator[Diagnostic]:
    for wish, lack in builds:
        loose = loosened(wish.line.text, wish.line.spec.build or "")
        remedy = f"Write '{shown(loose)}'." if loose != wish.line.text else "Leave the build out."
        yield remark("error", "no-such-build", wish.node, lack.message, remedy, fix=_looser([wish], lines))


def _without_many_builds(builds: Sequence[tuple[Wish, Lack]], lines: Sequence[str], hint: str) -> Diagnostic:
    names = some([wish.line.name for wish, _ in builds])
    message = f"No channel has the builds of {len(builds)} packages for {here()[0]}, though their versions: {names}."
    message = f"{message} {hint}".rstrip()
    numbers = _ranges([wish.node.line for wish, _ in builds])
    remedy = f"Delete the last '=...' of the lines {numbers}, or export anew with 'conda env export --no-builds'."
    return remark(
        "error", "no-such-build", builds[0][0].node, message, remedy, fix=_looser([wish for wish, _ in builds], lines)
    )


def _looser(wishes: Sequence[Wish], lines: Sequence[str]) -> Fix | None:
    """The lines of some packages without their builds."""
    changes = [(wish.node, loosened(wish.node.text, wish.line.spec.build or "")) for wish in wishes]
    return rewrite("Loosen the builds" if len(wishes) > 1 else "Loosen the build", lines, changes)


def _ranges(numbers: Sequence[int]) -> str:
    """Ascending numbers with those that follow each other as one: ``3-5, 7``."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][-1] + 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    return ", ".join(f"{part[0]}-{part[-1]}" if len(part) > 1 else f"{part[0]}" for part in parts)
