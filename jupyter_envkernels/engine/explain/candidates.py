"""The packages that could satisfy one line of a spec, and why there are none, whatever the other lines say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import rattler

from ..messages import some
from ..solve.solver import Line, Solver

Record = rattler.RepoDataRecord


@dataclass(frozen=True, slots=True)
class Lack:
    """Why no package satisfies a line.

    Attributes:
        kind: what is missing: the package, its version, its build, one for a platform or of a hash, or a view past
            channels of higher priority.
        message: the same as a sentence.
        remedy: what to do, where that does not follow from the kind.
        versions: what could be had instead: the newest that begins like the one in the line, and the newest of
            all. Empty where there is none, or another build will do.
    """

    kind: Literal["package", "version", "build", "platform", "hash", "priority"]
    message: str
    versions: tuple[str, ...] = ()
    remedy: str = ""


def lack_of(line: Line, records: Sequence[Record], solver: Solver) -> Lack | None:
    """Return why no package satisfies a line; None where one does.

    Args:
        line: asks for a package by name.
        records: of all packages of that name, and maybe of others.
        solver: knows the order of the channels, and how much it counts.
    """
    named = [record for record in records if record.name.normalized == line.name]
    found = [record for record in named if line.matches(record)]
    if found:
        return _hidden(line, named, found, solver)
    lack = _absence(line, named)
    return replace(lack, message=f"{lack.message} {channel_of_build(line, solver.channels)}".rstrip())


def channel_of_build(line: Line, channels: Sequence[rattler.Channel]) -> str:
    """Return a sentence on the channel that names its builds like that of a line; empty where that is asked, or none.

    Exports of environments with such builds often come without the channel.
    """
    asked = {channel.base_url.rstrip("/").rpartition("/")[2] for channel in channels}
    known = (channel for pattern, channel in _BUILDS if pattern.fullmatch(line.spec.build or ""))
    channel = next(known, "")
    if not channel or channel in asked:
        return ""
    return f"The build of `{line.text}` is named like those of the channel {channel}, which is not listed: add it."


_BUILDS = ((re.compile(r"py3\.?\d+_(cpu|cu|rocm)[\w.]*"), "pytorch"),)
"""Names of builds, as one channel alone writes them."""


def _absence(line: Line, named: Sequence[Record]) -> Lack:
    """Return what is missing among all packages of the name that a line asks for, none of which satisfies it."""
    source = line.spec.channel
    there = [record for record in named if source is None or record.channel == source.base_url]
    if source is not None and not there:
        return Lack("package", f"The channel {source.name} has no package named {line.name}.")
    loose = rattler.MatchSpec(f"{line.name} {line.spec.version or '*'}", strict=False)
    if alike := [record for record in there if loose.matches(record)]:
        return _other_build(line, alike)
    where = f"The channel {source.name} has no" if source is not None else "No channel has"
    newest = _newest(there)
    message = f"{where} `{line.text}`: the newest {line.name} that there is has version {newest}."
    if _is_contradictory(str(line.spec.version or "")):
        message = f"No {line.name} can be `{line.text}`: its conditions exclude each other."
    return Lack("version", message, _instead(line, there))


def _other_build(line: Line, records: Sequence[Record]) -> Lack:
    """What the packages of the version that a line asks for lack."""
    subdirs, build = list(dict.fromkeys(record.subdir for record in records)), line.spec.build
    if line.spec.subdir is not None and line.spec.subdir not in subdirs:
        message = f"No channel has `{line.text}` for {line.spec.subdir}: it is there for {some(subdirs)}."
        return Lack("platform", message, remedy="Leave the platform out.")
    if build is None or any(
        rattler.MatchSpec(f"{line.name} * {build}", strict=False).matches(record) for record in records
    ):
        if line.spec.md5 or line.spec.sha256:
            return Lack("hash", f"No channel has `{line.text}` of that hash.", remedy="Leave the hash out.")
        return Lack("build", f"No channel has `{line.text}`.", remedy="Leave out what stands in the brackets.")
    builds = [f"{record.build} ({record.subdir})" for record in records]
    return Lack("build", f"No channel has `{line.text}`: of that version there are the builds {some(builds)}.")


def _is_contradictory(versions: str) -> bool:
    """Conditions such as ``>=3.13,<3.12``, which no version at all can satisfy."""
    found = [_CONDITION.fullmatch(part.strip()) for part in versions.split(",")]
    bounds = [(match[1], rattler.Version(match[2])) for match in found if match]
    if len(bounds) < len(found):  # something else is said as well
        return False
    lower = [(version, sign == ">") for sign, version in bounds if sign in {">", ">=", "=="}]
    upper = [(version, sign == "<") for sign, version in bounds if sign in {"<", "<=", "=="}]
    return any(low > high or (low == high and (above or below)) for low, above in lower for high, below in upper)


_CONDITION = re.compile(r"(==|[<>]=?)\s*([\w.!+]+)")


def _hidden(line: Line, named: Sequence[Record], found: Sequence[Record], solver: Solver) -> Lack | None:
    """Strict priority hides the packages of a line behind those of an earlier channel; None where it does not."""
    if not solver.is_strict or line.spec.channel is not None:
        return None
    order = [channel.base_url for channel in solver.channels]
    first = min((record.channel or "" for record in named), key=order.index)
    if any(record.channel == first for record in found):
        return None
    names = {channel.base_url: channel.name or channel.base_url for channel in solver.channels}
    shown = [record for record in named if record.channel == first]
    message = (
        f"`{line.text}` is in the channel {names[found[0].channel or '']} only, but under strict channel priority "
        f"{line.name} comes from {names[first]} alone, whose newest version is {_newest(shown)}."
    )
    return Lack("priority", message, _instead(line, shown))


def _instead(line: Line, records: Sequence[Record]) -> tuple[str, ...]:
    """The newest version that begins as the one that a line asks for, if there is any, and the newest of all."""
    asked = re.findall(r"\d+", (line.spec.version or "").partition(",")[0])
    for length in (2, 1):
        alike = [record for record in records if re.findall(r"\d+", str(record.version))[:length] == asked[:length]]
        if asked and alike:
            return tuple(dict.fromkeys([_newest(alike), _newest(records)]))
    return (_newest(records),)


def _newest(records: Sequence[Record]) -> str:
    return str(max(record.version for record in records))
