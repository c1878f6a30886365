"""Lines of the pip section that conda could install as well.

What pip installs, conda neither knows nor keeps apart from its own packages; so what the channels have is better had
from them.
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
from ..solve.spec_lines import SpecLine

_MANY = 6
"""So many lines are one remark."""

# what is called otherwise, beside the usual python-NAME and NAME-python for what is also the name of a program
_OTHER_NAMES = {"torch": "pytorch", "tables": "pytables", "opencv-python": "opencv", "opencv-python-headless": "opencv"}


def conda_names(pip: Sequence[Scalar]) -> list[str]:
    """Return the names of conda packages that may be what lines for pip ask for."""
    return [name for line in pip if (found := pip_requirement(line.text)) for name in _candidates(found[0])]


def pip_remarks(pip: Sequence[Scalar], spec_lines: Sequence[SpecLine], index: ChannelIndex) -> Iterator[Diagnostic]:
    """Yield remarks on lines for pip for which a channel has a package that goes with the spec's python.

    Args:
        pip: the lines.
        spec_lines: the conda packages of the spec.
        index: what the channels have.
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
            remedy = f"Write '- {shown(text)}' among the conda packages, and delete this line."
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
    """The pythons that the spec allows; of each version one."""
    lines = [spec_line.line for spec_line in spec_lines if spec_line.line.name == "python"]
    allowed = [record for record in index.records.get("python", ()) if all(line.matches(record) for line in lines)]
    return list({str(record.version): record for record in allowed}.values())


def _choose(name: str, versions: str, index: ChannelIndex, pythons: Sequence[Record]) -> tuple[str, Record] | None:
    """The newest package that is what pip would install; None where there is none."""
    for candidate in _candidates(name):
        wanted = rattler.MatchSpec(f"{candidate} {versions or '*'}", strict=False)
        records = [record for record in index.records.get(candidate, ()) if wanted.matches(record)]
        records.sort(key=lambda record: record.version, reverse=True)
        for record in records:
            if _goes_with(record, pythons):
                return candidate, record
    return None


def _goes_with(record: Record, pythons: Sequence[Record]) -> bool:
    """It is a package for python, and not a program or a library of the same name; and for one that is allowed."""
    needs = [text for text in record.depends if text == "python" or text.startswith("python ")]
    return bool(needs) and all(
        any(spec.matches(python) for python in pythons)
        for spec in (rattler.MatchSpec(text, strict=False) for text in needs)
    )
