"""Read requirements.txt (https://pip.pypa.io/en/stable/reference/requirements-file-format/) as python and pip lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..models import Diagnostic
from .document import Document
from .match_specs import Dependency
from .remarks import remark
from .text import HEAD, lines_of
from .yaml_nodes import Scalar

_TITLE = "# What pip installed"
_PYTHON = " beside python "
COMMENT = re.compile(r"\s#.*$")
"""A comment after a requirement, as pip reads it."""


def read(text: str) -> tuple[Document, list[Diagnostic]]:
    """Return the document of an environment.yml with python and these lines, and a diagnostic that names the format."""
    lines = tuple(requirement_lines(text))
    first = lines[0] if lines else Scalar(1, 1, "")
    version = python_version(text)
    line = f"python=={version}" if version else "python"
    python = Dependency(Scalar(first.line, first.column, line), line, "python", pinned=bool(version), build="")
    message = "This is a requirements.txt: pip installs its lines into an environment with python."
    remedy = "Give the environment a name when you create it; write an environment.yml to choose python's version."
    said = remark("info", "requirements-file", first, message, remedy)
    return Document(dependencies=(python,), pip=lines, lines=lines_of(text)), [said]


def title_of(version: str) -> str:
    """Return the first line of an export, which alone has the version of python, if there is one."""
    return _TITLE + (f"{_PYTHON}{version}" if version else "")


def python_version(text: str) -> str:
    """Return the version of python in the first line of our own export; empty for any other text."""
    found = re.search(rf"^{_TITLE}{_PYTHON}(\d[\w.]*)\s*$", text[:HEAD], re.MULTILINE)
    return found[1] if found else ""


def requirement_lines(text: str) -> Iterator[Scalar]:
    """Yield the lines with content and their positions; a line that ends in a backslash is joined with the next."""
    begun: Scalar | None = None
    for number, line in enumerate(lines_of(text), 1):
        content = line.strip()
        if begun is None:
            if not content or content.startswith("#"):
                continue
            begun = Scalar(number, line.index(content) + 1, "")
        part = content.removesuffix("\\").rstrip()
        begun = Scalar(begun.line, begun.column, f"{begun.text} {part}".strip())
        if not content.endswith("\\"):
            yield begun
            begun = None
    if begun is not None:
        yield begun
