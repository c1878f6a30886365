"""Check a spec against channels and this machine: further diagnostics beside those of ``specs.lint``.

Run by ``jobs.lint_worker`` in a process of its own.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rattler.exceptions import InvalidChannelError

from ...envs.conda_config.condarc import Settings
from ...errors import NotAllowed
from ...models import Diagnostic, Fix
from ...specs import expand_variables, variables_in
from ...specs.anaconda_tos import terms_of_service, terms_remarks
from ...specs.document import Document
from ...specs.fixes import loosened, move_to_pip, renamed, rewrite
from ...specs.remarks import remark, shown
from ...specs.yaml_nodes import Scalar
from ...suggestions import nearest
from ..fetch.error_mapping import channel_failure
from ..messages import MOVE_TO_PIP, only_as_wheel, short_version, some
from ..solve.channel_index import ChannelIndex, ChannelReader
from ..solve.rattler_specs import Reader
from ..solve.solver import Solver, here
from ..solve.spec_lines import SpecLine, spec_lines_of
from .candidates import Lack, channel_of_build, lack_of
from .pip_to_conda import conda_names, pip_remarks, pip_requirement_of
from .virtual_packages import machine_remarks

_MANY = 3
"""From this number on, lines with unknown builds are one diagnostic: they come from an export."""

_MAX_GUESSES = 10
"""Maximum number of names with "Did you mean": each takes some milliseconds in a large channel."""


_CODES = {"build": "no-such-build", "platform": "no-such-platform", "hash": "no-such-hash", "age": "too-new"}
"""Codes by the kind of a :class:`.candidates.Lack` that has its own remedy."""


class Adviser:
    """Checks specs against channels.

    Args:
        settings: conda's configuration.
        reader: reads specs.
        channels: reads channels, and keeps what it has read.
    """

    def __init__(self, settings: Settings, reader: Reader, channels: ChannelReader) -> None:
        self._settings = settings
        self._reader = reader
        self._channels = channels

    async def advise(self, document: Document, defaults: Sequence[str], seconds: float) -> list[Diagnostic]:
        """Return the diagnostics of a spec by channels and virtual packages, unsorted.

        Args:
            document: the spec.
            defaults: channels of a spec that names none, highest priority first.
            seconds: timeout, after which channels that are still being read are reported as slow.
        """
        defaults = [expand_variables(channel, os.environ) for channel in defaults]
        plain, unread = _without_variables(document)
        remarks = [*self._terms(document, defaults), *map(_not_read, unread)]
        channels = [channel.text for channel in plain.channels] if document.channels else defaults
        try:
            spec_lines, wrong = spec_lines_of(plain, self._reader)
            remarks += wrong
            cutoffs = self._reader.cutoffs()
            solver = self._reader.solver(channels, [spec_line.line for spec_line in spec_lines], cutoffs=cutoffs)
            places = self._places(plain, spec_lines)
        except NotAllowed as refused:
            return [*remarks, Diagnostic("error", "channel-not-allowed", refused.message, refused.remedy)]
        except InvalidChannelError as error:
            failure = channel_failure(str(error))
            return [*remarks, Diagnostic("error", "invalid-channel", failure.message, failure.remedy)]
        names = [*(spec_line.line.name for spec_line in spec_lines), *conda_names(document.pip), "python"]
        is_part = plain.channels != document.channels
        index = await self._channels.look(solver.channels, names, seconds, is_part=is_part)
        known = [each.line for each in spec_lines if not each.line.is_virtual and index.tells_all(each.line)]
        index = await self._channels.with_wheels(index.usable(cutoffs), solver.channels, [line.name for line in known])
        others = [each for each in spec_lines if each.line.name not in index.wheels]
        return [
            *remarks,
            *_unread(index, places),
            *_only_as_wheels(spec_lines, index, solver, document),
            *_unsatisfied(others, index, solver, document.lines),
            *machine_remarks(spec_lines, index, solver.machine),
            *pip_remarks(document.pip, spec_lines, index),
        ]

    def _terms(self, document: Document, defaults: Sequence[str]) -> Iterator[Diagnostic]:
        urls_of = self._settings.channel_urls
        yield from terms_remarks(document.channels, urls_of)
        if not document.channels and (terms := terms_of_service(defaults, configured=True, urls_of=urls_of)):
            yield Diagnostic("info", terms.code, terms.message, terms.remedy)

    def _places(self, document: Document, spec_lines: Sequence[SpecLine]) -> dict[str, Scalar]:
        """Return base URL of a channel -> where the spec names it."""
        places = {
            channel.base_url: node for node in document.channels for channel in self._reader.channels([node.text], [])
        }
        for spec_line in spec_lines:
            if spec_line.line.spec.channel is not None:
                places.setdefault(spec_line.line.spec.channel.base_url, spec_line.node)
        return places


def _without_variables(document: Document) -> tuple[Document, list[Scalar]]:
    """Split a spec into the part to check, and the channels and lines with variables.

    A check must not send the values of variables: the user has not yet decided to trust the channels.
    """
    channels = tuple(channel for channel in document.channels if not variables_in(channel.text))
    lines = tuple(each for each in document.dependencies if not variables_in(each.text))
    left_out = [channel for channel in document.channels if variables_in(channel.text)]
    left_out += [each.node for each in document.dependencies if variables_in(each.text)]
    return replace(document, channels=channels, dependencies=lines), left_out


def _not_read(place: Scalar) -> Diagnostic:
    message = f"'{shown(place.text)}' has a variable, so its channel is not checked here."
    return remark("info", "channel-not-read", place, message, "Make a preview, which reads the channel.")


def _unread(index: ChannelIndex, places: dict[str, Scalar]) -> Iterator[Diagnostic]:
    for url, failure in index.failures.items():
        message = f"{failure.message} Its packages are not checked."
        yield _at(places.get(url), Diagnostic("warning", "channel-unreachable", message, failure.remedy))
    for url in index.slow:
        message = f"The channel {url.rstrip('/')} is still being read; its packages are not checked yet."
        yield _at(places.get(url), Diagnostic("info", "channel-slow", message, "Check again in a moment."))


def _at(place: Scalar | None, diagnostic: Diagnostic) -> Diagnostic:
    """Return the diagnostic with the position of a channel, or without one if the channel is a configured one."""
    return diagnostic if place is None else replace(diagnostic, line=place.line, column=place.column)


def _unsatisfied(
    spec_lines: Sequence[SpecLine], index: ChannelIndex, solver: Solver, lines: Sequence[str]
) -> Iterator[Diagnostic]:
    """Yield diagnostics for lines that no package matches, regardless of the other lines."""
    builds: list[tuple[SpecLine, Lack]] = []
    guesses = _MAX_GUESSES
    for spec_line in spec_lines:
        if spec_line.line.is_virtual or not index.tells_all(spec_line.line):
            continue
        if not index.has(spec_line.line):
            guesses -= 1
            near = nearest(spec_line.line.name, *index.names_for(spec_line.line)) if guesses >= 0 else []
            yield _unknown(spec_line, near, lines, channel_of_build(spec_line.line, solver.channels))
        elif lack := lack_of(
            spec_line.line,
            index.records.get(spec_line.line.name, ()),
            solver,
            index.too_new.get(spec_line.line.name, ()),
        ):
            if lack.remedy:
                yield remark("error", _CODES[lack.kind], spec_line.node, lack.message, lack.remedy)
            elif lack.kind == "build":
                builds.append((spec_line, lack))
            else:
                yield _lacking(spec_line, lack, lines)
    if len(builds) < _MANY:
        yield from _without_builds(builds, lines)
    else:
        hints = (channel_of_build(spec_line.line, solver.channels) for spec_line, _ in builds)
        yield _without_many_builds(builds, lines, next(filter(None, hints), ""))


def _only_as_wheels(
    spec_lines: Sequence[SpecLine], index: ChannelIndex, solver: Solver, document: Document
) -> Iterator[Diagnostic]:
    """Yield diagnostics for lines of packages that the channels have only as wheels."""
    for spec_line in spec_lines:
        if url := index.wheels.get(spec_line.line.name):
            message = only_as_wheel(shown(spec_line.line.name), solver.name_of(url))
            requirement = pip_requirement_of(spec_line.line)
            fix = move_to_pip("Move to the pip section", document, spec_line.node, requirement) if requirement else None
            yield remark("error", "only-as-wheel", spec_line.node, message, MOVE_TO_PIP, fix=fix)


def _unknown(spec_line: SpecLine, near: Sequence[str], lines: Sequence[str], hint: str) -> Diagnostic:
    source, (platform, *_) = spec_line.line.spec.channel, here()
    where = "No channel has a" if source is None else f"The channel {source.name} has no"
    guess = f" Did you mean {' or '.join(near)}?" if near else ""
    message = f"{where} package named {shown(spec_line.line.name)} for {platform}.{guess} {hint}".rstrip()
    remedy = (
        "Correct the name, add the channel that has it, or move the line to the pip section; delete it if only other "
        "platforms need it."
    )
    fix = (
        rewrite(f"Change to {near[0]}", lines, [(spec_line.node, renamed(spec_line.node.text, near[0]))])
        if near
        else None
    )
    return remark("error", "no-such-package", spec_line.node, message, remedy, fix=fix)


def _lacking(spec_line: SpecLine, lack: Lack, lines: Sequence[str]) -> Diagnostic:
    channel, found, _ = spec_line.line.text.rpartition("::")
    name = f"{shown(channel)}{found}{spec_line.line.name}"
    instead = some([f"'{name}={short_version(version)}'" for version in lack.versions], "or")
    if lack.kind == "version":
        spec = f"{spec_line.line.name}={short_version(lack.versions[0])}"
        before, sign, _ = spec_line.node.text.rpartition("::")
        fix = rewrite(f"Change to {spec}", lines, [(spec_line.node, before + sign + spec)])
        remedy = f"Change to {instead}, or another version that exists."
        return remark("error", "no-such-version", spec_line.node, lack.message, remedy, fix=fix)
    remedy = f"List that channel first, name it in the line with '::', or change to {instead}."
    return remark("error", "hidden-by-priority", spec_line.node, lack.message, remedy)


def _without_builds(builds: Sequence[tuple[SpecLine, Lack]], lines: Sequence[str]) -> Iterator[Diagnostic]:
    for spec_line, lack in builds:
        loose = loosened(spec_line.line.text, spec_line.line.spec.build or "")
        remedy = f"Change to '{shown(loose)}'." if loose != spec_line.line.text else "Remove the build."
        yield remark("error", "no-such-build", spec_line.node, lack.message, remedy, fix=_looser([spec_line], lines))


def _without_many_builds(builds: Sequence[tuple[SpecLine, Lack]], lines: Sequence[str], hint: str) -> Diagnostic:
    names = some([spec_line.line.name for spec_line, _ in builds])
    message = f"No channel has the builds of {len(builds)} packages for {here()[0]}, only other builds: {names}."
    message = f"{message} {hint}".rstrip()
    numbers = _ranges([spec_line.node.line for spec_line, _ in builds])
    remedy = f"Delete the last '=...' of lines {numbers}, or export again with 'conda env export --no-builds'."
    return remark(
        "error",
        "no-such-build",
        builds[0][0].node,
        message,
        remedy,
        fix=_looser([spec_line for spec_line, _ in builds], lines),
    )


def _looser(spec_lines: Sequence[SpecLine], lines: Sequence[str]) -> Fix | None:
    """Return a fix that removes the builds from lines."""
    changes = [
        (spec_line.node, loosened(spec_line.node.text, spec_line.line.spec.build or "")) for spec_line in spec_lines
    ]
    return rewrite("Remove the builds" if len(spec_lines) > 1 else "Remove the build", lines, changes)


def _ranges(numbers: Sequence[int]) -> str:
    """Join ascending numbers, with ranges for consecutive ones: ``3-5, 7``."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][-1] + 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    return ", ".join(f"{part[0]}-{part[-1]}" if len(part) > 1 else f"{part[0]}" for part in parts)
