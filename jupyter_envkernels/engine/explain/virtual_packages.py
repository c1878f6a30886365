"""Find lines of a spec that need virtual packages which this machine lacks: CUDA, another platform, a newer glibc."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import rattler

from ...models import Diagnostic
from ...specs.remarks import remark
from ..messages import machine_lacks, some
from ..solve.channel_index import ChannelIndex, Record
from ..solve.solver import Line
from ..solve.spec_lines import SpecLine

_MANY = 3
"""From this number on, lines that need CUDA are one diagnostic: they come from an export of a machine with a GPU."""

_CUDA_NAME = re.compile(r".*-gpu|(.*-)?(cuda|cudatoolkit|cudnn|nccl)(-.*)?")
_CUDA_BUILD = re.compile(r"cuda|gpu")
_CPU = "otherwise choose a build without CUDA, or delete the line."


def machine_remarks(
    spec_lines: Sequence[SpecLine], index: ChannelIndex, machine: Mapping[str, str]
) -> Iterator[Diagnostic]:
    """Yield diagnostics for lines that need a virtual package which is missing or too old, or that name CUDA.

    Args:
        spec_lines: the lines.
        index: the packages of the channels.
        machine: name -> version of the virtual packages of this machine.
    """
    gpu: list[tuple[SpecLine, str]] = []
    for spec_line in spec_lines:
        demand = (
            _virtual(spec_line.line, machine)
            or _demand(spec_line.line, index, machine)
            or _explicit(spec_line.line, machine)
        )
        if demand.startswith("__cuda"):
            gpu.append((spec_line, demand))
        elif demand:
            lacks, remedy = machine_lacks(demand, machine)
            remedy = remedy or "Delete the line, or look for a version that this machine can run."
            yield remark("error", "other-machine", spec_line.node, f"`{spec_line.line.text}` needs {lacks}.", remedy)
    if len(gpu) < _MANY:
        yield from (_one(spec_line, demand, machine) for spec_line, demand in gpu)
    else:
        yield _all(gpu, machine)


def _virtual(line: Line, machine: Mapping[str, str]) -> str:
    """Return the line itself if it is a virtual package that this machine lacks."""
    return line.demand if line.is_virtual and not is_met(line.demand, machine) else ""


def _demand(line: Line, index: ChannelIndex, machine: Mapping[str, str]) -> str:
    """Return the virtual package that all packages of a line need and this machine lacks; empty if there is none."""
    if not index.tells_all(line):
        return ""
    unmet = ""
    for record in index.records.get(line.name, ()):
        if line.matches(record):
            unmet = _unmet(record, machine)
            if not unmet:
                break
    return unmet


def _unmet(record: Record, machine: Mapping[str, str]) -> str:
    return next((text for text in record.depends if text.startswith("__") and not is_met(text, machine)), "")


def is_met(text: str, machine: Mapping[str, str]) -> bool:
    """Return whether this machine has a virtual package.

    Args:
        text: such as ``__cuda >=12``.
        machine: name -> version of the virtual packages of this machine.
    """
    name, _, versions = text.partition(" ")
    version = versions.split(" ")[0]  # a build may follow, as in __archspec
    if name not in machine or not version:
        return name in machine
    return rattler.VersionSpec(version).matches(rattler.Version(machine[name]))


def _explicit(line: Line, machine: Mapping[str, str]) -> str:
    """Return the CUDA that a line names by package or build, even if its packages do not depend on ``__cuda``."""
    if "__cuda" in machine or not (_CUDA_NAME.fullmatch(line.name) or _CUDA_BUILD.search(line.spec.build or "")):
        return ""
    is_cuda_itself = line.name in {"cuda", "cuda-version", "cuda-toolkit", "cudatoolkit", "pytorch-cuda"}
    return f"__cuda {line.spec.version}" if is_cuda_itself and line.spec.version else "__cuda"


def _one(spec_line: SpecLine, demand: str, machine: Mapping[str, str]) -> Diagnostic:
    lacks, remedy = machine_lacks(demand, machine)
    return remark("warning", "no-gpu", spec_line.node, f"`{spec_line.line.text}` needs {lacks}.", _or_without(remedy))


def _all(gpu: Sequence[tuple[SpecLine, str]], machine: Mapping[str, str]) -> Diagnostic:
    # prefer one that has a version
    demand = max((demand for _, demand in gpu), key=len)
    lacks, remedy = machine_lacks(demand, machine)
    names = some([spec_line.line.name for spec_line, _ in gpu])
    return remark("warning", "no-gpu", gpu[0][0].node, f"{names} need {lacks}.", _or_without(remedy))


def _or_without(remedy: str) -> str:
    return f"{remedy.rstrip('.')}; {_CPU}"
