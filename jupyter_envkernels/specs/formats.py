"""Which format a text is in, if it is no environment.yml."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from .remarks import Unreadable, unreadable
from .requirements import requirement_lines
from .text import lines_of

_HEAD = 64 * 1024


Kind = Literal["explicit", "lock-file", "requirements", "other"]


class _Format(NamedTuple):
    """A format, the lines that give it away (all of them, anywhere), and what to do with such a file.

    ``kind`` tells who reads it; nobody reads ``other`` ones.
    """

    name: str
    signs: tuple[re.Pattern[str], ...]
    remedy: str = ""
    kind: Kind = "other"


class Recognised(NamedTuple):
    """What a text is, and the line that gave it away."""

    kind: Kind
    name: str
    remedy: str = ""
    line: int = 1

    def refusal(self) -> Unreadable:
        """That nobody reads it; to be raised."""
        return unreadable("other-format", self.line, 1, f"This is {self.name}, not an environment.yml.", self.remedy)


_BY_HAND = "Write an environment.yml with its packages as a list below 'dependencies:'."
_FORMATS = (
    _Format("an @EXPLICIT list of package URLs", (re.compile(r"@EXPLICIT\s*$"),), kind="explicit"),
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
    _Format("a notebook", (re.compile(r'\s*"(cells|nbformat)":'),), "Choose the environment.yml beside it."),
)
_ENVIRONMENT_YML = re.compile(r"""["']?dependencies["']? *:(\s|$)""")
_REQUIREMENT = re.compile(r"(-[rcei] |--[a-z]|[A-Za-z0-9][\w.-]*(\[[\w, -]+\])?\s*([=<>~!]=|[<>@;]|$))")
_KEY_OR_ENTRY = re.compile(r"\s*(- |[\w-]+:(\s|$))")


def recognise(text: str) -> Recognised | None:
    """Which other format this is; None where it may be an environment.yml, or nothing known."""
    head = text[:_HEAD].removeprefix("\ufeff")
    lines = lines_of(head)
    if _first(_ENVIRONMENT_YML, lines):
        return None
    for known in _FORMATS:
        places = [_first(sign, lines) for sign in known.signs]
        if all(places):
            return Recognised(known.kind, known.name, known.remedy, places[0])
    written = [line.text for line in requirement_lines(head)]
    if written and all(_REQUIREMENT.match(line) and not _KEY_OR_ENTRY.match(line) for line in written):
        return Recognised("requirements", "a requirements.txt")
    return None


def _first(sign: re.Pattern[str], lines: Sequence[str]) -> int:
    """The number of the first line that begins so; 0 where none does."""
    return next((number for number, line in enumerate(lines, 1) if sign.match(line)), 0)
