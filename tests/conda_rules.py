"""What conda expects of an environment by its records: ``conda-meta/*.json``, and ``conda-meta/history``.

Nothing here uses the package: the rules are those of conda's ``conda doctor`` (``health_checks``), of its removal of
packages (``core/path_actions.py``), of ``PrefixData`` and of ``History``.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_PATH_TYPES = {"hardlink", "softlink", "pyc_file", "unix_python_entry_point"}
_LINK_TYPES = {1, 2, 3}
"""Hard links, softlinks and copies."""

_META = {"history", "state", "pinned", "frozen"}
_HEAD = re.compile(r"==> (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) <==")
_COMMENT = re.compile(r"# (cmd: .*|conda version: .*|(update|remove|neutered) specs: \[.*\])")


def problems(prefix: Path) -> list[str]:
    """Return what conda would find wrong with an environment in which nothing runs."""
    records = {path: json.loads(path.read_bytes()) for path in sorted((prefix / "conda-meta").glob("*.json"))}
    found = [f"{path.name}: {text}" for path, record in records.items() for text in _of_record(prefix, path, record)]
    names = Counter(record["name"] for record in records.values())
    found += [f"{name} has {count} records" for name, count in names.items() if count > 1]
    owners = Counter(name for record in records.values() for name in record["files"])
    found += [f"{name} is in {count} records" for name, count in owners.items() if count > 1]
    found += [f"conda-meta/{path.name} is no file of conda" for path in _strange(prefix)]
    return [*found, *_of_history(prefix, list(records.values()))]


def _of_record(prefix: Path, path: Path, record: dict[str, Any]) -> Iterator[str]:
    if path.stem != f"{record['name']}-{record['version']}-{record['build']}":
        yield "its name is not that of its package"
    if missing := {"build_number", "channel", "subdir", "fn", "url", "depends"} - record.keys():
        yield f"it lacks {sorted(missing)}"
    if record["link"]["type"] not in _LINK_TYPES or not record["link"]["source"]:
        yield f"it was linked in no way that conda knows: {record['link']}"
    entries = record["paths_data"]["paths"]
    if record["paths_data"]["paths_version"] != 1:
        yield "its paths have another version than 1"
    if sorted(record["files"]) != sorted(entry["_path"] for entry in entries):
        yield "its files are not its paths"
    for entry in entries:
        yield from (f"{entry['_path']} {text}" for text in _of_path(prefix / entry["_path"], entry))
    unnamed = _bytecode(prefix, record["files"]) - set(record["files"])
    yield from (f"{name} belongs to it and is not named" for name in sorted(unnamed))


def _of_path(path: Path, entry: dict[str, Any]) -> Iterator[str]:
    if entry["path_type"] not in _PATH_TYPES:
        yield f"is a {entry['path_type']}"
    if ".." in path.parts or not os.path.lexists(path):
        yield "is not there"
    elif path.is_symlink() != (entry["path_type"] == "softlink"):
        yield f"is no {entry['path_type']}"
    elif path.is_file() and (expected := entry.get("sha256_in_prefix")):
        if hashlib.sha256(path.read_bytes()).hexdigest() != expected:
            yield "is altered"
    elif entry["path_type"] == "hardlink" and not entry.get("sha256_in_prefix"):
        yield "has no hash"


def _bytecode(prefix: Path, files: list[str]) -> set[str]:
    """Return the bytecode that is there of modules."""
    modules = {name[:-3] for name in files if name.endswith(".py")}
    caches = {(prefix / name).parent / "__pycache__" for name in modules}
    found = [path for cache in caches for path in cache.glob("*.pyc")]
    return {
        path.relative_to(prefix).as_posix()
        for path in found
        if (path.parents[1] / path.name.split(".")[0]).relative_to(prefix).as_posix() in modules
    }


def _strange(prefix: Path) -> list[Path]:
    """Return files of ``conda-meta`` that neither conda nor a job that is over has there."""
    found = (prefix / "conda-meta").iterdir()
    return [path for path in found if path.suffix != ".json" and path.name not in {*_META, ".envkernels-committed"}]


def _of_history(prefix: Path, records: list[dict[str, Any]]) -> Iterator[str]:
    """Read the history as conda does: what its lines add and take away is what is installed."""
    installed: set[str] = set()
    lines = (prefix / "conda-meta" / "history").read_text(encoding="utf-8").splitlines()
    if not lines or not _HEAD.fullmatch(lines[0]):
        yield "history does not begin with a date"
    for line in lines:
        sign, dist = line[:1], line[1:]
        if sign == "+":
            installed.add(dist)
        elif sign == "-" and dist in installed:
            installed.remove(dist)
        elif not (_HEAD.fullmatch(line) or _COMMENT.fullmatch(line)):
            yield f"history has the line {line!r}"
    there = {f"{r['channel'].rstrip('/')}/{r['subdir']}::{r['name']}-{r['version']}-{r['build']}" for r in records}
    if installed != there:
        yield f"history and records differ in {sorted(installed ^ there)}"


def remove(prefix: Path, name: str) -> None:
    """Remove a package as ``conda remove --force`` does: the files that its record names, and folders left empty."""
    (path,) = (p for p in (prefix / "conda-meta").glob("*.json") if p.name.rsplit("-", 2)[0] == name)
    for file in json.loads(path.read_bytes())["files"]:
        (prefix / file).unlink()
        for folder in (prefix / file).parents:
            if folder == prefix or any(folder.iterdir()):
                break
            folder.rmdir()
    path.unlink()


def strays(prefix: Path) -> list[str]:
    """Return files that no record names, and empty folders, but for those of ``conda-meta``."""
    records = [json.loads(path.read_bytes()) for path in (prefix / "conda-meta").glob("*.json")]
    named = {name for record in records for name in record["files"]}
    there = [path for path in prefix.rglob("*") if "conda-meta" not in path.relative_to(prefix).parts]
    unnamed = [path for path in there if _is_stray(path, is_named=path.relative_to(prefix).as_posix() in named)]
    return sorted(path.relative_to(prefix).as_posix() for path in unnamed)


def _is_stray(path: Path, *, is_named: bool) -> bool:
    if path.is_dir() and not path.is_symlink():
        return not any(path.iterdir())
    return not is_named
