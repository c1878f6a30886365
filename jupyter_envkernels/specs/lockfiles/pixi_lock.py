"""Read pixi.lock for one platform.

Format: https://pixi.sh/latest/workspace/lockfile/. Each environment lists the locations of its packages by platform;
the list ``packages`` describes them.
"""

from __future__ import annotations

from ...models import Diagnostic
from ..remarks import shown, unreadable
from ..yaml_nodes import Node, fields, items, text_of
from .entries import Entry, refusal

VERSIONS = ("4", "5", "6", "7")

_KEYS = ("conda", "pypi", "conda_source", "url", "path")
"""Keys for the location of a package: ``url`` and ``path`` in versions 4 and 5."""


def read(root: Node, platform: str) -> tuple[list[Entry], list[Diagnostic]]:
    """Return all entries of a platform, and no diagnostics.

    Raises:
        Unreadable: there is nothing for this platform, or a package is missing.
    """
    keys = fields(root)
    known: dict[str, dict[str, Node]] = {}
    for node in items(keys.get("packages")):
        package = fields(node)
        known[_located(package)[1]] = package
    return [_entry(node, known) for node in items(_listed(keys, platform))], []


def _listed(keys: dict[str, Node], platform: str) -> Node:
    """Return the list of a platform. Since version 7, platforms have their own names."""
    lists = fields(fields(_environment(fields(keys.get("environments")))).get("packages"))
    platforms = map(fields, items(keys.get("platforms")))
    subdirs = {text_of(each.get("name")): text_of(each.get("subdir")) for each in platforms}
    found = next((each for name, each in lists.items() if (subdirs.get(name) or name) == platform), None)
    if found is None:
        message = f"The lock file has no packages for {platform}; its platforms: {shown(', '.join(lists)) or 'none'}."
        raise unreadable("other-platform", 1, 1, message, f"Lock the environment for {platform}, too.")
    return found


def _environment(named: dict[str, Node]) -> Node:
    """Return the default environment, or the only one."""
    chosen = named.get("default") or (next(iter(named.values())) if len(named) == 1 else None)
    if chosen is None:
        message = f"The lock file has no default environment; it has {shown(', '.join(named)) or 'none'}."
        raise unreadable("invalid-lock-file", 1, 1, message, "Export one environment of it, and use that file.")
    return chosen


def _entry(node: Node, known: dict[str, dict[str, Node]]) -> Entry:
    kind, location = _located(fields(node))
    if location not in known:
        message = f"The lock file does not describe '{shown(location)}' in its list of packages."
        raise refusal(node, message, "Make the lock file again with pixi.")
    package = {key: text_of(known[location].get(key)) for key in ("name", "md5", "sha256", "size")}
    return Entry(node, kind == "pypi", package["name"], location, package, package["size"])


def _located(keys: dict[str, Node]) -> tuple[str, str]:
    """Return the key of a location, and the location."""
    return next(((key, text_of(keys[key])) for key in _KEYS if key in keys), ("", ""))
