"""Read lists of conda packages, one match spec a line.

``conda list --export`` writes them, and ``conda create --file`` reads them. The table of ``conda list`` and ``mamba
list`` is read as well.
"""

from __future__ import annotations

import re
from dataclasses import replace

from ..models import Diagnostic
from .document import Document
from .match_specs import Dependency, understand
from .remarks import remark, shown
from .requirements import requirement_lines
from .text import lines_of
from .yaml_nodes import Scalar

# conda gives this build to packages that pip installed.
_OF_PIP = re.compile(r"(?P<name>[\w.-]+)=(?P<version>[^\s=]+)=pypi_\d+")
_HEADING = re.compile(r"(List of packages in environment\b.*|#?\s*Name\s+Version\s+Build\b.*|[\u2500-]+)\s*")
# Name, version, build and, unless it is a default one, channel.
_ROW = re.compile(r"(\w[\w.-]*)\s+(\d\S*)\s+(\w[\w.]*|<pip>)(?:\s+(\w[\w.:/-]*|<pip>))?")
_FROM_A_FOLDER = re.compile(r"\w[\w.-]*\s+\d.*\s<develop>")


def read(text: str) -> tuple[Document, list[Diagnostic]]:
    """Return the document of an environment.yml with these packages, and a diagnostic that names the format."""
    lines = [line for line in requirement_lines(text) if not _HEADING.fullmatch(line.text)]
    what, where = "a list of conda packages", "from the configured channels"
    if any(_HEADING.fullmatch(line.strip()) for line in lines_of(text)):
        what, where = "the output of 'conda list'", "from the channels that it names, else the configured ones"
    message = f"This is {what}: {len(lines):,} packages, {where}."
    remedy = "Give the environment a name when you create it; write an environment.yml to choose the channels."
    diagnostics = [remark("info", "package-list", lines[0], message, remedy)]
    dependencies: list[Dependency] = []
    pip: list[Scalar] = []
    for line in lines:
        if _FROM_A_FOLDER.fullmatch(line.text):
            message = f"'{shown(line.text)}': pip installed this from a folder, whose path is unknown."
            diagnostics.append(remark("error", "invalid-match-spec", line, message, "Delete the line."))
            continue
        spec = _without_columns(line.text)
        if by_pip := _OF_PIP.fullmatch(spec):
            pip.append(Scalar(line.line, line.column, f"{by_pip['name']}=={by_pip['version']}"))
            continue
        dependency, remarks = understand(Scalar(line.line, line.column, spec))
        diagnostics += remarks
        dependencies += [replace(dependency, node=line)] if dependency else []
    return Document(dependencies=tuple(dependencies), pip=tuple(pip), lines=lines_of(text)), diagnostics


def _without_columns(text: str) -> str:
    """Return the match spec of a row of the table; any other line unchanged."""
    row = _ROW.fullmatch(text)
    if row is None:
        return text
    name, version, build, channel = row.groups()
    if channel in {"pypi", "<pip>"} or build == "<pip>":
        build, channel = "pypi_0", None
    return f"{channel}::{name}={version}={build}" if channel else f"{name}={version}={build}"
