"""Through what lines of a spec clash, as far as the records of their own packages tell."""

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
    """What the packages of one line ask of others: name -> the versions that one or the other of them asks for."""

    line: Line
    depends: Mapping[str, list[str]]
    constrains: Mapping[str, list[str]]

    @property
    def limited(self) -> set[str]:
        """Names of what they need, or suffer in some versions only."""
        return self.depends.keys() | self.constrains.keys()


async def find_links(solver: Solver, core: Sequence[Line]) -> list[str]:
    """Clauses such as ```numpy=1.26` needs python >=3.12,<3.13``, for what cannot be had beside the other lines.

    Empty where the clash lies deeper than in the direct requirements of the lines.
    """
    records = await solver.records(line.name for line in core)
    asked = [_dependencies_of(line, [record for record in records if line.matches(record)]) for line in core]
    if links := list(_direct(asked, records)):
        return links
    names = {name for one, other in permutations(asked, 2) for name in one.depends.keys() & other.limited}
    return list(dict.fromkeys(_shared(asked, await solver.records(sorted(names)), sorted(names))))


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


def _direct(asked: Sequence[_Dependencies], records: Sequence[Record]) -> Iterator[str]:
    """One line's packages want another line's package, but in no version that this other line allows."""
    for one, other in permutations(asked, 2):
        name = other.line.name
        allowed = [record for record in records if other.line.matches(record)]
        for wanted, verb in ((one.depends.get(name), "needs"), (one.constrains.get(name), "goes only with")):
            if wanted and not any(_fitting(name, versions, allowed) for versions in wanted):
                yield f"`{one.line.text}` {verb} {_some_versions(name, wanted)}"


def _shared(asked: Sequence[_Dependencies], records: Sequence[Record], names: Sequence[str]) -> Iterator[str]:
    """One line's packages want a third one, but in no version that suits another line's."""
    for one, other in permutations(asked, 2):
        for name in names:
            named = [record for record in records if record.name.normalized == name]
            for theirs, verb in ((other.depends.get(name), "needs"), (other.constrains.get(name), "goes only with")):
                ours = one.depends.get(name)
                if ours and theirs and not _suiting(name, ours, named) & _suiting(name, theirs, named):
                    yield f"`{one.line.text}` needs {_some_versions(name, ours)}"
                    yield f"`{other.line.text}` {verb} {_some_versions(name, theirs)}"


def _suiting(name: str, versions: Iterable[str], records: Sequence[Record]) -> set[int]:
    """The positions of the records that satisfy one of several requirements."""
    return set().union(*(_fitting(name, text, records) for text in versions))


def _fitting(name: str, versions: str, records: Sequence[Record]) -> set[int]:
    """The positions of the records that satisfy a requirement."""
    spec = rattler.MatchSpec(f"{name} {versions}", strict=False)
    return {position for position, record in enumerate(records) if spec.matches(record)}


def _some_versions(name: str, versions: Sequence[str]) -> str:
    # the .0a0 of "<3.13.0a0" keeps pre-releases out, and says nothing to a person
    newest_first = sorted((text.replace(".0a0", "") for text in versions), key=_by_numbers, reverse=True)
    return f"{name} {some([text or 'in any version' for text in newest_first], 'or')}"


def _by_numbers(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", text)]
