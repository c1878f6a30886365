"""Write the files that make a prefix an ordinary conda environment, besides its packages.

``conda-meta/history`` is conda's record of what was requested and when (read by ``conda env export --from-history`` and
``conda list --revisions``); ``conda-meta/state`` has the environment's variables (``conda env config vars``);
``~/.conda/environments.txt`` lists environments outside of ``envs_dirs``. Formats: conda's ``history.py``,
``core/prefix_data.py`` and ``core/envs_manager.py``.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from ...envs.discovery import MAX_LISTING_BYTES
from ...envs.former_prefixes import FORMER_PREFIXES, read_former_prefixes
from ...envs.history import read_history, requested_specs
from ...envs.prefix_data import record_paths
from ...files import read_file
from ...models import Plan, PlannedPackage
from ...specs import conda_name
from ...specs.redact import without_credentials
from ...specs.secrets import Secrets
from .package_records import complete_records

_NO_SECRETS = Secrets()


def write_all(folder: Path, plan: Plan, command: str, secrets: Secrets = _NO_SECRETS) -> None:
    """Write history, variables and records after packages were linked.

    Args:
        folder: the staging prefix.
        plan: its packages.
        command: for the history.
        secrets: values of variables, which are replaced by their names.

    Raises:
        OSError: a file cannot be written.
    """
    (folder / "CACHEDIR.TAG").unlink(missing_ok=True)  # otherwise backups would skip the environment
    write_history(folder, plan, command)
    write_variables(folder, plan.variables)
    complete_records(folder, secrets)


def write_history(prefix: Path, plan: Plan, command: str) -> None:
    """Add a revision to the history of an environment, or start it.

    Args:
        prefix: the staging prefix, with the history so far.
        plan: its packages.
        command: the command that is recorded.
    """
    history = read_history(prefix)
    # conda compares lines as strings, so an unchanged package must be written as before
    written = {_package(dist): dist for dist in (history[-1].packages if history else ())}
    new = {written.get(_package(dist), dist) for dist in map(_dist, plan.packages)}
    old = set(written.values())
    lines = [f"==> {time.strftime('%Y-%m-%d %H:%M:%S')} <==", f"# cmd: {command}"]
    changes = [*(f"-{dist}" for dist in sorted(old - new)), *(f"+{dist}" for dist in sorted(new - old))]
    lines += changes or sorted(new)  # conda reads a revision without packages as an empty environment
    # conda accumulates the requested specs of all revisions, so others must be removed explicitly
    known = requested_specs(history)
    requested = {conda_name(text) for text in plan.requested}
    gone = [text for name, text in known.items() if name not in requested]
    fresh = [text for text in plan.requested if text not in known.values()]
    lines += [f"# remove specs: {gone!r}"] if gone else []
    lines += [f"# update specs: {fresh!r}"] if fresh else []
    text = "".join(f"{without_credentials(line)}\n" for line in lines)
    with (prefix / "conda-meta" / "history").open("a", encoding="utf-8", errors="surrogateescape") as file:
        file.write(text)


def keep_history(source: Path, copy: Path) -> None:
    """Copy the history of a renamed environment, and record its former prefixes.

    Args:
        source: the old prefix.
        copy: the staging prefix.
    """
    shutil.copyfile(source / "conda-meta" / "history", copy / "conda-meta" / "history")
    former = [*read_former_prefixes(source), source]
    (copy / FORMER_PREFIXES).write_bytes(b"".join(os.fsencode(prefix) + b"\n" for prefix in former))


def _dist(package: PlannedPackage) -> str:
    place = f"{without_credentials(package.channel).rstrip('/')}/{package.subdir}"
    return f"{place}::{package.name}-{package.version}-{package.build}"


def _package(dist: str) -> tuple[str, str]:
    """Return subdir and ``name-version-build`` of a line of the history, without the channel's spelling."""
    place, _, stem = dist.rpartition("::")
    return place.rpartition("/")[2], stem.removesuffix(".conda").removesuffix(".tar.bz2")


def keep_times(before: Path, prefix: Path) -> None:
    """Copy the times of unchanged records, by which files that were changed later are recognized."""
    for record in record_paths(prefix):
        with suppress(OSError):
            old = (before / "conda-meta" / record.name).stat()
            os.utime(record, ns=(old.st_atime_ns, old.st_mtime_ns))


def write_variables(prefix: Path, variables: Mapping[str, str]) -> None:
    """Set the environment's variables, as ``conda env config vars set`` does."""
    if variables:
        state = {"version": 1, "env_vars": dict(variables)}
        (prefix / "conda-meta" / "state").write_text(json.dumps(state, indent=2), encoding="utf-8")


def is_registered(prefix: Path, home: Path) -> bool:
    """Return whether ``environments.txt`` has the prefix; False if it cannot be read."""
    try:
        return _has(read_file(_listing(home), MAX_LISTING_BYTES).splitlines(), prefix)
    except OSError:
        return False


def register(prefix: Path, home: Path) -> str:
    """Add the prefix to ``~/.conda/environments.txt``, where conda and other programs look.

    Returns:
        Why it failed, as a sentence for the log, or empty. The environment works without it.
    """
    entry = os.fsencode(prefix) + b"\n"
    return _edit(home, lambda lines: lines if _has(lines, prefix) else [*_ended(lines), entry])


def unregister(prefix: Path, home: Path) -> str:
    """Remove the prefix from ``~/.conda/environments.txt``.

    Returns:
        Why it failed, as a sentence for the log, or empty.
    """
    if not is_registered(prefix, home):
        return ""
    return _edit(home, lambda lines: [line for line in lines if not _has([line], prefix)])


_Lines = Sequence[bytes]
"""Lines with their newlines, as bytes, because paths may not be UTF-8."""


def _has(lines: _Lines, prefix: Path) -> bool:
    return os.fsencode(prefix) in (line.strip() for line in lines)


def _ended(lines: _Lines) -> _Lines:
    """Add a missing newline to the last line."""
    return [*lines[:-1], lines[-1].rstrip(b"\n") + b"\n"] if lines else lines


def _listing(home: Path) -> Path:
    return home / ".conda" / "environments.txt"


def _edit(home: Path, change: Callable[[_Lines], _Lines]) -> str:
    """Change ``environments.txt``; if it is a link, change its target."""
    listing = _listing(home)
    try:
        listing.parent.mkdir(parents=True, exist_ok=True)
        with _locked(listing.with_name(".environments.txt.lock")):
            target = Path(os.path.realpath(listing))
            lines = _lines_of(target)
            changed = change(lines)
            if changed != lines:
                _replace(target, b"".join(changed))
    except OSError as error:
        return f"The list of environments {listing} cannot be changed: {error.strerror}."
    return ""


def _lines_of(listing: Path) -> _Lines:
    """Return the lines of the list. An unreadable file raises, so that it is not overwritten."""
    try:
        return read_file(listing, MAX_LISTING_BYTES).splitlines(keepends=True)
    except FileNotFoundError:
        return []


def _replace(path: Path, data: bytes) -> None:
    """Write a file atomically, with its mode."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        fresh.write_bytes(data)
        if path.exists():
            shutil.copymode(path, fresh)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Lock against our own processes; conda itself uses no lock here."""
    with path.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
