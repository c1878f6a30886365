"""Delete the files of pip packages from a staging prefix if python's minor version changes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from glob import escape
from pathlib import Path

from ...models import Plan
from ..backend import Report
from ..link.manifest import owned_files
from ..messages import first_of, short_version

_NAMED = 20
"""Maximum number of files that a sentence names."""


def former_minor(plan: Plan) -> str:
    """Return the minor version of the python that a plan replaces or removes, such as ``3.11``; empty if it stays."""
    for change in plan.changes:
        if change.name == "python" and change.before is not None:
            before, after = (short_version(text.split(" ")[0]) for text in (change.before, change.after or ""))
            return before if before != after else ""
    return ""


def take_out_of_former(folder: Path, plan: Plan, report: Report) -> None:
    """Delete the files of pip packages, if python's minor version changes.

    These are the files in their ``RECORD``, without those in records of conda.

    Raises:
        OSError: a file cannot be deleted, or a record cannot be read.
        InvalidSpec: a record of conda is invalid.
    """
    minor = former_minor(plan)
    if not minor:
        return
    files = [Path(name) for name, owned in owned_files(folder).items() if not owned.record]
    root = folder.resolve()
    inside = {parent for parent in {file.parent for file in files} if (folder / parent).resolve() == root / parent}
    gone = [file for file in files if file.parent in inside]  # delete nothing through a symlink
    for file in gone:
        with suppress(FileNotFoundError, IsADirectoryError):
            (folder / file).unlink()
    _delete_bytecode(folder, gone)
    _delete_empty(folder, {file.parent for file in gone})
    if gone:
        report.log(f"Deleted packages that pip had installed for Python {minor}: {len(gone)} files.")


def tell_of_former(folder: Path, plan: Plan, report: Report) -> None:
    """Log the files that stay in the site-packages of the former python, because no package owns them."""
    minor = former_minor(plan)
    site = folder / "lib" / f"python{minor}" / "site-packages"
    left = sorted(path.relative_to(folder).as_posix() for path in _files(site)) if minor else []
    if left:
        report.log(f"Kept, because no pip package owns them: {first_of(left, _NAMED)}.")


def _files(folder: Path) -> Iterator[Path]:
    for path, _, names in os.walk(folder):
        if not path.endswith("__pycache__"):
            yield from (Path(path, name) for name in names)


def _delete_bytecode(folder: Path, sources: Iterable[Path]) -> None:
    for source in sources:
        if source.suffix == ".py":
            for path in (folder / source.parent / "__pycache__").glob(f"{escape(source.stem)}.*.pyc"):
                path.unlink(missing_ok=True)


def _delete_empty(folder: Path, parents: Iterable[Path]) -> None:
    """Delete empty folders, and empty parents up to ``site-packages``."""
    for parent in sorted(parents, key=lambda path: len(path.parts), reverse=True):
        path = folder / parent
        with suppress(OSError):
            (path / "__pycache__").rmdir()
        with suppress(OSError):
            while path.name != "site-packages" and folder in path.parents:
                path.rmdir()
                path = path.parent
