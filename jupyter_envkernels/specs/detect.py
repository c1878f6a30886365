"""Detect the format of a text that is not an environment.yml."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from .lockfiles.explicit import MARK
from .remarks import Unreadable, unreadable
from .requirements import COMMENT, python_version, requirement_lines
from .text import HEAD, lines_of

Kind = Literal["explicit", "lock-file", "requirements", "package-list", "other"]


class _Format(NamedTuple):
    """A format, the lines by which it is detected (all of them, anywhere), and the remedy for such a file.

    ``kind`` says which module reads it; the kind ``other`` is not supported.
    """

    name: str
    signs: tuple[re.Pattern[str], ...]
    remedy: str = ""
    kind: Kind = "other"


class Recognised(NamedTuple):
    """The format of a text, and the line by which it was detected."""

    kind: Kind
    name: str
    remedy: str = ""
    line: int = 1

    def refusal(self) -> Unreadable:
        """Return the error to raise for a format that is not supported."""
        return unreadable("other-format", self.line, 1, f"This is {self.name}, not an environment.yml.", self.remedy)


_BY_HAND = "Write an environment.yml with its packages as a list below 'dependencies:'."
_FORMATS = (
    _Format("an @EXPLICIT list of package URLs", (MARK,), kind="explicit"),
    _Format("a pixi.lock", (re.compile(r"version: \d"), re.compile(r"environments:")), kind="lock-file"),
    _Format("a conda-lock.yml", (re.compile(r"metadata:"), re.compile(r"package:")), kind="lock-file"),
    _Format(
        "a conda recipe (meta.yaml)",
        (re.compile(r"package:"), re.compile(r"requirements:")),
        "Write an environment.yml with the packages of its 'run:' list below 'dependencies:'.",
    ),
    _Format("a rich text document", (re.compile(r"\{\\rtf"),), "Save it as plain text, and without '.txt' or '.rtf'."),
    _Format("a web page", (re.compile(r"\s*<(!doctype|html|\?xml)", re.IGNORECASE),), "Download the raw file itself."),
    _Format("a TOML file", (re.compile(r"\[{1,2}[\w.-]+\]{1,2}\s*$"), re.compile(r"[\w-]+ *= *\S")), _BY_HAND),
    _Format(
        "the output of 'pip list'",
        (re.compile(r"Package +Version\b"), re.compile(r"-+ -+")),
        "Use the output of 'pip freeze' instead.",
    ),
    _Format(
        "the output of 'conda list --json'",
        (re.compile(r'\s*"dist_name":'),),
        "Use the output of 'conda list --export' or 'conda env export' instead.",
    ),
    _Format("a notebook", (re.compile(r'\s*"(cells|nbformat)":'),), "Choose the environment.yml beside it."),
)
_ENVIRONMENT_YML = re.compile(r"""["']?dependencies["']? *:(\s|$)""")
_REQUIREMENT = re.compile(
    r"-[a-zA-Z] |--[a-z]|(git|hg|svn|bzr)\+|\.{1,2}($|[/\[])|/|\S+\.(whl|zip|tgz|tar\.\w+)($|[\s#?;\[])"
    r"|[A-Za-z0-9][\w.-]*(\[[\w, -]+\])?\s*([=<>~!]=|[<>@;(]|--[a-z]|$)"
)
_PACKAGE_URL = re.compile(r"[a-z][a-z0-9+.-]*://\S+\.(conda|tar\.bz2)(#\S*)?$")
_MATCH_SPEC = re.compile(
    r"([\w./-]+::)?[A-Za-z0-9_][\w.-]*(\s*={1,2}[\d*][\w.*+!]*(=[\w.*]+)?(,[=<>!~]+[\w.*+]+)*|\s*[<>!~][^\s;@]*"
    r"|\s+\d[\w.*+!]*(\s+([\w.*]+|<\w+>)(\s+\S+)?)?)?$"
)
_KEY_OR_ENTRY = re.compile(r"\s*(- |[\w-]+:(\s|$))")
# Lists, in order of preference: the format of most lines wins, and the first among equals.
_LISTS = (
    Recognised("explicit", "a list of package URLs"),
    Recognised("requirements", "a requirements.txt"),
    Recognised("package-list", "a list of conda packages"),
)
_LINES = (_PACKAGE_URL, _REQUIREMENT, _MATCH_SPEC)


def recognise(text: str) -> Recognised | None:
    """Return which other format this is; None if it may be an environment.yml, or is unknown."""
    head = text[:HEAD].removeprefix("\ufeff")
    if len(text) > HEAD:
        head = head[: head.rfind("\n") + 1]  # the last line may be cut
    lines = lines_of(head)
    if _first(_ENVIRONMENT_YML, lines):
        return None
    for known in _FORMATS:
        places = [_first(sign, lines) for sign in known.signs]
        if all(places):
            return Recognised(known.kind, known.name, known.remedy, places[0])
    return _list(head)


def _list(head: str) -> Recognised | None:
    """Return the format of at least half of the lines; the other lines become diagnostics."""
    written = [COMMENT.sub("", line.text).rstrip() for line in requirement_lines(head)]
    if not written:
        return _LISTS[1] if python_version(head) else None  # exported by us from an environment without pip packages
    if any(map(_KEY_OR_ENTRY.match, written)):
        return None
    counts = [sum(1 for line in written if sign.match(line)) for sign in _LINES]
    most = max(counts)
    return _LISTS[counts.index(most)] if 0 < len(written) <= 2 * most else None


def _first(sign: re.Pattern[str], lines: Sequence[str]) -> int:
    """Return the number of the first line that matches; 0 if none does."""
    return next((number for number, line in enumerate(lines, 1) if sign.match(line)), 0)
