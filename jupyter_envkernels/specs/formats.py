"""Names for files that are something else than an environment.yml."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from ..models import Diagnostic
from .text import lines_of

_HEAD = 64 * 1024


class _Format(NamedTuple):
    """A format, the lines that give it away (all of them, anywhere), and what to do with such a file."""

    name: str
    signs: tuple[re.Pattern[str], ...]
    remedy: str


_BY_HAND = "Write an environment.yml with its packages as a list below 'dependencies:'."
_FORMATS = (
    _Format("an @EXPLICIT list of package URLs", (re.compile(r"@EXPLICIT\s*$"),), _BY_HAND),
    _Format("a pixi.lock", (re.compile(r"version: \d"), re.compile(r"environments:")), _BY_HAND),
    _Format(
        "a conda-lock.yml",
        (re.compile(r"metadata:"), re.compile(r"package:")),
        "Give the environment.yml from which it was made.",
    ),
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


def recognise(text: str) -> Diagnostic | None:
    """An error that says which format this is; None where it may be an environment.yml, or nothing known."""
    lines = lines_of(text[:_HEAD].removeprefix("\ufeff"))
    if _first(_ENVIRONMENT_YML, lines):
        return None
    for known in _FORMATS:
        places = [_first(sign, lines) for sign in known.signs]
        if all(places):
            return _diagnostic(known.name, known.remedy, places[0])
    written = [(n, line) for n, line in enumerate(lines, 1) if line.strip() and not line.lstrip().startswith("#")]
    if written and all(_REQUIREMENT.match(line) and not _KEY_OR_ENTRY.match(line) for _, line in written):
        remedy = "Write an environment.yml, and put these lines as a list below '- pip:' in its 'dependencies:'."
        return _diagnostic("a requirements.txt", remedy, written[0][0])
    return None


def _first(sign: re.Pattern[str], lines: Sequence[str]) -> int:
    """The number of the first line that begins so; 0 where none does."""
    return next((number for number, line in enumerate(lines, 1) if sign.match(line)), 0)


def _diagnostic(name: str, remedy: str, line: int) -> Diagnostic:
    return Diagnostic("error", "other-format", f"This is {name}, not an environment.yml.", remedy, line, 1)
