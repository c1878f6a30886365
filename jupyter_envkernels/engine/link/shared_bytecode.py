"""Bytecode that is compiled already: taken from an environment that has the same source files, by hard links.

Packages are linked from one cache, so that the same package is the same files in all environments; then what one of
them has compiled is right for the others, too (Python knows by time and size of the source, PEP 552, and puts the path
right when it loads the code). It spares the first start of a kernel most of its time, and clones disk space.
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
    """Return the environments of that cache that were made last, newest first, without those that others can change.

    One that was removed since may be another account's by now.
    """
    session = trust.session()
    return [prefix for prefix in donors(package_cache) if session.judge(prefix).ok]


def donors(package_cache: Path) -> tuple[Path, ...]:
    """Return the environments of that cache that were made last, newest first."""
    with suppress(OSError):
        return tuple(map(Path, os.fsdecode(read_file(package_cache / _FILE, _MAX_BYTES)).splitlines()))
    return ()


def add_donor(package_cache: Path, prefix: Path) -> None:
    """Remember an environment. Two that do so at once may forget one of them; nothing depends on it."""
    known = [str(path) for path in donors(package_cache) if path != prefix]
    fresh = package_cache / f".{_FILE}.{os.getpid()}"
    with suppress(OSError):
        text = "\n".join([str(prefix), *known][:_MOST])
        fresh.write_text(text, encoding="utf-8", errors="surrogateescape")
        fresh.replace(package_cache / _FILE)


def share_bytecode(givers: Sequence[Path], prefix: Path) -> int:
    """Give a prefix what others have compiled of its files.

    Args:
        givers: prefixes; those that are not there any more do not count.
        prefix: where the bytecode goes. What it has stays.

    Returns:
        How many files it got.
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
    """Link the bytecode of one folder, of each source that of the first giver that has any.

    Args:
        givers: their site-packages.
        folder: one in that of the taker.
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
    """The same file. One of the same time and size may hold another prefix of the same length."""
    try:
        return os.path.samestat(os.stat(giver), taker.stat())
    except OSError:
        return False


def _link(code: str, target: str) -> bool:
    """False where there is one already, or none can be."""
    with suppress(OSError):
        try:
            os.link(code, target)
        except FileNotFoundError:  # the first of its folder
            os.mkdir(os.path.dirname(target))
            os.link(code, target)
        return True
    return False
