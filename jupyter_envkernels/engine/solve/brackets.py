"""Rewrite the parts of match specs that rattler reads differently from conda: brackets, and URLs of packages.

rattler reads the channel of ``name[channel=main]`` as one of conda.anaconda.org, and drops hashes after a URL. The
grammar is that of ``conda/models/match_spec.py``.
"""

from __future__ import annotations

import re

from ...errors import InvalidSpec
from ...models import LockedPackage
from ...specs.redact import without_credentials

_URL = re.compile(
    r"\s*(?P<url>[a-z][a-z0-9+.-]*://\S+?\.(conda|tar\.bz2))(#(sha256:)?(?P<hash>[^\s\[]*))?\s*(\[(?P<keys>.*)\])?\s*",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"(?P<head>[^\[]+)\[(?P<keys>.*)\]\s*")
_KEY = re.compile(r"""\s*(\w+)\s*=\s*('[^']*'|"[^"]*"|[^,'"]+?)\s*(?:,|$)""")
_HASHES = {32: "md5", 64: "sha256"}
"""Number of hexadecimal digits -> kind of hash."""


def package_of(text: str) -> LockedPackage | None:
    """Return the package that a line names by URL: ``URL``, ``URL#hash``, ``URL[md5=...]``, or ``name[url=...]``.

    Raises:
        InvalidSpec: its hash is invalid.
    """
    found = _URL.fullmatch(text) or _BRACKETS.fullmatch(text)
    if found is None:
        return None
    keys = _keys(found["keys"] or "")
    parts = found.groupdict()
    url = parts.get("url") or keys.get("url")
    if not url:
        return None
    hashes = {}
    for digest in filter(None, (parts.get("hash"), keys.get("md5"), keys.get("sha256"))):
        kind = _HASHES.get(len(digest)) if re.fullmatch("[0-9a-fA-F]+", digest) else None
        if kind is None:
            raise InvalidSpec(
                f"{without_credentials(text)!r}: {digest!r} is not the hash of a package.",
                remedy="Use its md5 (32 hexadecimal digits) or sha256 (64), or none.",
            )
        hashes[kind] = digest.lower()
    return LockedPackage(url, **hashes)


def with_channel_before(text: str) -> str:
    """Rewrite ``name[channel=main, build=0]`` as ``main::name[build=0]``; return other lines unchanged."""
    found = _BRACKETS.fullmatch(text)
    keys = _keys(found["keys"]) if found else {}
    channel = keys.pop("channel", "")
    if found is None or not channel or "::" in found["head"]:
        return text
    if subdir := keys.pop("subdir", ""):
        channel = f"{channel.rstrip('/')}/{subdir}"
    rest = ",".join(f"{key}='{value}'" for key, value in keys.items())
    return f"{channel}::{found['head'].strip()}{f'[{rest}]' if rest else ''}"


def _keys(text: str) -> dict[str, str]:
    return {key: value.strip("'\"") for key, value in _KEY.findall(text)}
