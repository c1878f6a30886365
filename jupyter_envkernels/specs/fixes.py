"""Make quick fixes: edits of whole lines, so that a person sees the result before applying it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ..models import Fix, LineEdit
from .document import Document
from .remarks import CREDENTIALS
from .yaml_nodes import Scalar

_NAME = re.compile(r"(?P<channel>(?:\S*::)?)[\w.-]+", re.ASCII)
_ENTRY = re.compile(r"\s*(?:-\s+)?['\"]?")
_DASH = re.compile(r"\s*-\s+['\"]?")
_REST = re.compile(r"['\"]?\s*(#.*)?")


def rewrite(title: str, lines: Sequence[str], changes: Iterable[tuple[Scalar, str]]) -> Fix | None:
    """Replace parts of the text.

    Args:
        title: label of its button.
        lines: of the whole text.
        changes: old nodes and their new texts. A node whose text is not found at its position is skipped, and so is a
            line with a login, which must not be repeated in a fix.

    Returns:
        The fix; None if nothing would change.
    """
    new: dict[int, str] = {}
    for node, text in sorted(changes, key=lambda change: (change[0].line, -change[0].column)):
        line = new.get(node.line, lines[node.line - 1])
        start = _start(line, node)
        if start is not None and text != node.text and not CREDENTIALS.search(line):
            new[node.line] = line[:start] + text + line[start + len(node.text) :]
    edits = tuple(LineEdit(number, lines[number - 1], line) for number, line in sorted(new.items()))
    return Fix(title, edits) if edits else None


def split(title: str, lines: Sequence[str], node: Scalar, texts: Sequence[str]) -> Fix | None:
    """Replace an entry of a list by several; None if it shares its line with others."""
    line = lines[node.line - 1]
    start = _start(line, node)
    if start is None or not _ENTRY.fullmatch(line[:start]) or CREDENTIALS.search(line):
        return None
    head, tail = line[:start], line[start + len(node.text) :]
    quote = tail[:1] if head[-1:] in ("'", '"') else ""
    *first, last = texts
    after = "\n".join([*(f"{head}{text}{quote}" for text in first), f"{head}{last}{tail}"])
    return Fix(title, (LineEdit(node.line, line, after),))


def delete(title: str, lines: Sequence[str], key: str, node: Scalar) -> Fix | None:
    """Delete the line ``key: value``; None if the line has anything else."""
    line = lines[node.line - 1]
    start = _start(line, node)
    if start is None or line[:start].rstrip("'\"").replace(" ", "") != f"{key}:":
        return None
    return Fix(title, (LineEdit(node.line, line, None),)) if _REST.fullmatch(line[start + len(node.text) :]) else None


def move_to_pip(title: str, document: Document, node: Scalar, text: str) -> Fix | None:
    """Move an entry of the conda packages to the end of the pip section, which is made if there is none.

    None if a line has anything else, or the section is empty.
    """
    if document.pip_sections and not document.pip:
        return None
    place = document.pip[-1] if document.pip else document.dependencies[-1].node
    if not (_is_alone(document.lines, node) and _is_alone(document.lines, place)):
        return None
    line, last = document.lines[node.line - 1], document.lines[place.line - 1]
    indent = last[: len(last) - len(last.lstrip())]
    new = f"{indent}- {text}" if document.pip else f"{indent}- pip:\n{indent}  - {text}"
    if place.line == node.line:
        return Fix(title, (LineEdit(node.line, line, new),))
    return Fix(title, (LineEdit(node.line, line, None), LineEdit(place.line, last, f"{last}\n{new}")))


def _is_alone(lines: Sequence[str], node: Scalar) -> bool:
    """Return whether a line of YAML has just one entry of a list, without comment and login."""
    line = lines[node.line - 1]
    start = _start(line, node)
    if start is None or CREDENTIALS.search(line):
        return False
    tail = line[start + len(node.text) :]
    return bool(_DASH.fullmatch(line[:start])) and not tail.strip("'\" ")


def loosened(text: str, build: str) -> str:
    """Return a match spec without its build if that is its last part; else unchanged."""
    for sign in ("=", " "):
        if build and text.endswith(f"{sign}{build}"):
            return text.removesuffix(f"{sign}{build}").rstrip("= ")
    return text


def renamed(text: str, name: str) -> str:
    """Return a match spec with another package name."""
    found = _NAME.match(text)
    return f"{found['channel']}{name}{text[found.end() :]}" if found else text


def _start(line: str, node: Scalar) -> int | None:
    """Return where the text of a scalar begins in its line, without its quote."""
    start = node.column - 1
    start += line[start : start + 1] in ("'", '"')
    return start if line.startswith(node.text, start) else None
