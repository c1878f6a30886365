from __future__ import annotations

import hashlib
import io
import json
import tarfile
import zipfile
from pathlib import Path
from typing import Any, Literal

import pytest
import zstandard

from .package import PLACEHOLDER, Package, native_subdir


def sample() -> Package:
    package = Package("sample", "1.2", build="h1_0", depends=["b", "a >=1"], summary="A sample")
    package.add("bin/tool", f"#!{PLACEHOLDER}/bin/python\n", executable=True)
    package.add("lib/tool.bin", b"\0" + PLACEHOLDER.encode() + b"\0")
    package.add("share/plain.txt", "plain\n")
    package.symlink("lib/link.txt", "../share/plain.txt")
    return package


def unpack(archive: Path) -> dict[str, tarfile.TarInfo | bytes]:
    """Return the regular files' bytes and the links' members, by path."""
    if archive.suffix == ".bz2":
        return _members(archive.read_bytes())
    found: dict[str, tarfile.TarInfo | bytes] = {}
    with zipfile.ZipFile(archive) as conda:
        for name in conda.namelist():
            if name.endswith(".tar.zst"):
                with zstandard.ZstdDecompressor().stream_reader(conda.read(name)) as stream:
                    found |= _members(stream.read())
    return found


def _members(data: bytes) -> dict[str, tarfile.TarInfo | bytes]:
    found: dict[str, tarfile.TarInfo | bytes] = {}
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        for member in tar:
            stream = tar.extractfile(member) if member.isreg() else None
            found[member.name] = stream.read() if stream else member
    return found


def document(files: dict[str, tarfile.TarInfo | bytes], path: str) -> Any:
    data = files[path]
    assert isinstance(data, bytes)
    return json.loads(data)


@pytest.mark.parametrize("suffix", [".conda", ".tar.bz2"])
def test_an_archive_holds_what_was_added(tmp_path: Path, suffix: Literal[".conda", ".tar.bz2"]) -> None:
    archive = sample().write(tmp_path, suffix=suffix)

    assert archive == tmp_path / native_subdir() / f"sample-1.2-h1_0{suffix}"
    files = unpack(archive)
    assert files["share/plain.txt"] == b"plain\n"
    link = files["lib/link.txt"]
    assert isinstance(link, tarfile.TarInfo)
    assert link.linkname == "../share/plain.txt"
    index = document(files, "info/index.json")
    assert index["depends"] == ["a >=1", "b"]
    assert (index["name"], index["version"], index["build"]) == ("sample", "1.2", "h1_0")
    assert files["info/files"] == b"bin/tool\nlib/link.txt\nlib/tool.bin\nshare/plain.txt\n"


def test_paths_json_tells_hash_and_placeholder(tmp_path: Path) -> None:
    files = unpack(sample().write(tmp_path))

    records = {record["_path"]: record for record in document(files, "info/paths.json")["paths"]}
    plain = hashlib.sha256(b"plain\n").hexdigest()
    assert records["share/plain.txt"]["sha256"] == plain
    assert records["lib/link.txt"] == {
        "_path": "lib/link.txt",
        "path_type": "softlink",
        "sha256": plain,
        "size_in_bytes": 6,
    }
    assert records["bin/tool"]["file_mode"] == "text"
    assert records["lib/tool.bin"]["file_mode"] == "binary"
    assert records["lib/tool.bin"]["prefix_placeholder"] == PLACEHOLDER
    assert "prefix_placeholder" not in records["share/plain.txt"]


def test_two_builds_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = sample().write(tmp_path / "one"), sample().write(tmp_path / "two")
    assert first.read_bytes() == second.read_bytes()


def test_a_noarch_python_package_has_its_entry_points(tmp_path: Path) -> None:
    package = Package("pure", "1", noarch="python", entry_points=["run = pure:main"])
    archive = package.write(tmp_path)

    assert archive.parent.name == "noarch"
    link = document(unpack(archive), "info/link.json")
    assert link["noarch"] == {"type": "python", "entry_points": ["run = pure:main"]}


def test_a_tree_keeps_links_and_modes(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "tool").write_text("#!/bin/sh\n")
    (tmp_path / "bin" / "tool").chmod(0o755)
    (tmp_path / "bin" / "alias").symlink_to("tool")
    package = Package("tree", "1")
    package.add_tree(tmp_path)

    assert package.files["bin/tool"].mode == 0o755
    assert package.files["bin/alias"].link_to == "tool"
