"""Read lock files for the platform of this machine, and only what an installation needs.

Formats: pixi.lock (:mod:`.pixi_lock`) and conda-lock.yml (:mod:`.conda_lock`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ...models import Diagnostic, EnvSpec, LockedPackage
from ..platforms import current_platform
from ..remarks import Unreadable, exact, shown, unreadable
from ..yaml_nodes import Mapping, compose_lock, fields, text_of
from . import conda_lock, pixi_lock
from .entries import Entry, conda_package, pip_line
from .explicit import duplicate

_AGAIN = "Make the lock file again with the program that wrote it."


def read(text: str) -> tuple[EnvSpec, list[Diagnostic]]:
    """Return the spec and its diagnostics.

    Raises:
        Unreadable: it is not a lock file, or has nothing for this platform.
    """
    here = current_platform()
    root = _compose(text)
    form = pixi_lock if "environments" in fields(root) else conda_lock
    version = text_of(fields(root).get("version"))
    if version and version not in form.VERSIONS:
        message = (
            f"The lock file has version {shown(version)}; {form.VERSIONS[0]} to {form.VERSIONS[-1]} are supported."
        )
        raise unreadable("invalid-lock-file", 1, 1, message, _AGAIN)
    entries, remarks = form.read(root, here)
    if all(entry.is_pip for entry in entries):
        message = f"The lock file lists no conda package for {here}."
        raise unreadable("empty", 1, 1, message, "Lock an environment that has at least python.")
    spec, errors = _spec(entries)
    return spec, [exact("a lock file", len(spec.locked), 1), *remarks, *errors]


def _spec(entries: Sequence[Entry]) -> tuple[EnvSpec, list[Diagnostic]]:
    """Return the spec, and an error for each entry that cannot be installed."""
    locked: list[LockedPackage] = []
    pip: list[str] = []
    errors = []
    firsts: dict[tuple[bool, str], Entry] = {}
    for entry in entries:
        try:
            found = pip_line(entry) if entry.is_pip else conda_package(entry)
        except Unreadable as error:
            errors.append(error.diagnostic)
            continue
        first = firsts.setdefault(entry.key, entry)
        if first is not entry:
            if (first.location, first.hashes) != (entry.location, entry.hashes):
                errors.append(duplicate(entry.node, entry.key[1], first.node))
        elif isinstance(found, str):
            pip.append(found)
        else:
            locked.append(found)
    return EnvSpec(locked=tuple(locked), pip=tuple(pip)), errors


def _compose(text: str) -> Mapping:
    try:
        root = compose_lock(text)
    except Unreadable as error:
        raise Unreadable(replace(error.diagnostic, code="invalid-lock-file", remedy=_AGAIN)) from error
    if not isinstance(root, Mapping):
        raise unreadable("invalid-lock-file", 1, 1, "The lock file has no keys.", _AGAIN)
    return root
