"""Find out why no package of the channels matches one line of a spec, regardless of the other lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import rattler

from ...models import shown_time
from ..messages import short_version, some
from ..solve.filtered_channel import time_of
from ..solve.solver import Line, Solver

Record = rattler.RepoDataRecord


@dataclass(frozen=True, slots=True)
class Lack:
    """Why no package matches a line.

    Attributes:
        kind: what no channel has: the package, its version, build, platform or hash; or strict priority hides it, or
            it is too new.
        message: the same as a sentence.
        remedy: what to do, if that does not follow from the kind.
        versions: alternatives: the newest version with the same first numbers, and the newest of all. Empty if there
            is none, or if another build is sufficient.
    """

    kind: Literal["package", "version", "build", "platform", "hash", "priority", "age"]
    message: str
    versions: tuple[str, ...] = ()
    remedy: str = ""


def lack_of(line: Line, records: Sequence[Record], solver: Solver, too_new: Sequence[Record] = ()) -> Lack | None:
    """Return why no package matches a line; None if one does.

    Args:
        line: names a package.
        records: of all packages of that name, and perhaps of others.
        solver: has the channels, their priority and the cut-offs.
        too_new: packages of that name that are left out, and perhaps of others.
    """
    named = [record for record in records if record.name.normalized == line.name]
    found = [record for record in named if line.matches(record)]
    if found:
        return _hidden(line, named, found, solver)
    left_out = [record for record in too_new if record.name.normalized == line.name]
    if matching := [record for record in left_out if not named or line.matches(record)]:
        return _too_new(line, named, matching, solver)
    lack = _absence(line, named)
    return replace(lack, message=f"{lack.message} {channel_of_build(line, solver.channels)}".rstrip())


def channel_of_build(line: Line, channels: Sequence[rattler.Channel]) -> str:
    """Return a sentence on the channel that has builds like that of a line; empty if it is listed or unknown.

    Exports of environments often have such builds, but not the channel.
    """
    listed = {channel.base_url.rstrip("/").rpartition("/")[2] for channel in channels}
    known = (channel for pattern, channel in _BUILDS if pattern.fullmatch(line.spec.build or ""))
    channel = next(known, "")
    if not channel or channel in listed:
        return ""
    return f"The build of `{line.text}` is named like those of the channel {channel}, which is not listed: add it."


_BUILDS = ((re.compile(r"py3\.?\d+_(cpu|cu|rocm)[\w.]*"), "pytorch"),)
"""Patterns of builds that only one channel has."""


def _too_new(line: Line, named: Sequence[Record], left_out: Sequence[Record], solver: Solver) -> Lack:
    """Return that all packages that match a line are too new; ``named`` are the others of its name."""
    what = f"All packages that match `{line.text}`" if named else f"All packages named {line.name}"
    versions = _instead(line, named) if named else ()
    record = newest(left_out)
    instead = f"Change to `{line.name}={short_version(versions[0])}`, or " if named else ""
    remedy = instead + solver.cutoffs.remedy(record.channel or "", line.name)
    return Lack("age", f"{what} are too new: {age_of(record, solver)}.", versions, remedy[0].upper() + remedy[1:])


def newest(records: Sequence[Record]) -> Record:
    """Return the package with the newest version."""
    return max(records, key=lambda record: record.version)


def age_of(record: Record, solver: Solver) -> str:
    """Return a clause that says why a package is too new."""
    time, cutoff = time_of(record), solver.cutoffs.of(record.channel or "", record.name.normalized)
    assert time is not None
    assert cutoff is not None
    return f"{record.name.normalized} {record.version} is of {shown_time(time)}, after {shown_time(cutoff)}"


def _absence(line: Line, named: Sequence[Record]) -> Lack:
    """Return what is missing among all packages of a name, none of which matches the line."""
    source = line.spec.channel
    there = [record for record in named if source is None or record.channel == source.base_url]
    if not there:
        where = "No channel has a" if source is None else f"The channel {source.name} has no"
        return Lack("package", f"{where} package named {line.name}.")
    loose = rattler.MatchSpec(f"{line.name} {line.spec.version or '*'}", strict=False)
    if alike := [record for record in there if loose.matches(record)]:
        return _other_build(line, alike)
    where = f"The channel {source.name} has no" if source is not None else "No channel has"
    newest = _newest(there)
    message = f"{where} `{line.text}`: the newest version of {line.name} is {newest}."
    if _is_contradictory(str(line.spec.version or "")):
        message = f"No {line.name} can be `{line.text}`: its conditions exclude each other."
    return Lack("version", message, _instead(line, there))


def _other_build(line: Line, records: Sequence[Record]) -> Lack:
    """Return what is missing among the packages of the right version."""
    subdirs, build = list(dict.fromkeys(record.subdir for record in records)), line.spec.build
    if line.spec.subdir is not None and line.spec.subdir not in subdirs:
        message = f"No channel has `{line.text}` for {line.spec.subdir}, only for {some(subdirs)}."
        return Lack("platform", message, remedy="Remove the platform.")
    if build is None or any(
        rattler.MatchSpec(f"{line.name} * {build}", strict=False).matches(record) for record in records
    ):
        if line.spec.md5 or line.spec.sha256:
            return Lack("hash", f"No channel has `{line.text}` with that hash.", remedy="Remove the hash.")
        return Lack("build", f"No channel has `{line.text}`.", remedy="Remove the brackets.")
    builds = [f"{record.build} ({record.subdir})" for record in records]
    return Lack("build", f"No channel has `{line.text}`: the builds of that version are {some(builds)}.")


def _is_contradictory(versions: str) -> bool:
    """Return whether no version can match conditions such as ``>=3.13,<3.12``."""
    found = [_CONDITION.fullmatch(part.strip()) for part in versions.split(",")]
    bounds = [(match[1], rattler.Version(match[2])) for match in found if match]
    if len(bounds) < len(found):  # other kinds of conditions are not compared
        return False
    lower = [(version, sign == ">") for sign, version in bounds if sign in {">", ">=", "=="}]
    upper = [(version, sign == "<") for sign, version in bounds if sign in {"<", "<=", "=="}]
    return any(low > high or (low == high and (above or below)) for low, above in lower for high, below in upper)


_CONDITION = re.compile(r"(==|[<>]=?)\s*([\w.!+]+)")


def _hidden(line: Line, named: Sequence[Record], found: Sequence[Record], solver: Solver) -> Lack | None:
    """Return that strict priority hides the packages of a line behind an earlier channel; None if it does not."""
    if not solver.is_strict or line.spec.channel is not None:
        return None
    order = [channel.base_url for channel in solver.channels]
    first = min((record.channel or "" for record in named), key=order.index)
    if any(record.channel == first for record in found):
        return None
    names = {channel.base_url: channel.name or channel.base_url for channel in solver.channels}
    shown = [record for record in named if record.channel == first]
    message = (
        f"Only the channel {names[found[0].channel or '']} has `{line.text}`, but with strict channel priority "
        f"{line.name} comes from {names[first]}, whose newest version is {_newest(shown)}."
    )
    return Lack("priority", message, _instead(line, shown))


def _instead(line: Line, records: Sequence[Record]) -> tuple[str, ...]:
    """Return the newest version with the same first numbers as the line's, if there is any, and the newest of all."""
    numbers = re.findall(r"\d+", (line.spec.version or "").partition(",")[0])
    for length in (2, 1):
        alike = [record for record in records if re.findall(r"\d+", str(record.version))[:length] == numbers[:length]]
        if numbers and alike:
            return tuple(dict.fromkeys([_newest(alike), _newest(records)]))
    return (_newest(records),)


def _newest(records: Sequence[Record]) -> str:
    return str(newest(records).version)
