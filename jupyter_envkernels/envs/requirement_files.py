"""Read and check the files that pip lines name (``-r``, ``-c``), which pip and uv follow as well.

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
"""Largest file that is read."""

_CODING = re.compile(r"#.*coding[:=]\s*(?!utf-?8\b)[\w.-]+", re.IGNORECASE)


def lines_of_files(
    lines: Iterable[str], folder: Path | None, environ: Mapping[str, str], *, is_strict: bool = False
) -> tuple[list[str], list[Problem]]:
    """Return the lines of the files that pip lines name, recursively, and problems for unreadable files.

    Args:
        lines: pip lines.
        folder: base of relative paths; None to read no file.
        environ: variables, which may be in paths.
        is_strict: whether a missing file is a problem as well: the installer may parse its name differently.
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
    """Add diagnostics on the paths that the pip lines of a spec name.

    Args:
        checked: the spec.
        text: its text.
        folder: its folder, the base of relative paths; None if unknown.
        installer: installs the lines.
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
            fix = rewrite(f"Change to {name}", lines, [(line, name)]) if name and named.kind == "place" else None
            remedy = "Correct the path; an export names paths of the machine that it was made on."
            yield remark("error", "invalid-requirement", line, f"'{shown(line.text)}': {reason}", remedy, fix=fix)
        elif named.kind in FILES:
            yield from _of_file(line, path, installer)


def _why_not(path: Path, kind: str) -> str:
    """Return why a path cannot be used as a line uses it; empty if it can."""
    try:
        if not path.exists():
            return f"There is no {'file' if kind in FILES else 'file or folder'} {path}."
        if kind in FILES or kind == "find-links" or not path.is_dir():
            is_wrong = path.is_dir() if kind in FILES else kind == "editable"
            return f"{path} is {'a folder' if kind in FILES else 'not a folder'}." if is_wrong else ""
        if not any((path / name).exists() for name in ("pyproject.toml", "setup.py")):
            return f"The folder {path} has neither pyproject.toml nor setup.py, so it cannot be installed."
    except (OSError, ValueError):  # the installer will report it
        return ""
    return ""


def _of_file(line: Scalar, path: Path, installer: PipInstaller) -> Iterator[Diagnostic]:
    """Yield diagnostics on the lines of a file, which the installer itself reads."""
    for text in lines_of_files([f"-r {path}"], path.parent, {})[0]:
        inner = Scalar(line.line, line.column, text)
        for said in pip_line_remarks([inner], ["" for _ in range(line.line)], installer):
            yield replace(said, message=f"In {path}: {said.message}", fix=None)
        if installer == "uv" and (wanted := plain_lines([text])) != [text]:
            message = f"In {path}: '{shown(text)}': uv reads only full options, one a line."
            yield remark("error", "invalid-requirement", line, message, f"Write {' and '.join(map(repr, wanted))}.")


def _paths_in(line: str, folder: Path) -> Iterator[tuple[Path, bool]]:
    """Yield the paths that a line names, and whether pip reads the same path as uv."""
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
