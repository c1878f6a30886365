"""Read the packages that pip or uv installed into a prefix: ``*.dist-info`` folders that no conda package owns.

Formats: https://packaging.python.org/en/latest/specifications/recording-installed-packages/ and, for installations from
a URL or a folder, https://packaging.python.org/en/latest/specifications/direct-url/.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec

from ..files import read_file, read_head
from ..models import InstalledPackage
from ..specs import without_credentials

_MAX_BYTES = 1 << 16

_HEADER = re.compile(r"^(Name|Version):[ \t]*(\S+)", re.MULTILINE | re.IGNORECASE)


def pip_packages(prefix: str, folder: str, owned: Collection[str]) -> Iterator[InstalledPackage]:
    """Yield the packages in a site-packages folder that are not conda's, unordered.

    Args:
        prefix: of the environment.
        folder: site-packages, relative to the prefix.
        owned: relative paths of conda's files.
    """
    try:
        names = os.listdir(f"{prefix}/{folder}")
    except OSError:
        return
    for name in names:
        # while pip replaces a package it renames the old one to ~name
        if name.endswith(".dist-info") and not name.startswith("~") and f"{folder}/{name}/METADATA" not in owned:
            package = _read(f"{prefix}/{folder}/{name}")
            if package is not None:
                yield package


def _read(folder: str) -> InstalledPackage | None:
    """Read one package; None if its metadata cannot be read or is incomplete."""
    try:
        text = read_head(f"{folder}/METADATA", _MAX_BYTES).decode(errors="replace")
        head = "\n".join(text.splitlines()).partition("\n\n")[0]
    except OSError:
        return None
    found = {key.lower(): value for key, value in reversed(_HEADER.findall(head))}  # the first of each counts
    if found.keys() != {"name", "version"}:
        return None
    name, version = found["name"], found["version"]
    return InstalledPackage(
        "pip",
        name,
        version,
        requested=os.path.exists(f"{folder}/REQUESTED"),
        requirement=_one_line(_requirement(name, version, _direct_url(folder))) or f"{name}=={version}",
    )


def _direct_url(folder: str) -> Any:
    """Read direct_url.json; None if there is none or it is invalid."""
    try:
        found = msgspec.json.decode(read_file(f"{folder}/direct_url.json", _MAX_BYTES))
    except (OSError, msgspec.DecodeError, RecursionError):
        return None
    url = found.get("url") if isinstance(found, dict) else None
    is_one_line = isinstance(url, str) and " " not in url and unquote(url).isprintable()
    return found if is_one_line else None


def _requirement(name: str, version: str, origin: Any) -> str:
    """Return the requirement that installs the package again."""
    if origin is None:
        return f"{name}=={version}"
    url = without_credentials(origin["url"])
    if _part(origin, "dir_info").get("editable") is True:
        return f"-e {unquote(urlsplit(url).path)}"
    vcs = _part(origin, "vcs_info")
    if vcs:
        url = f"{vcs.get('vcs')}+{url}@{vcs.get('commit_id')}"
    fragments: list[str] = []
    if sha256 := _part(_part(origin, "archive_info"), "hashes").get("sha256"):
        fragments.append(f"sha256={sha256}")
    if subdirectory := origin.get("subdirectory"):
        fragments.append(f"subdirectory={subdirectory}")
    return f"{name} @ {url}" + ("#" if fragments else "") + "&".join(fragments)


def _one_line(text: str) -> str:
    """Return the text, or an empty one if line breaks in it could inject lines into an export."""
    return text if text.isprintable() else ""


def _part(mapping: Any, key: str) -> dict[str, Any]:
    part = mapping.get(key)
    return part if isinstance(part, dict) else {}
