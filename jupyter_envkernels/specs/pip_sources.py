"""Find where pip lines make pip look for packages: indexes, folders with wheels, URLs of packages, repositories.

Format: https://pip.pypa.io/en/stable/reference/requirements-file-format/.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from ..models import Problem
from .redact import without_credentials
from .remarks import shown

PYPI = "https://pypi.org/simple"
"""The default index of pip and uv."""

_CONTINUED = re.compile(r"\\(\n|\Z)")
_COMMENT = re.compile(r"(^|\s)#.*")
_URL = re.compile(
    r"(?<![\w+.-])(?:[a-z][a-z0-9+.-]*://|(?:https?|ftps?):|(?:git|hg|svn|bzr)\+)\S*", re.IGNORECASE | re.ASCII
)
_INDEX = re.compile(r"(-[if]|--(?:index-url|pypi-url|extra-index-url|find-links|index|default-index))=?(.*)", re.DOTALL)
_FILE = re.compile(r"(-[rc]|--(?:requirem\w*|cons\w*))=?(.*)", re.DOTALL)
_WITH_SPACES = re.compile(r"\s*(?:-[rc]|--requirement|--constraint)[\s=]*(\S+\s.*\S)\s*")
_FIRST_INDEX = ("-i", "--index-url", "--pypi-url", "--default-index")
_VARIABLE = re.compile(r"\$\{[A-Z0-9_]+\}")
_PLAIN = re.compile(r"[\w.~:/?#\[\]@!$&'()*+,;=%-]*", re.ASCII)
_HOST = re.compile(r"[\w.:-]+", re.ASCII)
_DOTS = re.compile(r"/\.{1,2}(?=/|\Z)")

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class PipSource:
    """A source of packages.

    Attributes:
        text: a URL, or the path of a folder.
        is_index: whether packages are searched there by name; else it is one package.
        is_first: whether it replaces :data:`PYPI`.
    """

    text: str
    is_index: bool = False
    is_first: bool = False


def lines_of_pip(text: str) -> list[str]:
    """Return the lines as pip joins them, without comments."""
    # comments end with their line: pip continues some on the next line, uv none
    plain = "\n".join(_COMMENT.sub("", line) for line in text.splitlines())
    lines = (line.strip() for line in _CONTINUED.sub("", plain).splitlines())
    return [line for line in lines if line]


def sources_in(line: str) -> list[PipSource]:
    """Return the sources that a line names."""
    words = _words(line)
    found = [PipSource(value, is_index=True, is_first=name in _FIRST_INDEX) for name, value in _options(_INDEX, words)]
    # the contents of remote files are not read
    found += [PipSource(value, is_index=True) for _, value in _options(_FILE, words) if _URL.match(value)]
    urls = dict.fromkeys(url for text in (line, *words) for url in _URL.findall(text))
    named = " ".join(source.text for source in found)
    return [*found, *(PipSource(url) for url in urls if url not in named)]


def files_in(line: str) -> list[str]:
    """Return the local files of requirements and constraints that a line names."""
    return [_path_of(value) for _, value in _options(_FILE, _words(line)) if not _is_remote(value)]


def file_with_spaces_in(line: str) -> list[str]:
    """Return the file that uv reads if its name has spaces; pip ends the name at the first."""
    found = _WITH_SPACES.fullmatch(line)
    return [_path_of(found[1])] if found and not _is_remote(found[1]) else []


def remote_files_in(line: str) -> list[str]:
    """Return the URLs of requirements and constraints that a line names, which only the installer reads."""
    return [value for _, value in _options(_FILE, _words(line)) if _is_remote(value)]


def _is_remote(name: str) -> bool:
    return _URL.match(name) is not None and not name.startswith("file:")


def _path_of(name: str) -> str:
    return unquote(urlsplit(name).path) if name.startswith("file:") else name


def refused_sources(sources: Iterable[PipSource], allowed: Sequence[str]) -> list[Problem]:
    """Return a problem for each source that is not allowed.

    Args:
        sources: where pip would look.
        allowed: URLs and paths of folders, including everything below them. Empty for no limit.
    """
    if not allowed:
        return []
    places = list(filter(None, map(_place, allowed)))
    return [
        Problem(
            "pip-index-not-allowed",
            f"pip may not use {shown(without_credentials(source.text))} here.",
            f"Use {', '.join(map(without_credentials, allowed))}.",
        )
        for source in dict.fromkeys(sources)
        if not _is_allowed(source, places)
    ]


def _is_allowed(source: PipSource, allowed: Sequence[tuple[str, str]]) -> bool:
    place = _place(_VARIABLE.sub("x", source.text))
    if place is None:
        return False
    origin, path = place
    if origin == "file:" and not source.is_index:
        return True
    return any(origin == known and f"{path}/".startswith(f"{folder}/") for known, folder in allowed)


def _place(text: str) -> tuple[str, str] | None:
    """Return the server and the path of a URL or a path; None if programs may read it differently."""
    if text.startswith("/"):
        return None if _DOTS.search(text) else ("file:", text.rstrip("/"))
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    scheme, path = parts.scheme.lower(), unquote(parts.path).rstrip("/")
    if not _PLAIN.fullmatch(text) or _DOTS.search(path):
        return None
    if scheme == "file":
        return ("file:", path) if host in {"", "localhost"} else None
    if "://" not in text or not _HOST.fullmatch(host):
        return None
    return f"{scheme}://{host}:{port or _PORTS.get(scheme, '')}", path


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError:  # an unclosed quote
        return line.split()


def _options(pattern: re.Pattern[str], words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield each option that matches, with its value: in the same word or the next."""
    for place, word in enumerate(words):
        if found := pattern.fullmatch(word):
            following = words[place + 1] if place + 1 < len(words) else ""
            yield found[1], found[2] or following
