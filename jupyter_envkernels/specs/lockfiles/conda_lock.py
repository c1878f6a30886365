"""Read conda-lock.yml for one platform.

Format: https://conda.github.io/conda-lock/output/. An entry has ``category: NAME``, in newer files a list
``categories``; the default is ``main``. A package in two categories may be listed once for each.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from ...models import Diagnostic
from ..remarks import Unreadable, shown, unreadable
from ..yaml_nodes import Node, fields, items, text_of
from .entries import Entry, refusal

VERSIONS = ("1", "2", "3")

_INSTALLED = {"main", "dev"}
"""The default categories of ``conda-lock install``."""
_IS_PIP = {"conda": False, "pip": True, "pypi": True}


def read(root: Node, platform: str) -> tuple[list[Entry], list[Diagnostic]]:
    """Return the entries of a platform, and a diagnostic on those of other categories.

    Raises:
        Unreadable: there are no entries for this platform.
    """
    left_out: Counter[str] = Counter()
    platforms: dict[str, None] = {}
    entries = []
    for node in items(fields(root).get("package")):
        keys = fields(node)
        listed = text_of(keys.get("platform"))
        platforms[listed] = None
        if listed != platform or text_of(keys.get("name")).startswith("__"):  # virtual packages are not installed
            continue
        categories = _categories(keys)
        if _INSTALLED.intersection(categories):
            entries.append(_entry(node, keys))
        else:
            left_out.update(categories)
    if not entries and not left_out:
        names = ", ".join(filter(None, platforms)) or "none"
        message = f"The lock file has no packages for {platform}; its platforms: {shown(names)}."
        raise unreadable("other-platform", 1, 1, message, f"Lock the environment for {platform}, too.")
    remarks = [_left_out(left_out)] if left_out else []
    if not entries:
        raise Unreadable(replace(remarks[0], severity="error", code="empty"))
    return entries, remarks


def _categories(keys: dict[str, Node]) -> list[str]:
    several = [text_of(node) for node in items(keys.get("categories"))]
    return several or [text_of(keys.get("category")) or "main"]


def _entry(node: Node, keys: dict[str, Node]) -> Entry:
    name, manager = text_of(keys.get("name")), text_of(keys.get("manager"))
    if manager not in _IS_PIP:
        message = f"The manager of {shown(name)} is '{shown(manager)}', not conda or pip."
        raise refusal(node, message, "Make the lock file again with conda-lock.")
    hashes = {algorithm: text_of(value) for algorithm, value in fields(keys.get("hash")).items()}
    return Entry(node, _IS_PIP[manager], name, text_of(keys.get("url")), hashes, text_of(keys.get("size")))


def _left_out(counts: Counter[str]) -> Diagnostic:
    listed = ", ".join(f"{shown(category)} ({count:,})" for category, count in sorted(counts.items()))
    message = f"Packages of these categories are not installed: {shown(listed)}. Only main and dev are."
    remedy = "If you need them, lock them in one of these two categories."
    return Diagnostic("info", "categories-left-out", message, remedy, 1, 1)
