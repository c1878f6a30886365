"""Bytecode that is compiled already: taken from an environment that has the same source files, by hard links.

Packages are linked from one cache, so that the same package is the same files in all environments; then what one of
them has compiled is right for the others, too (Python knows by time and size of the source, PEP 552, and puts the path
right when it loads the code). It spares the first start of a kernel most of its time, and clones disk space.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

_FILE = "bytecode-donors.txt"
_MOST = 10


def donors(package_cache: Path) -> tuple[Path, ...]:
    """The environments of that cache that were made last, newest first."""
    with suppress(OSError):
        return tuple(map(Path, (package_cache / _FILE).read_text("utf-8", errors="surrogateescape").splitlines()))
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
        there = [giver for giver in givers if (giver / site.relative_to(prefix)).is_dir()]
        for folder, subfolders, names in os.walk(site):
            if "__pycache__" in subfolders:
                subfolders.remove("__pycache__")
            sources = {name for name in names if name.endswith(".py")}
            if sources:
                place = Path(folder).relative_to(prefix)
                count += sum(_share(giver / place, Path(folder), sources) for giver in there)
    return count


def _share(giver: Path, taker: Path, sources: set[str]) -> int:
    """Link the bytecode of one folder."""
    cache = taker / "__pycache__"
    count = 0
    for name in _bytecode(giver / "__pycache__"):
        source = f"{name.split('.', 1)[0]}.py"
        if source in sources and _is_same(giver / source, taker / source):
            with suppress(OSError):  # it has one, or stands on another disk
                cache.mkdir(exist_ok=True)
                os.link(giver / "__pycache__" / name, cache / name)
                count += 1
    return count


def _bytecode(folder: Path) -> Iterable[str]:
    """Names such as ``module.cpython-312.pyc``."""
    try:
        names: Iterator[str] = iter(os.listdir(folder))
    except OSError:
        return ()
    return (name for name in names if name.endswith(".pyc"))


def _is_same(giver: Path, taker: Path) -> bool:
    """The same file. One of the same time and size may hold another prefix of the same length."""
    try:
        left, right = giver.stat(), taker.stat()
    except OSError:
        return False
    return (left.st_dev, left.st_ino) == (right.st_dev, right.st_ino)
