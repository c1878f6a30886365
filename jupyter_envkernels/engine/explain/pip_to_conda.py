"""Find pip lines that conda could install.

conda knows nothing about packages that pip has installed, and may break them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import rattler

from ...models import Diagnostic
from ...specs.package_names import pip_requirement
from ...specs.remarks import remark, shown
from ...specs.yaml_nodes import Scalar
from ..messages import some
from ..solve.channel_index import ChannelIndex, Record
from ..solve.solver import Line
from ..solve.spec_lines import SpecLine

_MANY = 6
"""From this number on, lines are one diagnostic."""

# names on PyPI -> in conda channels; python-NAME and NAME-python are tried as well
_OTHER_NAMES = {"torch": "pytorch", "tables": "pytables", "opencv-python": "opencv", "opencv-python-headless": "opencv"}


def conda_names(pip: Sequence[Scalar]) -> list[str]:
    """Return the names of conda packages that may correspond to pip lines."""
    return [name for line in pip if (found := pip_requirement(line.text)) for name in _candidates(found[0])]


def pip_requirement_of(line: Line) -> str:
    """Return the requirement of pip for a line; empty if its versions cannot be written for pip."""
    versions = line.spec.version or ""
    parts = [f"=={part}" if re.fullmatch(r"[\d.]+(\.\*)?", part) else part for part in versions.split(",") if part]
    return "" if "|" in versions else f"{line.name}{','.join(parts)}"


def pip_remarks(pip: Sequence[Scalar], spec_lines: Sequence[SpecLine], index: ChannelIndex) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each pip line for which a channel has a package that works with the spec's python.

    Args:
        pip: the lines.
        spec_lines: the conda packages of the spec.
        index: the packages of the channels.
    """
    pythons = _pythons(spec_lines, index)
    names = {spec_line.line.name for spec_line in spec_lines}
    better = [
        (line, name + found[1], record)
        for line in pip
        if (found := pip_requirement(line.text))
        and names.isdisjoint(_candidates(found[0]))
        and (chosen := _choose(*found, index, pythons))
        for name, record in [chosen]
    ]
    if len(better) < _MANY:
        for line, text, record in better:
            channel = rattler.Channel(record.channel or "").name
            message = f"The channel {channel} has {record.name.normalized} {record.version}: pip is not needed for it."
            remedy = f"Add '- {shown(text)}' to the conda packages, and delete this line."
            yield remark("info", "conda-has-it", line, message, remedy)
    else:
        listed = some([record.name.normalized for _, _, record in better])
        message = f"The channels have {len(better)} packages that are listed for pip: {listed}."
        remedy = "Move these lines to the conda packages."
        yield remark("info", "conda-has-it", better[0][0], message, remedy)


def _candidates(name: str) -> list[str]:
    spelt = [re.sub(r"[-_.]+", separator, name) for separator in ("-", "_", ".")]
    other = _OTHER_NAMES.get(spelt[0])
    return list(dict.fromkeys([*([other] if other else []), *spelt, f"python-{spelt[0]}", f"{spelt[0]}-python"]))


def _pythons(spec_lines: Sequence[SpecLine], index: ChannelIndex) -> list[Record]:
    """Return one package of each python version that the spec allows."""
    lines = [spec_line.line for spec_line in spec_lines if spec_line.line.name == "python"]
    allowed = [record for record in index.records.get("python", ()) if all(line.matches(record) for line in lines)]
    return list({str(record.version): record for record in allowed}.values())


def _choose(name: str, versions: str, index: ChannelIndex, pythons: Sequence[Record]) -> tuple[str, Record] | None:
    """Return the newest conda package that corresponds to a pip requirement; None if there is none."""
    for candidate in _candidates(name):
        wanted = rattler.MatchSpec(f"{candidate} {versions or '*'}", strict=False)
        records = [record for record in index.records.get(candidate, ()) if wanted.matches(record)]
        records.sort(key=lambda record: record.version, reverse=True)
        for record in records:
            if _goes_with(record, pythons):
                return candidate, record
    return None


def _goes_with(record: Record, pythons: Sequence[Record]) -> bool:
    """Return whether a package depends on python, unlike a program of the same name, and on one that is allowed."""
    needs = [text for text in record.depends if text == "python" or text.startswith("python ")]
    return bool(needs) and all(
        any(spec.matches(python) for python in pythons)
        for spec in (rattler.MatchSpec(text, strict=False) for text in needs)
    )
