"""Mark requested pip packages by a file ``REQUESTED``, as pip does.

uv marks every package that it installs. The mark decides what an export from history lists, and what an update by a
spec removes. Format:
https://packaging.python.org/en/latest/specifications/recording-installed-packages/
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from packaging.utils import canonicalize_name

from ...envs.inventory import read_inventory
from ...envs.requirement_files import lines_of_files
from ...files import read_file, read_head
from ...specs import pip_name
from ...specs.pip_options import joined

_MARK = "REQUESTED"
_HEAD = 1 << 18
_MAX_RECORD = 64 << 20
_REQUIRES = re.compile(r"^Requires-Dist:[ \t]*([\w.-]+)", re.MULTILINE | re.IGNORECASE | re.ASCII)


def requested_names(
    lines: Iterable[str], folder: Path | None, environ: Mapping[str, str], former: Path | None
) -> set[str]:
    """Return the canonical names of packages that pip lines name, or that were requested before.

    Args:
        lines: of the spec.
        folder: against which relative paths resolve.
        environ: variables, which may be in paths.
        former: the previous version of the environment, if there is one.
    """
    written = list(joined(lines))
    names = {pip_name(line) for line in (*written, *lines_of_files(written, folder, environ)[0])}
    if former is not None:
        names |= {package.name for package in read_inventory(former).of("pip") if package.requested}
    return {canonicalize_name(name) for name in names if name}


def mark_requested(prefix: Path, requested: Collection[str]) -> None:
    """Mark requested pip packages, and unmark those that are only dependencies.

    Args:
        prefix: of the environment.
        requested: canonical names. Packages from a URL or a folder keep their mark: their line may have no name.

    Raises:
        OSError: a mark cannot be written.
    """
    of_pip = dict(_folders(prefix, {canonicalize_name(package.name) for package in read_inventory(prefix).of("pip")}))
    needed = {canonicalize_name(name) for folder in of_pip.values() for name in _REQUIRES.findall(_metadata(folder))}
    for name, folder in of_pip.items():
        if name in requested:
            _set_mark(folder, is_requested=True)
        elif name in needed and not (folder / "direct_url.json").exists():
            _set_mark(folder, is_requested=False)


def _folders(prefix: Path, names: Collection[str]) -> Iterator[tuple[str, Path]]:
    for folder in prefix.glob("lib/python3.*/site-packages/*.dist-info"):
        name = canonicalize_name(folder.name.partition("-")[0])
        if name in names:
            yield name, folder


def _metadata(folder: Path) -> str:
    try:
        return read_head(folder / "METADATA", _HEAD).decode(errors="replace").partition("\n\n")[0]
    except OSError:
        return ""


def _set_mark(folder: Path, *, is_requested: bool) -> None:
    """Create or delete the mark, and update the package's ``RECORD``."""
    mark = folder / _MARK
    if mark.exists() == is_requested:
        return
    if is_requested:
        mark.touch()
    else:
        mark.unlink()
    with suppress(FileNotFoundError):
        record, entry = folder / "RECORD", f"{folder.name}/{_MARK},"
        text = read_file(record, _MAX_RECORD).decode(errors="surrogateescape")
        lines = [line for line in text.splitlines() if not line.startswith(entry)]
        lines += [f"{entry},"] if is_requested else []
        new = folder / "RECORD.new"  # a new file, because other environments may share this one by hard links
        new.write_bytes("".join(f"{line}\n" for line in lines).encode(errors="surrogateescape"))
        new.chmod(record.stat().st_mode & 0o7777)
        new.replace(record)
