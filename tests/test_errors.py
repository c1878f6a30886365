from __future__ import annotations

import re
from collections.abc import Iterator

from jupyter_envkernels import errors
from jupyter_envkernels.errors import EnvKernelsError, NotAllowed, Problem, failure


def kinds(kind: type[EnvKernelsError]) -> Iterator[type[EnvKernelsError]]:
    yield kind
    for narrower in kind.__subclasses__():
        yield from kinds(narrower)


def depth(line: str) -> int:
    return len(re.match(r"[ │├└─]*", line)[0]) // 4  # type: ignore[index]


def test_the_tree_in_the_docstring_is_that_of_the_classes() -> None:
    assert errors.__doc__ is not None
    tree = [line[4:] for line in errors.__doc__.splitlines() if re.match(r"    [E│├└ ]", line)]
    drawn = {re.findall(r"\w+", line)[0]: depth(line) for line in tree}
    there = {kind.__name__: kind.__mro__.index(EnvKernelsError) for kind in kinds(EnvKernelsError)}
    assert {name: level for name, level in there.items() if hasattr(errors, name)} == drawn


def test_each_kind_has_a_code_of_its_own() -> None:
    codes = [kind.code for kind in kinds(EnvKernelsError) if hasattr(errors, kind.__name__)]
    assert len(codes) == len(set(codes))


def test_a_failure_is_known_by_its_code() -> None:
    assert type(failure(Problem("not-allowed", "No."))) is NotAllowed
    problem = Problem("of-a-later-version", "No.", "Wait.")
    later = failure(problem)
    assert (type(later).__name__, later.code, later.problem) == ("OperationFailed", "of-a-later-version", problem)
