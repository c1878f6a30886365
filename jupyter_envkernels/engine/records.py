"""What makes a prefix an ordinary conda environment beside its packages.

``conda-meta/history`` is conda's own record of what was asked for and when (read by ``conda env export --from-history``
and ``conda list --revisions``); ``conda-meta/state`` holds the environment's variables (``conda env config vars``);
``~/.conda/environments.txt`` lists environments outside of ``envs_dirs``. Formats: conda's ``history.py``,
``core/prefix_data.py`` and ``core/envs_manager.py``.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from ..models import Plan


def write_history(prefix: Path, plan: Plan, command: str) -> None:
    """Begin the history of a new environment with its first revision."""
    lines = [f"==> {time.strftime('%Y-%m-%d %H:%M:%S')} <==", f"# cmd: {command}"]
    lines += sorted(f"+{p.channel.rstrip('/')}/{p.subdir}::{p.name}-{p.version}-{p.build}" for p in plan.packages)
    if plan.requested:
        lines.append(f"# update specs: {list(plan.requested)!r}")
    (prefix / "conda-meta" / "history").write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_variables(prefix: Path, variables: Mapping[str, str]) -> None:
    """Set the environment's variables, as ``conda env config vars set`` does."""
    if variables:
        state = {"version": 1, "env_vars": dict(variables)}
        (prefix / "conda-meta" / "state").write_text(json.dumps(state, indent=2), encoding="utf-8")


def open_records(prefix: Path) -> None:
    """Give the package records the modes that the umask allows: the engine writes them for the owner alone."""
    umask = os.umask(0)
    os.umask(umask)
    for record in (prefix / "conda-meta").glob("*.json"):
        record.chmod(0o666 & ~umask)


def register(prefix: Path, home: Path) -> None:
    """Add the prefix to ``~/.conda/environments.txt``, where conda and others look."""
    _edit(home, lambda lines: [*lines, str(prefix)] if str(prefix) not in lines else lines)


def unregister(prefix: Path, home: Path) -> None:
    """Take the prefix out of ``~/.conda/environments.txt``."""
    _edit(home, lambda lines: [line for line in lines if line != str(prefix)])


def _edit(home: Path, change: Callable[[Sequence[str]], Sequence[str]]) -> None:
    listing = home / ".conda" / "environments.txt"
    listing.parent.mkdir(exist_ok=True)
    with _locked(listing.with_name(".environments.txt.lock")):
        text = listing.read_text(encoding="utf-8") if listing.exists() else ""
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        changed = change(lines)
        if changed != lines:
            fresh = listing.with_name(f".environments.txt.{os.getpid()}")
            fresh.write_text("".join(f"{line}\n" for line in changed), encoding="utf-8")
            fresh.replace(listing)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Keep our own processes apart; conda itself takes no lock here."""
    with path.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
