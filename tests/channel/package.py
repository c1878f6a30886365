"""Write conda packages, in both formats that conda knows.

The layout of a package and of its ``info/`` folder is the one of CEP 34, the ``.conda`` container the one of CEP 35;
``prefix_placeholder`` and ``file_mode`` in ``paths.json`` ask the installer to write the real prefix into a file.
"""

from __future__ import annotations

import bz2
import hashlib
import io
import json
import os
import platform
import posixpath
import tarfile
import time
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import zstandard

EPOCH = 1_700_000_000
"""Modification time of every file and timestamp of every record, in seconds: two builds give the same bytes."""

PLACEHOLDER = ("/home/conda/feedstock_root/build_artifacts/_h_env_" + "placehold_" * 30)[:255]
"""As long as conda-build's, so that the limit which binary replacement puts on a prefix is the real one."""

ZSTD_LEVEL = 6

_PLATFORMS = {"x86_64": "linux-64", "aarch64": "linux-aarch64"}


def native_subdir() -> str:
    """Return conda's name of this machine's platform; raise RuntimeError where none is supported."""
    machine = platform.machine()
    if platform.system() != "Linux" or machine not in _PLATFORMS:
        raise RuntimeError(
            f"the test channel cannot be built on {platform.system()} {machine}: "
            f"it repackages this machine's CPython, for Linux on {' or '.join(_PLATFORMS)} only"
        )
    return _PLATFORMS[machine]


@dataclass(frozen=True)
class Entry:
    """One file or symbolic link of a package."""

    data: bytes = b""
    mode: int = 0o644
    link_to: str | None = None
    placeholder: bool = False

    @property
    def file_mode(self) -> Literal["text", "binary"]:
        """How the placeholder is replaced: a binary keeps its length, padded with NULs."""
        return "binary" if b"\0" in self.data else "text"


@dataclass
class Package:
    """A conda package in the making; ``noarch`` is None, ``"generic"`` or ``"python"``."""

    name: str
    version: str
    build: str = "0"
    build_number: int = 0
    depends: list[str] = field(default_factory=list)
    constrains: list[str] = field(default_factory=list)
    noarch: Literal["generic", "python"] | None = None
    entry_points: list[str] = field(default_factory=list)
    files: dict[str, Entry] = field(default_factory=dict)
    summary: str = ""
    license: str = "other"

    @property
    def subdir(self) -> str:
        return "noarch" if self.noarch else native_subdir()

    @property
    def stem(self) -> str:
        return f"{self.name}-{self.version}-{self.build}"

    def add(self, path: str, data: bytes | str, *, executable: bool = False) -> None:
        """Add a file; one that mentions PLACEHOLDER gets the real prefix when it is linked."""
        content = data.encode() if isinstance(data, str) else data
        self.files[path] = Entry(
            content, mode=0o755 if executable else 0o644, placeholder=PLACEHOLDER.encode() in content
        )

    def symlink(self, path: str, target: str) -> None:
        self.files[path] = Entry(link_to=target)

    def add_tree(self, root: Path) -> None:
        """Add all files and symbolic links beneath *root*."""
        for path in sorted(root.rglob("*")):
            relative = path.relative_to(root).as_posix()
            if path.is_symlink():
                self.symlink(relative, str(path.readlink()))
            elif path.is_file():
                self.add(relative, path.read_bytes(), executable=os.access(path, os.X_OK))

    def write(self, channel: Path, *, suffix: Literal[".conda", ".tar.bz2"] = ".conda") -> Path:
        """Write the archive into its subdir of *channel* and return its path."""
        archive = channel / self.subdir / (self.stem + suffix)
        archive.parent.mkdir(parents=True, exist_ok=True)
        info = {path: Entry(data) for path, data in self._info().items()}
        if suffix == ".conda":
            _write_conda(archive, self.stem, _tar(info), _tar(self.files))
        else:
            archive.write_bytes(bz2.compress(_tar({**info, **self.files})))
        return archive

    def _info(self) -> dict[str, bytes]:
        documents: dict[str, object] = {
            "info/index.json": self._index(),
            "info/about.json": {"summary": self.summary, "license": self.license},
            "info/paths.json": {"paths": list(map(self._path_record, sorted(self.files))), "paths_version": 1},
        }
        if self.noarch == "python":
            documents["info/link.json"] = {
                "noarch": {"type": "python", "entry_points": self.entry_points},
                "package_metadata_version": 1,
            }
        info = {path: json.dumps(doc, indent=1, sort_keys=True).encode() for path, doc in documents.items()}
        info["info/files"] = _lines(sorted(self.files))
        prefixed = [
            f"{PLACEHOLDER} {entry.file_mode} {path}" for path, entry in sorted(self.files.items()) if entry.placeholder
        ]
        if prefixed:
            info["info/has_prefix"] = _lines(prefixed)
        return info

    def _index(self) -> dict[str, Any]:
        index: dict[str, Any] = {
            "name": self.name,
            "version": self.version,
            "build": self.build,
            "build_number": self.build_number,
            "depends": sorted(self.depends),
            "constrains": sorted(self.constrains),
            "subdir": self.subdir,
            "arch": None if self.noarch else platform.machine(),
            "platform": None if self.noarch else "linux",
            "license": self.license,
            "timestamp": EPOCH * 1000,
        }
        if self.noarch:
            index["noarch"] = self.noarch
        return index

    def _path_record(self, path: str) -> dict[str, Any]:
        entry = self.files[path]
        # the hash and size of a link are those of what it points to, as conda-build has it
        data = entry.data if entry.link_to is None else self._target(path, entry.link_to).data
        record: dict[str, Any] = {
            "_path": path,
            "path_type": "hardlink" if entry.link_to is None else "softlink",
            "sha256": hashlib.sha256(data).hexdigest(),
            "size_in_bytes": len(data),
        }
        if entry.placeholder:
            record |= {"prefix_placeholder": PLACEHOLDER, "file_mode": entry.file_mode}
        return record

    def _target(self, path: str, link_to: str) -> Entry:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(path), link_to))
        return self.files.get(target, Entry())


def _lines(items: list[str]) -> bytes:
    return "".join(f"{item}\n" for item in items).encode()


def _tar(entries: Mapping[str, Entry]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for path, entry in sorted(entries.items()):
            member = tarfile.TarInfo(path)
            member.mtime = EPOCH
            if entry.link_to is not None:
                member.type, member.linkname, member.mode = tarfile.SYMTYPE, entry.link_to, 0o777
            else:
                member.size, member.mode = len(entry.data), entry.mode
            archive.addfile(member, io.BytesIO(entry.data))
    return buffer.getvalue()


def _write_conda(path: Path, stem: str, info: bytes, content: bytes) -> None:
    compressor = zstandard.ZstdCompressor(level=ZSTD_LEVEL, threads=-1)
    members = {
        "metadata.json": b'{"conda_pkg_format_version": 2}',
        f"pkg-{stem}.tar.zst": compressor.compress(content),
        f"info-{stem}.tar.zst": compressor.compress(info),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, time.gmtime(EPOCH)[:6]), data)
