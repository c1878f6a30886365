"""Read the sources of conda's configuration, lowest priority first, and merge their values.

See conda's documentation, "Using the .condarc conda configuration file": the search path, folders ``condarc.d``,
variables ``CONDA_*``, merging of lists and maps, and the flags ``#!top``, ``#!bottom``, ``#!final``.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from ...files import read_file
from ...models import Problem
from ...specs import expand_variables

Flag = Literal["top", "bottom", "final"]
Value: TypeAlias = "str | tuple[ConfigEntry, ...] | Mapping[str, ConfigEntry] | None"
Node: TypeAlias = Any
"""A node of PyYAML, which has no types."""

Plain: TypeAlias = "str | tuple[Plain, ...] | Mapping[str, Plain] | None"

_MAX_BYTES = 1 << 20
"""Largest configuration file that is read."""

_DEPTH = 3
"""Deepest nesting of conda's parameters."""

_MAX_NESTING = 100
"""Deepest nesting of a file that is read."""

_FILE_NAMES = (".condarc", "condarc")
_SUFFIXES = (".yml", ".yaml")
_FLAG = re.compile(r"[^#\n]*?#!(top|bottom|final)\b")
SYSTEM_FOLDERS = ("/etc/conda", "/var/lib/conda")
_SEARCH_PATH = (*SYSTEM_FOLDERS, "$CONDA_ROOT", "$XDG_CONFIG_HOME/conda", "~/.config/conda", "~/.conda")
_NULL_TAG = "tag:yaml.org,2002:null"


@dataclass(frozen=True, slots=True)
class ConfigEntry:
    """A configured value, its flag, and the line where it begins; 0 if it is not from a file."""

    value: Value
    flag: Flag | None = None
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class CondarcSource:
    """One file, or the variables ``CONDA_*``: its values by parameter name."""

    name: str
    entries: Mapping[str, ConfigEntry]
    problems: tuple[Problem, ...] = ()


def search_path(environ: Mapping[str, str], home: str) -> list[str]:
    """Return the configuration files that exist, lowest priority first.

    Args:
        environ: with ``CONDA_ROOT``, which conda itself sets before it searches.
        home: the expansion of ``~``.
    """
    places = [place for folder in _SEARCH_PATH for place in _places_in(folder)]
    places += ["~/.condarc", *_places_in("$CONDA_PREFIX"), "$CONDARC"]
    found: dict[str, None] = {}
    for place in places:
        path = expand_variables(place, environ)
        path = home + path[1:] if path.startswith("~/") else path
        found.update(dict.fromkeys(_files_at(path)))
    return list(found)


def files_in(folders: Iterable[str]) -> list[str]:
    """Return the configuration files that exist in folders, lowest priority first."""
    return [file for folder in folders for place in _places_in(folder) for file in _files_at(place)]


def _places_in(folder: str) -> list[str]:
    return [f"{folder}/{name}" for name in (*_FILE_NAMES, "condarc.d")]


def _files_at(path: str) -> Iterable[str]:
    try:
        mode = os.stat(path).st_mode
        if stat.S_ISREG(mode):
            name = os.path.basename(path)
            return [path] if name in _FILE_NAMES or name.endswith(_SUFFIXES) else []
        if stat.S_ISDIR(mode):
            with os.scandir(path) as entries:
                return sorted(entry.path for entry in entries if entry.name.endswith(_SUFFIXES) and entry.is_file())
    except OSError:
        pass
    return []


def read_source(path: str) -> CondarcSource:
    """Read one file. A file that cannot be read sets nothing and has a problem."""
    try:
        text = read_file(path, _MAX_BYTES).decode()
        node = _compose(text)
    except (OSError, ValueError) as error:
        message = f"conda's configuration file {path} cannot be read: {' '.join(str(error).split())}"
        problem = Problem("condarc-unreadable", message, "Correct the file; until then it is ignored.")
        return CondarcSource(path, {}, (problem,))
    if node is None:
        return CondarcSource(path, {})
    repeated = (_repeated_key(path, *found) for found in _repeated_keys(node, _DEPTH))
    return CondarcSource(path, _map_entries(node, text.splitlines(), _DEPTH), tuple(repeated))


def parse_condarc(text: str) -> Mapping[str, ConfigEntry]:
    """Return the entries of a configuration file.

    Raises:
        ValueError: it is not a map of parameters, or not YAML.
    """
    node = _compose(text)
    return _map_entries(node, text.splitlines(), _DEPTH) if node is not None else {}


def _compose(text: str) -> Node | None:
    """Return the map of parameters in a text; None if it is empty.

    Raises:
        ValueError: it is not a map of parameters, or not YAML; with the line.
    """
    # conda's own parser, ruamel.yaml, takes longer, and more memory, than all else here; only null is read by its tag
    import yaml  # type: ignore[import-untyped]  # noqa: PLC0415 - many people have no condarc

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        _check_nesting(yaml.parse(text, Loader=loader))
        node: Node | None = yaml.compose(text, Loader=loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = f"line {mark.line + 1}: {getattr(error, 'problem', None) or 'it is not YAML'}." if mark else str(error)
        raise ValueError(reason) from error
    if node is None or node.id == "mapping":
        return node
    raise ValueError("it must be a map of parameters")


def _check_nesting(events: Iterable[object]) -> None:
    """Refuse deep nesting, on which composing recurses.

    Raises:
        ValueError: it is nested too deeply.
    """
    depth = 0
    for event in events:
        name = type(event).__name__
        depth += name.endswith("StartEvent") - name.endswith("EndEvent")
        if depth > _MAX_NESTING:
            raise ValueError("it is nested too deeply")


def _repeated_keys(node: Node, depth: int) -> Iterator[tuple[str, int, int]]:
    """Yield each key that is repeated in a map, its line, and that of its first occurrence."""
    if not depth or node.id not in {"mapping", "sequence"}:
        return
    seen: dict[str, int] = {}
    for item in node.value:
        key, value = item if node.id == "mapping" else (None, item)
        if key is not None:
            name, line = str(key.value), key.start_mark.line + 1
            if name in seen:
                yield name, line, seen[name]
            seen[name] = line
        yield from _repeated_keys(value, depth - 1)


def _repeated_key(path: str, name: str, line: int, before: int) -> Problem:
    message = (
        f"conda's configuration file {path}, line {line}: {name} is already set in line {before}. This value is "
        "used here; conda refuses such a file, so that all its commands fail."
    )
    return Problem("condarc-repeated-key", message, "Delete one of the two, or put the entries of both under one.")


def environment_source(environ: Mapping[str, str]) -> CondarcSource:
    """Read the variables ``CONDA_*``; lists are still one string. ``!important`` at the end means final."""
    entries = {}
    for name, text in environ.items():
        if name.startswith("CONDA_"):
            value, important, _ = text.partition("!important")
            entries[name[6:].lower()] = ConfigEntry(value.strip(), "final" if important else None)
    return CondarcSource("environment variables", entries)


def _entry(node: Node, lines: list[str], depth: int, flag: Flag | None) -> ConfigEntry:
    line = node.start_mark.line + 1
    if node.id == "scalar":
        return ConfigEntry(None if node.tag == _NULL_TAG else str(node.value), flag, line)
    if depth and node.id == "sequence":
        items = tuple(_entry(item, lines, depth - 1, _flag_behind(item, lines)) for item in node.value)
        return ConfigEntry(items, flag, line)
    if depth and node.id == "mapping":
        return ConfigEntry(_map_entries(node, lines, depth - 1), flag, line)
    return ConfigEntry(None, flag, line)


def _map_entries(node: Node, lines: list[str], depth: int) -> Mapping[str, ConfigEntry]:
    entries = {}
    for key, value in node.value:
        marked = value if value.id == "scalar" else key
        entries[str(key.value)] = _entry(value, lines, depth, _flag_behind(marked, lines))
    return entries


def _flag_behind(node: Node, lines: list[str]) -> Flag | None:
    mark = node.end_mark
    if mark.line >= len(lines):
        return None
    match = _FLAG.match(lines[mark.line], mark.column)
    return match[1] if match else None  # type: ignore[return-value]


def merge(entries: Sequence[ConfigEntry]) -> Plain:
    """Merge the values of several sources, lowest priority first, all of the same shape."""
    final = next((index for index, entry in enumerate(entries) if entry.flag == "final"), None)
    if final is not None:
        entries = entries[: final + 1]
    last = entries[-1].value
    if isinstance(last, tuple):
        return _merge_lists([entry.value for entry in entries if isinstance(entry.value, tuple)])
    if isinstance(last, Mapping):
        return _merge_maps([entry.value for entry in entries if isinstance(entry.value, Mapping)])
    return last


def _merge_lists(lists: list[tuple[ConfigEntry, ...]]) -> tuple[Plain, ...]:
    top = [_plain(item) for items in lists for item in items if item.flag == "top"]
    body = [_plain(item) for items in reversed(lists) for item in items]
    bottom = [_plain(item) for items in reversed(lists) for item in items if item.flag == "bottom"]
    above = [item for item in _once(top + body) if item not in bottom]
    return (*above, *reversed(_once(reversed(bottom))))


def _once(items: Iterable[Plain]) -> list[Plain]:
    """Return each item once, in order. Items may be maps, which are not hashable."""
    kept: list[Plain] = []
    for item in items:
        if item not in kept:
            kept.append(item)
    return kept


def _merge_maps(maps: list[Mapping[str, ConfigEntry]]) -> Mapping[str, Plain]:
    values: dict[str, list[ConfigEntry]] = {}
    for entries in maps:
        for key, entry in entries.items():
            values.setdefault(key, []).append(entry)
    return {key: merge(found) for key, found in values.items()}


def _plain(entry: ConfigEntry) -> Plain:
    return merge([entry])
