"""Read the lines of a spec for the solver, each with its position in the text."""

from __future__ import annotations

from dataclasses import dataclass

from ...errors import InvalidSpec
from ...models import Diagnostic
from ...specs.document import Document
from ...specs.remarks import remark
from ...specs.yaml_nodes import Scalar
from .rattler_specs import Reader
from .solver import Line


@dataclass(frozen=True, slots=True)
class SpecLine:
    """One line with its position."""

    node: Scalar
    line: Line


def spec_lines_of(document: Document, reader: Reader) -> tuple[list[SpecLine], list[Diagnostic]]:
    """Return the lines that name a package, also a virtual one, and diagnostics for invalid lines."""
    spec_lines: list[SpecLine] = []
    remarks: list[Diagnostic] = []
    for dependency in document.dependencies:
        try:
            line = reader.line(dependency.text)
        except InvalidSpec as error:
            remarks.append(remark("error", "invalid-match-spec", dependency.node, error.message, error.remedy))
            continue
        if line.name and line.package is None:
            spec_lines.append(SpecLine(dependency.node, line))
    return spec_lines, remarks
