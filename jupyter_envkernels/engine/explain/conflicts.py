"""Find the dependencies by which lines of a spec conflict, as far as the records of their own packages show."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

import rattler

from ..messages import some
from ..solve.solver import Line, Solver

Record = rattler.RepoDataRecord


@dataclass(frozen=True, slots=True)
class _Dependencies:
    """The dependencies of the packages that match one line: name -> versions that some of them require."""

    line: Line
    depends: Mapping[str, list[str]]
    constrains: Mapping[str, list[str]]

    @property
    def limited(self) -> set[str]:
        """Return the names of packages that are required or restricted."""
        return self.depends.keys() | self.constrains.keys()


async def find_links(solver: Solver, core: Sequence[Line]) -> list[str]:
    """Return clauses such as ```numpy=1.26` needs python >=3.12,<3.13``, for dependencies that the other lines exclude.

    Empty if the conflict lies deeper than in direct dependencies.
    """
    records = await solver.records(line.name for line in core)
    dependencies = [_dependencies_of(line, [record for record in records if line.matches(record)]) for line in core]
    if links := list(_direct(dependencies, records)):
        return links
    names = {name for one, other in permutations(dependencies, 2) for name in one.depends.keys() & other.limited}
    return list(dict.fromkeys(_shared(dependencies, await solver.records(sorted(names)), sorted(names))))


def _dependencies_of(line: Line, records: Sequence[Record]) -> _Dependencies:
    newest_first = sorted(records, key=lambda record: (record.version, record.timestamp or 0), reverse=True)
    return _Dependencies(
        line,
        _by_name(text for record in newest_first for text in record.depends),
        _by_name(text for record in newest_first for text in record.constrains),
    )


def _by_name(texts: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for text in dict.fromkeys(texts):
        name, _, versions = text.partition(" ")
        found.setdefault(name, []).append(versions)
    return found


def _direct(dependencies: Sequence[_Dependencies], records: Sequence[Record]) -> Iterator[str]:
    """Yield a clause for each line that depends on another line's package, in versions that this line excludes."""
    for one, other in permutations(dependencies, 2):
        name = other.line.name
        allowed = [record for record in records if other.line.matches(record)]
        for needed, verb in ((one.depends.get(name), "needs"), (one.constrains.get(name), "works only with")):
            if needed and not any(_matching(name, versions, allowed) for versions in needed):
                yield f"`{one.line.text}` {verb} {_some_versions(name, needed)}"


def _shared(dependencies: Sequence[_Dependencies], records: Sequence[Record], names: Sequence[str]) -> Iterator[str]:
    """Yield two clauses for each two lines that depend on a third package, in versions that exclude each other."""
    for one, other in permutations(dependencies, 2):
        for name in names:
            named = [record for record in records if record.name.normalized == name]
            for theirs, verb in ((other.depends.get(name), "needs"), (other.constrains.get(name), "works only with")):
                ours = one.depends.get(name)
                if ours and theirs and not _matching_any(name, ours, named) & _matching_any(name, theirs, named):
                    yield f"`{one.line.text}` needs {_some_versions(name, ours)}"
                    yield f"`{other.line.text}` {verb} {_some_versions(name, theirs)}"


def _matching_any(name: str, versions: Iterable[str], records: Sequence[Record]) -> set[int]:
    """Return the positions of the records that match at least one of several dependencies."""
    return set().union(*(_matching(name, text, records) for text in versions))


def _matching(name: str, versions: str, records: Sequence[Record]) -> set[int]:
    """Return the positions of the records that match a dependency."""
    spec = rattler.MatchSpec(f"{name} {versions}", strict=False)
    return {position for position, record in enumerate(records) if spec.matches(record)}


def _some_versions(name: str, versions: Sequence[str]) -> str:
    # the .0a0 of "<3.13.0a0" only excludes pre-releases, and would confuse users
    newest_first = sorted((text.replace(".0a0", "") for text in versions), key=_by_numbers, reverse=True)
    return f"{name} {some([text or 'in any version' for text in newest_first], 'or')}"


def _by_numbers(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", text)]
