"""The files that lines of pip name, and what is in them: pip and uv obey it as they obey the lines.

Format: https://pip.pypa.io/en/stable/reference/requirements-file-format/.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ..files import read_file
from ..models import CheckedSpec, Diagnostic, PipInstaller, Problem
from ..specs import expand_pip_variables, pip_name, read_document, with_remarks
from ..specs.fixes import rewrite
from ..specs.pip_lines import pip_line_remarks
from ..specs.pip_options import FILES, local_paths, plain_lines
from ..specs.pip_sources import file_with_spaces_in, files_in, lines_of_pip
from ..specs.remarks import Unreadable, remark, shown
from ..specs.text import decode
from ..specs.yaml_nodes import Scalar

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


def with_files(checked: CheckedSpec, text: str | bytes, folder: Path | None, installer: PipInstaller) -> CheckedSpec:
    """Add to the remarks on a spec those on the paths that its lines of pip name.

    Args:
        checked: the spec.
        text: of it.
        folder: of it, against which relative paths resolve; None where they cannot be known.
        installer: what will install the lines.
    """
    document = read_document(text) if checked.spec is not None and checked.spec.pip else None
    if document is None:
        return checked
    said = [each for line in document.pip for each in _of_line(line, document.lines, folder, installer)]
    return with_remarks(checked, said)


def _of_line(line: Scalar, lines: Sequence[str], folder: Path | None, installer: PipInstaller) -> Iterator[Diagnostic]:
    for named in local_paths(line.text):
        path = (folder or Path("/")) / named.path
        if (folder is None and not Path(named.path).is_absolute()) or (installer, named.kind) == ("pip", "find-links"):
            continue
        if reason := _why_not(path, named.kind):
            name = pip_name(line.text)
            fix = rewrite(f"Write {name}", lines, [(line, name)]) if name and named.kind == "place" else None
            remedy = "Correct the path; what an export names is on the machine that it was made on."
            yield remark("error", "invalid-requirement", line, f"'{shown(line.text)}': {reason}", remedy, fix=fix)
        elif named.kind in FILES:
            yield from _of_file(line, path, installer)


def _why_not(path: Path, kind: str) -> str:
    """Return why a path cannot be what a line takes it for; empty where it can."""
    try:
        if not path.exists():
            return f"There is no {'file' if kind in FILES else 'file or folder'} {path}."
        if kind in FILES or kind == "find-links" or not path.is_dir():
            is_wrong = path.is_dir() if kind in FILES else kind == "editable"
            return f"{path} is {'a folder' if kind in FILES else 'no folder'}." if is_wrong else ""
        if not any((path / name).exists() for name in ("pyproject.toml", "setup.py")):
            return f"The folder {path} has neither pyproject.toml nor setup.py, and cannot be installed."
    except (OSError, ValueError):  # which the installer will see, too, and say why
        return ""
    return ""


def _of_file(line: Scalar, path: Path, installer: PipInstaller) -> Iterator[Diagnostic]:
    """Yield remarks on the lines of a file, which the installer reads itself."""
    for text in lines_of_files([f"-r {path}"], path.parent, {})[0]:
        inner = Scalar(line.line, line.column, text)
        for said in pip_line_remarks([inner], ["" for _ in range(line.line)], installer):
            yield replace(said, message=f"In {path}: {said.message}", fix=None)
        if installer == "uv" and (wanted := plain_lines([text])) != [text]:
            message = f"In {path}: '{shown(text)}': uv reads options only if they are written out, one a line."
            yield remark("error", "invalid-requirement", line, message, f"Write {' and '.join(map(repr, wanted))}.")


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
