"""Convert entries of lock files into the packages and pip lines to install."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import parse_qs, urlsplit

from packaging.utils import canonicalize_name

from ...models import LockedPackage
from ..remarks import Unreadable, shown, unreadable
from ..yaml_nodes import Node
from .explicit import foreign, package_url

_DIGITS = {"md5": 32, "sha256": 64}
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")
_URL = re.compile(r"(https?|file|git\+(https?|ssh|git|file))://[^\s]+")
_PATH = re.compile(r"(?!-)[^\n\r\x85\u2028\u2029]+")
_COMMIT = re.compile(r"[0-9a-f]{7,64}")


@dataclass(frozen=True, slots=True)
class Entry:
    """A package that a lock file lists for this platform.

    Attributes:
        node: its position.
        is_pip: whether pip installs it, not conda.
        name: as written; conda packages are identified by their URLs.
        location: its URL or path, as written.
        hashes: of its archive, as written, by algorithm.
        size: of its archive in bytes, as written.
    """

    node: Node
    is_pip: bool
    name: str
    location: str
    hashes: Mapping[str, str]
    size: str = ""

    @property
    def key(self) -> tuple[bool, str]:
        """Return the manager and the name, which are unique in an environment."""
        archive = self.location.rpartition("/")[2]
        return self.is_pip, canonicalize_name(self.name) if self.is_pip else archive.rsplit("-", 2)[0].lower()


def conda_package(entry: Entry) -> LockedPackage:
    """Return the conda package to install.

    Raises:
        Unreadable: it cannot be installed.
    """
    url = entry.location
    if url.startswith("/"):  # pixi writes no file:// URLs
        url = PurePosixPath(url).as_uri()
    found = package_url(_encoded(url))
    if not found:
        raise refusal(
            entry.node,
            f"'{shown(entry.location)}' is not the URL of a conda package; "
            "sources and relative paths cannot be installed.",
            "Publish the package in a channel, and lock the environment again.",
        )
    if error := foreign(entry.node, found["subdir"]):
        raise Unreadable(error)
    size = int(entry.size) if re.fullmatch(r"[0-9]{1,15}", entry.size) else 0
    return LockedPackage(found["url"], _digest(entry, "md5"), _digest(entry, "sha256"), size)


def pip_line(entry: Entry) -> str:
    """Return the line of a requirements file that installs exactly this archive, folder or commit.

    Raises:
        Unreadable: it cannot be installed.
    """
    location = _encoded(re.sub(r"^direct\+|^file://(?=\.)", "", entry.location))
    sha256, md5 = _digest(entry, "sha256"), _digest(entry, "md5")
    if "://" not in location and _PATH.fullmatch(location):
        if not location.startswith("/") or not sha256:
            return location if location.startswith((".", "/")) else f"./{location}"
        location = PurePosixPath(location).as_uri()
    if not _NAME.fullmatch(entry.name) or not _URL.fullmatch(location):
        message = f"pip cannot install {shown(entry.name) or 'a package'} from '{shown(entry.location)}'."
        raise refusal(entry.node, message, "Lock it from an index, a URL of http, https or file, or a git repository.")
    if location.startswith("git+"):
        return f"{entry.name} @ {_commit(location)}"
    fragment = f"sha256={sha256}" if sha256 else f"md5={md5}" if md5 else ""
    sign = "#" if fragment and "#" not in location else ""
    return f"{entry.name} @ {location}{sign}{fragment if sign else ''}"


def refusal(node: Node, message: str, remedy: str) -> Unreadable:
    """Return an error to raise for an entry."""
    return unreadable("invalid-lock-file", node.line, node.column, message, remedy)


def _encoded(location: str) -> str:
    """Encode spaces in a ``file://`` URL, where conda-lock leaves them."""
    return location.replace(" ", "%20") if location.startswith("file://") else location


def _digest(entry: Entry, algorithm: str) -> str:
    """Return the hash of an archive in lower case; empty if there is none.

    Raises:
        Unreadable: the value is not such a hash.
    """
    value = entry.hashes.get(algorithm, "").lower()
    if entry.location.startswith("git+"):  # conda-lock writes the commit here
        return ""
    if value and not re.fullmatch(f"[0-9a-f]{{{_DIGITS[algorithm]}}}", value):
        message = f"'{shown(value)}' is not {algorithm}, which has {_DIGITS[algorithm]} hexadecimal digits."
        raise refusal(entry.node, message, "Make the lock file again with the program that wrote it.")
    return value


def _commit(url: str) -> str:
    """Return the URL of a commit as pip reads it; pixi writes ``?tag=v1&subdirectory=code#COMMIT``."""
    parts = urlsplit(url)
    if not _COMMIT.fullmatch(parts.fragment):
        return url
    folder = parse_qs(parts.query).get("subdirectory", [""])[0]
    base = parts._replace(query="", fragment="").geturl()
    return f"{base}@{parts.fragment}{f'#subdirectory={folder}' if folder else ''}"
