"""Check requests against the administrator's limits.

A spec is checked before it becomes a job, a plan before anything is written. Channels are checked by the engine, which
resolves their names: see ``engine.channel_policy``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from fnmatch import fnmatchcase

from packaging.utils import canonicalize_name

from .errors import NotAllowed, PolicyUnusable
from .models import CheckedSpec, Limits, Plan, PlannedPackage, Problem, Room, count_of, shown_time, size

_LAST_SECOND = 253_402_300_799
"""The end of the year 9999: greater times in records are in milliseconds."""

_ASK = "Ask the administrator of this server."


def of_spec(limits: Limits, packages: Iterable[str], pip: Iterable[str]) -> list[Problem]:
    """Return the violations of a spec.

    Args:
        limits: the limits.
        packages: names of the requested conda packages.
        pip: names of the requested pip packages; empty for a line without a name.
    """
    lines = list(pip)
    problems = _denied(limits, [*packages, *lines])
    if lines and not limits.allow_pip:
        remedy = "Remove the section pip: from the spec, and use conda packages instead."
        problems.append(Problem("pip-not-allowed", "pip packages are not allowed here.", remedy))
    return problems


def of_number(limits: Limits, count: int) -> list[Problem]:
    """Return the violations of creating one more environment.

    Args:
        limits: the limits.
        count: number of environments that exist or are being created.
    """
    if not limits.max_environments or count < limits.max_environments:
        return []
    message = f"You have reached the limit of {count_of(limits.max_environments, 'environment')}."
    if count > limits.max_environments:
        message += f" You have {count}; earlier versions that are kept beside an environment count as well."
    details = {"limit": limits.max_environments, "count": count}
    return [Problem("too-many-environments", message, "Remove one that you no longer need.", details=details)]


def of_bytes(limits: Limits, used: int, added: int) -> list[Problem]:
    """Return the violations of the disk usage of all environments of a user.

    Args:
        limits: the limits.
        used: bytes that the environments take.
        added: bytes that the request adds; without any it is always allowed.
    """
    most = limits.max_total_bytes
    if not most or not added or used + added <= most:
        return []
    if used >= most:
        message = f"You have reached the limit of {size(most)} for all environments: yours take {size(used)}."
    else:
        message = f"This would add about {size(added)} to the {size(used)} that your environments take; "
        message += f"{size(most)} are allowed."
    details = {"limit": most, "used": used, "added": added}
    return [Problem("too-many-bytes", message, "Remove environments that you no longer need.", details=details)]


def of_plan(limits: Limits, plan: Plan) -> list[Problem]:
    """Return the violations of a plan; all its packages count, including dependencies."""
    problems = _denied(limits, [package.name for package in plan.packages])
    count, total = len(plan.packages), plan.copied_bytes
    if limits.max_packages and count > limits.max_packages:
        message = f"The environment would have {count} packages; {limits.max_packages} are allowed."
        details = {"limit": limits.max_packages, "count": count}
        problems.append(Problem("too-many-packages", message, "Request fewer packages.", details=details))
    if limits.max_environment_bytes and total > limits.max_environment_bytes:
        allowed = _megabytes(limits.max_environment_bytes)
        message = f"The environment would take about {_megabytes(total)}; {allowed} are allowed."
        details = {"limit": limits.max_environment_bytes, "added": total}
        problems.append(Problem("too-large-environment", message, "Request fewer packages.", details=details))
    return [*problems, *_scarce(limits, plan)]


def of_unpacked(room: Room, whole: int, growth: int, free: int | None, largest: str) -> list[Problem]:
    """Return the violations of packages while they are unpacked: sizes in a channel may be wrong or missing.

    Args:
        room: the rest of the limits.
        whole: bytes that all packages of the environment take so far.
        growth: bytes of the newly unpacked ones.
        free: free bytes on the disk; None if unknown.
        largest: the largest newly unpacked package, with its size.
    """
    found = []
    if room.whole is not None and whole > room.whole:
        found.append(("too-large-environment", f"they take more than the {size(room.whole)} of an environment"))
    if room.growth is not None and growth > room.growth:
        found.append(("too-many-bytes", f"they take more than the {size(room.growth)} that your limit leaves"))
    if room.free is not None and free is not None and free < room.free:
        found.append(("too-little-space", f"less than {size(room.free)} stay free on the disk"))
    words = f" The largest is {largest}." if largest else ""
    return [Problem(code, f"When the packages are unpacked, {what}.{words}", _ASK) for code, what in found]


def of_ages(limits: Limits, packages: Iterable[PlannedPackage], now: datetime) -> list[Problem]:
    """Return the violations of packages that will be installed; those without a time are allowed.

    The solver chooses none that is too new, but lock files and URLs name exact packages.
    """
    if not limits.min_package_age:
        return []
    latest = now - timedelta(seconds=limits.min_package_age)
    found = [
        f"{package.name} {package.version} ({shown_time(time)})"
        for package in packages
        if (time := _time_of(package)) is not None and time > latest
    ]
    if not found:
        return []
    message = f"Packages newer than {shown_time(latest)} are not allowed here: {', '.join(found)}."
    return [Problem("package-not-allowed", message, "Use older versions, or wait until these are old enough.")]


def _time_of(package: PlannedPackage) -> datetime | None:
    record = json.loads(package.record)
    seconds = record.get("indexed_timestamp") or record.get("timestamp")
    if not seconds:
        return None
    if seconds > _LAST_SECOND:
        seconds /= 1000
    return datetime.fromtimestamp(seconds, timezone.utc)


def of_installed(limits: Limits, names: Iterable[str]) -> list[Problem]:
    """Return the violations of packages that pip has installed, which include dependencies."""
    return _denied(limits, names)


def of_trust(limits: Limits) -> list[Problem]:
    """Return the violations of trusting a prefix that another account can change."""
    message = "Trusting environments that other accounts can change is not allowed here."
    return [] if limits.allow_trust else [Problem("trust-not-allowed", message, _ASK)]


def enforce(limits: Limits, problems: Sequence[Problem]) -> None:
    """Refuse a request that has violations, with the administrator's message.

    Raises:
        NotAllowed: with all violations.
    """
    if problems:
        remedies = dict.fromkeys(problem.remedy for problem in problems)
        details = {"problems": [problem.code for problem in problems]}
        if limits.files:
            details["files"] = list(limits.files)
        message = _told(limits, *(problem.message for problem in problems))
        raise NotAllowed(message, remedy=" ".join(remedies), details=details)


def is_refusal(code: str) -> bool:
    """Return whether a code means that the administrator does not allow it."""
    return code.endswith("-not-allowed") or code == PolicyUnusable.code


def in_own_words(limits: Limits, checked: CheckedSpec) -> CheckedSpec:
    """Return a checked spec with the administrator's message added to each refusal."""
    told = [
        replace(each, message=_told(limits, each.message)) if is_refusal(each.code) else each
        for each in checked.diagnostics
    ]
    return replace(checked, diagnostics=tuple(told))


def _told(limits: Limits, *messages: str) -> str:
    return " ".join(filter(None, (*messages, limits.message)))


def _scarce(limits: Limits, plan: Plan) -> list[Problem]:
    if not limits.min_free_bytes or plan.free_bytes is None:
        return []
    left = plan.free_bytes - plan.needed_bytes
    if left >= limits.min_free_bytes:
        return []
    least = _megabytes(limits.min_free_bytes)
    message = f"About {_megabytes(max(0, left))} would be left free on the disk; {least} must stay free."
    return [Problem("too-little-space", message, "Remove environments that you no longer need.")]


def _denied(limits: Limits, names: Iterable[str]) -> list[Problem]:
    patterns = [canonicalize_name(pattern) for pattern in limits.denied_packages]
    found = [
        name
        for name in dict.fromkeys(names)
        if any(fnmatchcase(canonicalize_name(name), pattern) for pattern in patterns)
    ]
    if not found:
        return []
    return [Problem("package-not-allowed", f"Packages that are not allowed here: {', '.join(found)}.", _ASK)]


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f} MB"
