"""Parse a line of a requirements file as pip does: a requirement, and options of pip.

Format: https://pip.pypa.io/en/stable/reference/requirements-file-format/. pip reads options as a command line does:
``-rmore.txt``, ``--index=URL``, several in one line. uv needs one full option a line: see :func:`plain_lines`.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

SHORT: Mapping[str, str] = {
    "i": "index-url",
    "f": "find-links",
    "r": "requirement",
    "c": "constraint",
    "e": "editable",
    "C": "config-settings",
}
FILES = ("requirement", "constraint")
OF_REQUIREMENTS = ("hash", "config-settings", "global-option")
"""Options that follow a requirement; the others have their own lines."""

_VALUED = (
    *dict.fromkeys(SHORT.values()),
    *("extra-index-url", "no-binary", "only-binary", "trusted-host", "use-feature", "hash", "global-option"),
)
_FLAGS = ("no-index", "prefer-binary", "require-hashes", "pre")
_ALIASES: Mapping[str, str] = {"pypi-url": "index-url", "config-setting": "config-settings"}
_NAMES = (*_VALUED, *_FLAGS, *_ALIASES)
_WITH_SPACES = (*FILES, "editable")
"""Options whose value continues to the next option or to the end of the line, as for uv."""
_LISTS = ("no-binary", "only-binary")

ARCHIVES = (
    *(".whl", ".zip", ".tar", ".tgz", ".tbz", ".txz", ".tlz"),
    *(".tar.gz", ".tar.bz2", ".tar.xz", ".tar.lz", ".tar.lzma", ".tar.zst"),
)
"""Extensions of package files."""

_PLACE = re.compile(r"[./~]|[a-z][a-z0-9+.-]*://|file:|(?:git\+)?git@[\w.-]+:(?!//)", re.IGNORECASE | re.ASCII)
_DIRECT = re.compile(r"[\w.-]+\s*(?:\[[^\]]*\])?\s*@", re.ASCII)
_COMMENT = re.compile(r"(^|\s)#.*", re.DOTALL)
_OPTIONS = re.compile(r"(?:^|\s)-")
_WRITTEN_OUT = re.compile(r"-[ifrce]|--[a-z-]+(?:=.*)?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Option:
    """An option of pip.

    Attributes:
        word: as written.
        name: its long name, without dashes; empty if it is not allowed in requirements files.
        value: None if it is missing.
    """

    word: str
    name: str = ""
    value: str | None = ""

    @property
    def lines(self) -> list[str]:
        """Return the equivalent lines for uv."""
        if self.name in _WITH_SPACES:
            value = self.value or ""
            return [f"-{self.name[0]} {shlex.quote(value) if ' ' in value and self.name in FILES else value}"]
        values = (self.value or "").split(",") if self.name in _LISTS else [self.value or ""]
        return [f"--{self.name} {value}".rstrip() for value in values]

    @property
    def is_flag(self) -> bool:
        """Return whether the option takes no value."""
        return self.name in _FLAGS

    @property
    def is_plain(self) -> bool:
        """Return whether uv accepts the option as written."""
        is_exact = _WRITTEN_OUT.fullmatch(self.word) is not None and self.word.partition("=")[0].lstrip("-") in {
            self.name,
            self.name[0],
            *(short for short, name in SHORT.items() if name == self.name),
        }
        return is_exact and len(self.lines) == 1


@dataclass(frozen=True, slots=True)
class PipLine:
    """A line.

    Attributes:
        requirement: the part before the first option.
        options: the options after it.
        rest: words that are not the value of an option.
        has_open_quote: whether a quote is not closed.
    """

    requirement: str
    options: tuple[Option, ...] = ()
    rest: tuple[str, ...] = ()
    has_open_quote: bool = False


@dataclass(frozen=True, slots=True)
class LocalPath:
    """A path in a line: of an option, by its long name, or of a requirement, a ``place``."""

    kind: str
    path: str


def without_comment(line: str) -> str:
    """Return a line without its comment, as pip reads it."""
    return _COMMENT.sub("", line).strip()


def is_place(text: str) -> bool:
    """Return whether a requirement is a path or a URL, not a name."""
    word = text.split(";", maxsplit=1)[0].split(maxsplit=1)[0] if text.strip("; ") else ""
    if _PLACE.match(word):
        return True
    return not _DIRECT.match(text) and ("/" in word or word.lower().endswith(ARCHIVES))


def parse(line: str) -> PipLine:
    """Parse a line without its comment."""
    text = without_comment(line)
    found = _OPTIONS.search(text)
    if found is None:
        return PipLine(text)
    requirement, behind = text[: found.start()].rstrip(), text[found.start() :]
    try:
        words = shlex.split(behind)
    except ValueError:
        return PipLine(requirement, has_open_quote=True)
    options, rest = _options(words)
    return PipLine(requirement, tuple(options), tuple(rest))


def joined(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines; one that ends in a backslash is joined with the next, as pip does."""
    begun = ""
    for line in lines:
        if line.endswith("\\"):
            begun += line[:-1]
            continue
        yield begun + line
        begun = ""
    if begun:
        yield begun


def plain_lines(lines: Iterable[str]) -> list[str]:
    """Return lines that uv reads as pip reads these: one full option a line."""
    return [plain for line in joined(lines) for plain in _plain(line)]


def local_paths(line: str) -> Iterator[LocalPath]:
    """Yield the paths that a line names. Paths with a variable are unknown until the installer runs."""
    parsed = parse(line)
    for option in parsed.options:
        if option.name in (*FILES, "find-links"):
            yield from _local(option.name, option.value or "")
        elif option.name == "editable":
            yield from _local("editable", _without_name(option.value or ""))
    if is_place(parsed.requirement) or _DIRECT.match(parsed.requirement):
        yield from _local("place", _without_name(parsed.requirement))


def _without_name(text: str) -> str:
    """Return the path or URL of a requirement, without its name and conditions."""
    direct = _DIRECT.match(text)
    return re.split(r"\s*;", text[direct.end() :].strip() if direct and not is_place(text) else text)[0]


def is_relative_url(text: str) -> bool:
    """Return whether a text is ``file:`` with a relative path, which pip accepts only as a requirement."""
    return text.startswith("file:") and not text.startswith("file:/")


def _local(kind: str, text: str) -> Iterator[LocalPath]:
    try:
        parts = urlsplit(text)
    except ValueError:
        return
    is_remote = ":" in text and parts.scheme != "file"
    if "$" in text or not text or is_remote or (kind in FILES and is_relative_url(text)):
        return
    path = unquote(parts.path) if parts.scheme == "file" else text.partition("#")[0]
    if kind in ("editable", "place"):
        path = re.sub(r"\[[^\]]*\]$", "", path)
    inner = re.search(r"[#&]subdirectory=([^&]+)", text)
    yield LocalPath(kind, f"{path}/{inner[1]}" if inner else path)


def _plain(line: str) -> list[str]:
    parsed = parse(line)
    if parsed.requirement or not parsed.options or parsed.rest or any(not option.name for option in parsed.options):
        return [line]
    if len(parsed.options) == 1 and parsed.options[0].is_plain:
        return [line]
    return [plain for option in parsed.options for plain in option.lines]


def _options(words: list[str]) -> tuple[list[Option], list[str]]:
    options: list[Option] = []
    rest: list[str] = []
    waiting = list(reversed(words))
    while waiting:
        word = waiting.pop()
        if not word.startswith("-"):
            rest.append(word)
            continue
        name, value = _option(word)
        if name in _VALUED and not value:
            value = waiting.pop() if waiting and not waiting[-1].startswith("-") else None
        while name in _WITH_SPACES and value and waiting and not waiting[-1].startswith("-"):
            value += f" {waiting.pop()}"
        options.append(Option(word, name, value))
    return options, rest


def _option(word: str) -> tuple[str, str | None]:
    """Return the long name of an option, empty if unknown, and its value if that is in the same word."""
    if not word.startswith("--"):
        return SHORT.get(word[1:2], ""), word[2:].removeprefix("=")
    written, _, value = word[2:].partition("=")
    found = {_ALIASES.get(name, name) for name in _NAMES if name == written} or {
        _ALIASES.get(name, name) for name in _NAMES if written and name.startswith(written)
    }
    return (found.pop() if len(found) == 1 else ""), value
