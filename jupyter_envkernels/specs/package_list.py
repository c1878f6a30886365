"""Lists of conda packages, a match spec a line.

``conda list --export`` writes them, and ``conda create --file`` reads them.
"""

from __future__ import annotations

import re

from ..models import Diagnostic
from .document import Document
from .match_specs import Dependency, understand
from .nodes import Scalar
from .remarks import remark
from .requirements import requirement_lines
from .text import lines_of

# Such a build stands for a package that pip installed.
_OF_PIP = re.compile(r"(?P<name>[\w.-]+)=(?P<version>[^\s=]+)=pypi_\d+")


def read(text: str) -> tuple[Document, list[Diagnostic]]:
    """The document that an environment.yml with these packages would give, and what this file is."""
    lines = tuple(requirement_lines(text))
    message = f"This is a list of conda packages, {len(lines):,} of them, from the configured channels."
    remedy = "Give the environment a name when you create it; write an environment.yml to choose the channels."
    diagnostics = [remark("info", "package-list", lines[0], message, remedy)]
    dependencies: list[Dependency] = []
    pip: list[Scalar] = []
    for line in lines:
        if by_pip := _OF_PIP.fullmatch(line.text):
            pip.append(Scalar(line.line, line.column, f"{by_pip['name']}=={by_pip['version']}"))
            continue
        dependency, remarks = understand(line)
        diagnostics += remarks
        dependencies += [dependency] if dependency else []
    return Document(dependencies=tuple(dependencies), pip=tuple(pip), lines=lines_of(text)), diagnostics
