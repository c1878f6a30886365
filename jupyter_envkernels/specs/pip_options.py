"""Take a line of a requirements file apart as pip does: a requirement, and options of pip's.

Format: https://pip.pypa.io/en/stable/reference/requirements-file-format/. pip reads options as any program does:
``-rmore.txt``, ``--index=URL``, several in one line. uv wants one in a
line, written out: see :func:`plain_lines`.
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
"""Options that stand behind a requirement; the others have lines of their own."""

_VALUED = (
    *dict.fromkeys(SHORT.values()),
    *("extra-index-url", "no-binary", "only-binary", "trusted-host", "use-feature", "hash", "global-option"),
)
_FLAGS = ("no-index", "prefer-binary", "require-hashes", "pre")
_ALIASES: Mapping[str, str] = {"pypi-url": "index-url", "config-setting": "config-settings"}
_NAMES = (*_VALUED, *_FLAGS, *_ALIASES)
_WITH_SPACES = (*FILES, "editable")
"""Options whose value goes on to the next option or to the end of the line, as for uv."""
_LISTS = ("no-binary", "only-binary")

ARCHIVES = (
    *(".whl", ".zip", ".tar", ".tgz", ".tbz", ".txz", ".tlz"),
    *(".tar.gz", ".tar.bz2", ".tar.xz", ".tar.lz", ".tar.lzma", ".tar.zst"),
)
"""Endings of files that are packages."""

_PLACE = re.compile(r"[./~]|[a-z][a-z0-9+.-]*://|file:|(?:git\+)?git@[\w.-]+:(?!//)", re.IGNORECASE | re.ASCII)
_DIRECT = re.compile(r"[\w.-]+\s*(?:\[[^\]]*\])?\s*@", re.ASCII)
_COMMENT = re.compile(r"(^|\s)#.*", re.DOTALL)
_OPTIONS = re.compile(r"(?:^|\s)-")
_WRITTEN_OUT = re.compile(r"-[ifrce]|--[a-z-]+(?:=.*)?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Option:
    """An option of pip's.

    Attributes:
        word: the word that it stands in, as written.
        name: its long name, without dashes; empty for one that no requirements file may have.
        value: None where it takes one and there is none.
    """

    word: str
    name: str = ""
    value: str | None = ""

    @property
    def lines(self) -> list[str]:
        """Return the lines that say the same to uv."""
        if self.name in _WITH_SPACES:
            value = self.value or ""
            return [f"-{self.name[0]} {shlex.quote(value) if ' ' in value and self.name in FILES else value}"]
        values = (self.value or "").split(",") if self.name in _LISTS else [self.value or ""]
        return [f"--{self.name} {value}".rstrip() for value in values]

    @property
    def is_flag(self) -> bool:
        """Return whether it takes no value."""
        return self.name in _FLAGS

    @property
    def is_plain(self) -> bool:
        """Return whether uv takes it as it is written."""
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
        requirement: what stands before the first option.
        options: those behind it.
        rest: words that are no option's value.
        has_open_quote: a quote has no end.
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
    """Return a line without what pip takes for a comment."""
    return _COMMENT.sub("", line).strip()


def is_place(text: str) -> bool:
    """Return whether a requirement is a path or a URL, and no name."""
    word = text.split(";", maxsplit=1)[0].split(maxsplit=1)[0] if text.strip("; ") else ""
    if _PLACE.match(word):
        return True
    return not _DIRECT.match(text) and ("/" in word or word.lower().endswith(ARCHIVES))


def parse(line: str) -> PipLine:
    """Take a line apart; its comment does not count."""
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
    """Yield the lines; those that end in a backslash with the next one, as pip joins them."""
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
    """Return lines that mean to uv what these mean to pip: each option written out, and in a line of its own."""
    return [plain for line in joined(lines) for plain in _plain(line)]


def local_paths(line: str) -> Iterator[LocalPath]:
    """Yield the paths that a line names. What holds a variable is known only when the installer runs."""
    parsed = parse(line)
    for option in parsed.options:
        if option.name in (*FILES, "find-links"):
            yield from _local(option.name, option.value or "")
        elif option.name == "editable":
            yield from _local("editable", _without_name(option.value or ""))
    if is_place(parsed.requirement) or _DIRECT.match(parsed.requirement):
        yield from _local("place", _without_name(parsed.requirement))


def _without_name(text: str) -> str:
    """Return the place of a requirement, without its name before and conditions behind."""
    direct = _DIRECT.match(text)
    return re.split(r"\s*;", text[direct.end() :].strip() if direct and not is_place(text) else text)[0]


def is_relative_url(text: str) -> bool:
    """Return whether it is ``file:`` with a relative path, which pip takes as one for a requirement alone."""
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
    """Return the long name of an option, empty for an unknown one, and what stands in the same word as its value."""
    if not word.startswith("--"):
        return SHORT.get(word[1:2], ""), word[2:].removeprefix("=")
    written, _, value = word[2:].partition("=")
    found = {_ALIASES.get(name, name) for name in _NAMES if name == written} or {
        _ALIASES.get(name, name) for name in _NAMES if written and name.startswith(written)
    }
    return (found.pop() if len(found) == 1 else ""), value
