"""The files that lines of pip name, and what is in them: pip and uv obey it as they obey the lines.

Format: https://pip.pypa.io/en/stable/reference/requirements-file-format/.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from ..files import read_file
from ..models import Problem
from ..specs import expand_pip_variables
from ..specs.pip_sources import file_with_spaces_in, files_in, lines_of_pip
from ..specs.remarks import Unreadable
from ..specs.text import decode

MAX_FILES = 100
MAX_BYTES = 1 << 20
"""Of one file."""

_CODING = re.compile(r"#.*coding[:=]\s*(?!utf-?8\b)[\w.-]+", re.IGNORECASE)


def lines_of_files(
    lines: Iterable[str], folder: Path | None, environ: Mapping[str, str], *, is_strict: bool = False
) -> tuple[list[str], list[Problem]]:
    """Return the lines of the files that lines name, one in another, and which files cannot be read.

    Args:
        lines: of pip.
        folder: against which relative paths resolve; None to read no file.
        environ: variables, which may be in paths.
        is_strict: one that is not there is a problem, too: the installer may read its name otherwise.
    """
    found: list[str] = []
    problems: list[Problem] = []
    seen: set[Path] = set()
    waiting = deque((line, folder) for line in lines) if folder is not None else deque()
    while waiting:
        line, base = waiting.popleft()
        for path, must_be in _paths_in(expand_pip_variables(line, environ), base):
            if path in seen:
                continue
            seen.add(path)
            try:
                inner = lines_of_pip(_read(path, len(seen)))
            except (OSError, ValueError, Unreadable) as error:
                is_absent = isinstance(error, (FileNotFoundError, NotADirectoryError))
                problems += [] if is_absent and not (must_be and is_strict) else [_unreadable(path, error)]
                continue
            found += inner
            waiting.extend((each, path.parent) for each in inner)
    return found, problems


def _paths_in(line: str, folder: Path) -> Iterator[tuple[Path, bool]]:
    """Yield the paths that a line names, and whether they are so for pip, too."""
    yield from ((folder / name, True) for name in files_in(line))
    yield from ((folder / name, False) for name in file_with_spaces_in(line))


def _read(path: Path, number: int) -> str:
    if number > MAX_FILES:
        raise OSError(f"more than {MAX_FILES} files are named")
    text = decode(read_file(path, MAX_BYTES)).removeprefix("\ufeff")
    if "\0" in text or any(_CODING.match(line) for line in text.splitlines()[:2]):
        raise OSError("it is not UTF-8")
    return text


def _unreadable(path: Path, error: Exception) -> Problem:
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
    message = f"The file {path} cannot be checked: {reason.rstrip('.')}."
    return Problem("invalid-requirement", message, "Save it as UTF-8 text, or write its lines into the spec.")
