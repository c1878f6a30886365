"""Explain why the solver found no solution, and which changes would help, by further questions within a time limit."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Awaitable, Sequence
from dataclasses import dataclass
from itertools import islice, product
from typing import TypeVar

import rattler
from rattler.exceptions import GatewayError, SolverError

from ...errors import SolveFailed, SpecChange
from ..messages import (
    MOVE_TO_PIP,
    hidden_by_priority,
    lacking_specs,
    listed,
    machine_lacks,
    missing_packages,
    only_as_wheel,
    only_elsewhere,
    short_version,
    some,
    tree,
)
from ..solve.filtered_channel import is_too_new
from ..solve.solver import Line, Solver
from .candidates import age_of, channel_of_build, lack_of, newest
from .conflicts import find_links
from .virtual_packages import is_met

_SECONDS = 2.0
_PLATFORMS = ("linux-64", "linux-aarch64", "linux-ppc64le", "osx-64", "osx-arm64", "win-64", "win-arm64")
_MAX_REMEDIES = 6
_NAME = re.compile(r"[\w.-]+")

Record = rattler.RepoDataRecord
T = TypeVar("T")


async def diagnose(solver: Solver, lines: Sequence[Line], reason: str, seconds: float = _SECONDS) -> SolveFailed:
    """Explain an unsolvable spec.

    Args:
        solver: the solver that found no solution.
        lines: its input.
        reason: its error message.
        seconds: timeout for further questions, after which the failure has what is known.

    Returns:
        The failure: its message says which lines conflict and by which dependency, its explanation is the solver's
        tree, and its fixes are changes of single lines with which the solver found a solution.

    Raises:
        GatewayError: a channel cannot be read.
    """
    diagnosis = _Diagnosis(solver.without_wheels(), lines, reason, time.monotonic() + seconds)
    return await diagnosis.hopeless_lines() or await diagnosis.conflict()


@dataclass(slots=True)
class _Diagnosis:
    solver: Solver
    lines: Sequence[Line]
    reason: str
    deadline: float

    async def hopeless_lines(self) -> SolveFailed | None:
        """Explain all lines that no package matches, regardless of the others; the solver names only the first."""
        named = [line for line in self.lines if line.name and not line.pinned]
        names = [line.name for line in named]
        records, too_new = await self.solver.records(names), await self.solver.too_new(names)
        known = {record.name.normalized for record in (*records, *too_new)}
        of_machine = [line for line in named if line.is_virtual]
        there = [line for line in named if line.name in known]
        unknown = dict.fromkeys(line.name for line in named if line not in of_machine and line not in there)
        unmet = [line for line in of_machine if not is_met(line.demand, self.solver.machine)]
        lacks, lacking_there = self._lacking(there, records, too_new)
        found = [
            *await self._unknown(list(unknown)),
            *((line.source, "") for line in named if line.name in unknown),
            *((channel_of_build(line, self.solver.channels), "") for line in named if line.name in unknown),
            *(_about_machine(line, self.solver) for line in unmet),
            *lacks,
        ]
        if not found:
            return None
        remedies = dict.fromkeys(remedy for _, remedy in found if remedy)
        lacking = [line.name for line in (*unmet, *(line for line in named if line.name in unknown))]
        return SolveFailed(
            " ".join(sentence for sentence, _ in found if sentence),
            remedy=" ".join(remedies),
            packages=tuple(dict.fromkeys([*lacking, *lacking_there])),
        )

    async def _unknown(self, names: Sequence[str]) -> list[tuple[str, str]]:
        """Return messages and remedies for names that no channel has for this machine."""
        if not names:
            return []
        wheels = await self._wheels(names)
        found = [(only_as_wheel(name, channel), MOVE_TO_PIP) for name, channel in wheels.items()]
        elsewhere = await self._elsewhere([name for name in names if name not in wheels])
        here = str(rattler.Subdir.current())
        other = "Remove the lines for other platforms, or look for packages that do the same on this one."
        found += [(only_elsewhere(name, platforms, here), other) for name, platforms in elsewhere.items()]
        if nowhere := [name for name in names if name not in {*wheels, *elsewhere}]:
            remedy = "Correct the names, add the channel that has them, or move them to the pip section."
            found.append((missing_packages(nowhere, await self.solver.names()), remedy))
        return found

    async def _wheels(self, names: Sequence[str]) -> dict[str, str]:
        """Return the names that a channel has only as wheels, each with the channel."""
        try:
            return await self._within(self.solver.wheels(names))
        except asyncio.TimeoutError:
            return {}

    def _lacking(
        self, lines: Sequence[Line], records: Sequence[Record], too_new: Sequence[Record]
    ) -> tuple[list[tuple[str, str]], list[str]]:
        """Return messages and remedies for lines that no package matches, and the names of the packages."""
        lacks = [(lack, line) for line in lines if (lack := lack_of(line, records, self.solver, too_new))]
        builds = ", or leave the builds out" if any(lack.kind == "build" for lack, _ in lacks) else ""
        other = f"Change these lines to what the channels have{builds}."
        found = [(f"{lack.message} {line.source}".rstrip(), lack.remedy or other) for lack, line in lacks]
        return found, [line.name for _, line in lacks]

    async def conflict(self) -> SolveFailed:
        """Explain which lines conflict: as few as possible for each conflict."""
        cores = [core async for core in self._cores()]
        sentences, advice, opinions = [], [], []
        for core in cores:
            opinion = await self._second_opinion(core)
            sentence, remedy = (
                self._about_machine(core, opinion)
                or await self._about_age(core)
                or (await self._headline(core, opinion), "")
            )
            sentences.append(sentence)
            advice.append(remedy)
            opinions.append(tree(opinion))
        lines = [line for core in cores for line in core]
        needed = [name.group() for each in opinions for spec in lacking_specs(each) if (name := _NAME.match(spec))]
        wheels = await self._wheels(needed)
        sentences += [only_as_wheel(name, channel) for name, channel in wheels.items()]
        sentences += [line.source for line in lines if line.origin]
        changes = await self._changes_of_all(cores)
        return SolveFailed(
            " ".join(sentences),
            remedy=" ".join(filter(None, [_remedy(changes), *advice])),
            explanation="\n".join(dict.fromkeys(opinions)),
            packages=tuple(dict.fromkeys(line.name for line in lines if line.name)),
            fixes=tuple(islice(product(*changes), _MAX_REMEDIES)) if all(changes) else (),
        )

    async def _elsewhere(self, names: Sequence[str]) -> dict[str, list[str]]:
        """Return name -> other platforms that have it, for names that are unknown here."""
        found: dict[str, list[str]] = {}
        for platform in _PLATFORMS:
            try:
                known = await self._within(self.solver.names([platform]))
            except (asyncio.TimeoutError, GatewayError):
                continue
            for name in known.intersection(names):
                found.setdefault(name, []).append(platform)
        return found

    async def _cores(self) -> AsyncIterator[list[Line]]:
        """Yield the conflicts, which have no line in common: each is searched among the lines of no earlier one."""
        left = list(self.lines)
        named = [line for line in left if re.search(rf"(?<![\w.-]){re.escape(line.name)}(?![\w.-])", self.reason)]
        while left:
            core = await self._core(left, named)
            yield core
            left = [line for line in left if line not in core]
            try:
                if not left or await self._solution(left) is not None:
                    return
            except asyncio.TimeoutError:
                return

    async def _core(self, lines: Sequence[Line], named: Sequence[Line]) -> list[Line]:
        """Return a minimal set of lines that have no solution together.

        This is the deletion filter (Chinneck and Dravnieks, 1991), which begins with the lines that the solver names.
        After the timeout, the set may not be minimal.
        """
        core, first = list(lines), [line for line in lines if line in named]
        try:
            if first and await self._solution(first) is None:
                core = first
            for line in list(core):
                rest = [other for other in core if other is not line]
                if rest and await self._solution(rest) is None:
                    core = rest
        except asyncio.TimeoutError:
            pass
        return core

    async def _changes_of_all(self, cores: Sequence[Sequence[Line]]) -> list[list[SpecChange]]:
        """Return for each conflict the changes of one of its lines that resolve it."""
        found = []
        for core in cores:
            other_cores = [line for other in cores if other is not core for line in other]
            found.append(await self._changes(core, [line for line in self.lines if line not in other_cores]))
        return found

    async def _changes(self, core: Sequence[Line], lines: Sequence[Line]) -> list[SpecChange]:
        changes = []
        try:
            for line in core[:_MAX_REMEDIES]:
                others = [other for other in lines if other is not line]
                if (version := await self._other_version(line, others)) is not None:
                    changes.append(SpecChange(line.text, version))
                elif await self._solution(others) is not None:
                    changes.append(SpecChange(line.text, None))
        except asyncio.TimeoutError:
            pass
        return changes

    async def _other_version(self, line: Line, others: Sequence[Line]) -> str | None:
        """Return a line with another version that has a solution; None if none has, or the line has no version."""
        if line.is_bare or line.pinned or not line.name or any(other.name == line.name for other in others):
            return None
        solution = await self._solution([*others, line.without_version()])
        chosen = [record for record in solution or () if record.name.normalized == line.name]
        return f"{line.name}={short_version(str(chosen[0].version))}" if chosen else None

    async def _headline(self, core: Sequence[Line], reason: str) -> str:
        if len(core) == 1:
            return f"{_quoted(core[0])} cannot be installed: {self._needs(reason)}."
        names = {line.name for line in core}
        quoted = listed([_quoted(line) for line in core])
        if len(names) == 1:
            return f"{quoted} require different packages of the same name."
        links = await find_links(self.solver, core)
        return f"{quoted} cannot be installed together{': ' + '; '.join(links) if links else ''}."

    def _needs(self, reason: str) -> str:
        """Return why a single line has no solution."""
        if lacking := [f"{spec}, which no channel has" for spec in lacking_specs(reason)]:
            return f"it needs {some(lacking, 'or')}"
        if hidden := hidden_by_priority(reason):
            names = {channel.base_url: channel.name or channel.base_url for channel in self.solver.channels}
            needed = [f"{spec}, which is in the channel {names.get(url, url)} only" for spec, url in hidden]
            return (
                f"it needs {some(needed, 'or')}, but with strict channel priority a package comes only from the first "
                "channel that has its name; list that channel first, or set conda's channel_priority to flexible"
            )
        return "the packages that it needs conflict with each other"

    def _about_machine(self, core: Sequence[Line], reason: str) -> tuple[str, str] | None:
        """Return message and remedy if one line needs what this machine lacks; None if something else is wrong."""
        lacking = lacking_specs(reason)
        virtual = [spec for spec in lacking if spec.startswith("__")]
        if len(core) > 1 or not virtual or virtual != lacking:
            return None
        lacks, remedy = machine_lacks(virtual[0], self.solver.machine)
        return f"{_quoted(core[0])} needs {lacks}.", remedy

    async def _about_age(self, core: Sequence[Line]) -> tuple[str, str] | None:
        """Return message and remedy if packages that are too new would be a solution; None if they would not."""
        if not self.solver.cutoffs:
            return None
        try:
            found = await self._within(self.solver.of_any_age().solve(core))
        except (asyncio.TimeoutError, SolverError):
            return None
        left_out = [record for record in found if is_too_new(record, self.solver.cutoffs)]
        if not left_out:
            return None
        record, quoted = newest(left_out), listed([_quoted(line) for line in core])
        together = " together" if len(core) > 1 else ""
        message = f"{quoted} cannot be installed{together} without packages that are too new"
        remedy = self.solver.cutoffs.remedy(record.channel or "", record.name.normalized)
        return f"{message}: {age_of(record, self.solver)}.", f"Or {remedy}"

    async def _second_opinion(self, core: Sequence[Line]) -> str:
        """Return the solver's tree for the conflicting lines alone, which is shorter and names them all."""
        try:
            await self._within(self.solver.of_any_age().solve_names(core))
        except SolverError as error:
            return str(error)
        except asyncio.TimeoutError:
            pass
        return self.reason

    async def _solution(self, lines: Sequence[Line]) -> list[Record] | None:
        """Return the packages for other lines; None if there is no solution.

        Raises:
            asyncio.TimeoutError: the time limit is reached.
        """
        try:
            return await self._within(self.solver.solve(lines))
        except SolverError:
            return None

    async def _within(self, question: Awaitable[T]) -> T:
        """Wait for an answer within the time limit."""
        return await asyncio.wait_for(question, max(0.0, self.deadline - time.monotonic()))


def _remedy(changes: Sequence[Sequence[SpecChange]]) -> str:
    """Return which change of one line of each conflict gives a solution."""
    if not all(changes):
        return "Change or remove one of these lines."
    return f"It works {', and '.join(listed([_shown(each) for each in of_core], 'or') for of_core in changes)}."


def _shown(change: SpecChange) -> str:
    return f"with `{change.after}` instead of `{change.before}`" if change.after else f"without `{change.before}`"


def _quoted(line: Line) -> str:
    return f"`{line.text}`"


def _about_machine(line: Line, solver: Solver) -> tuple[str, str]:
    """Return message and remedy for a line that needs what this machine lacks."""
    lacks, remedy = machine_lacks(line.demand, solver.machine)
    return f"`{line.text}` needs {lacks}. {line.source}".rstrip(), remedy or "Remove these lines."
