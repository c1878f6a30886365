"""Reuse bytecode of environments that have the same source files, by hard links.

Packages are linked from one cache, so a package has the same files in all environments, and bytecode that one of them
has compiled is valid for the others (Python identifies the source by time and size, PEP 552, and sets the path when it
loads the code). This makes the first start of a kernel much faster, and saves disk space.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from ...envs.trust import Trust
from ...files import read_file
from .tree import CACHE, Folder, is_bytecode, list_bytecode, list_tree

_FILE = "bytecode-donors.txt"
_MOST = 10
_MAX_BYTES = 1 << 20


def trusted_donors(package_cache: Path, trust: Trust) -> list[Path]:
    """Return the donors that no untrusted account can change, newest first.

    If an environment was removed, another account may have created its path again.
    """
    session = trust.session()
    return [prefix for prefix in donors(package_cache) if session.judge(prefix).ok]


def donors(package_cache: Path) -> tuple[Path, ...]:
    """Return the last environments that were created with this cache, newest first."""
    with suppress(OSError):
        return tuple(map(Path, os.fsdecode(read_file(package_cache / _FILE, _MAX_BYTES)).splitlines()))
    return ()


def add_donor(package_cache: Path, prefix: Path) -> None:
    """Record an environment as a donor. Concurrent calls may lose one of them, which is harmless."""
    known = [str(path) for path in donors(package_cache) if path != prefix]
    fresh = package_cache / f".{_FILE}.{os.getpid()}"
    with suppress(OSError):
        text = "\n".join([str(prefix), *known][:_MOST])
        fresh.write_text(text, encoding="utf-8", errors="surrogateescape")
        fresh.replace(package_cache / _FILE)


def share_bytecode(givers: Sequence[Path], prefix: Path) -> int:
    """Link bytecode from other prefixes.

    Args:
        givers: prefixes, which may not exist.
        prefix: where the bytecode is linked to. Existing files are kept.

    Returns:
        The number of linked files.
    """
    count = 0
    for site in prefix.glob("lib/python3.*/site-packages"):
        place = site.relative_to(prefix)
        there = [str(giver / place) for giver in givers if (giver / place).is_dir()]
        if there:
            folders = list_tree(site, lambda place: not is_bytecode(place))
            count += sum(_share(there, folder) for folder in folders)
    return count


def _share(givers: Iterable[str], folder: Folder) -> int:
    """Link the bytecode of one folder, for each source from the first prefix that has any.

    Args:
        givers: site-packages of the other prefixes.
        folder: in the site-packages of this one.
    """
    lacking = {entry.name[:-3]: entry for entry in folder.entries if entry.name.endswith(".py")}
    count = 0
    for giver in givers:
        if not lacking:
            break
        given: set[str] = set()
        source = f"{giver}/{folder.place}"
        for name in list_bytecode(f"{source}{CACHE}"):
            module = name.split(".", 1)[0]
            if module in lacking and _is_same(f"{source}{module}.py", lacking[module]):
                count += _link(f"{source}{CACHE}/{name}", f"{folder.path}/{CACHE}/{name}")
                given.add(module)
        lacking = {module: entry for module, entry in lacking.items() if module not in given}
    return count


def _is_same(giver: str, taker: os.DirEntry[str]) -> bool:
    """Return whether two names are one file: a copy of the same time and size may contain another prefix."""
    try:
        return os.path.samestat(os.stat(giver), taker.stat())
    except OSError:
        return False


def _link(code: str, target: str) -> bool:
    """Link a file; return False if the target exists, or no link is possible."""
    with suppress(OSError):
        try:
            os.link(code, target)
        except FileNotFoundError:  # __pycache__ does not exist yet
            os.mkdir(os.path.dirname(target))
            os.link(code, target)
        return True
    return False
