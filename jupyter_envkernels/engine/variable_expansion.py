"""Expand the variables of the server that a job uses. The engine gets the values; plans and records keep the names."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..envs.requirement_files import lines_of_files
from ..errors import InvalidSpec
from ..models import Limits, Operation, Plan, Problem
from ..specs import expand_variables, pip_uses_of, refused, uses_of, variables_in, without_credentials
from ..specs.pip_sources import remote_files_in
from ..specs.secrets import Secrets


@dataclass(frozen=True, slots=True)
class Variables:
    """The values of the variables of an operation.

    Attributes:
        texts: channels, match specs and package URLs with variables, as written -> expanded.
        secrets: the values, to be hidden again.
        in_pip: whether pip lines use variables.
        warnings: names the variables.
    """

    texts: Mapping[str, str] = field(default_factory=dict)
    secrets: Secrets = field(default_factory=Secrets)
    in_pip: bool = False
    warnings: tuple[Problem, ...] = ()

    def revealed(self, plan: Plan) -> Plan:
        """Return a plan with the URLs that will be requested."""
        reveal = self.secrets.reveal
        return replace(plan, packages=tuple(replace(package, url=reveal(package.url)) for package in plan.packages))


NO_VARIABLES = Variables()

_NOWHERE = Path(os.devnull)
"""The folder of a spec that came as text: it may name files by absolute paths only."""


def variables_of(operation: Operation, configured: Iterable[str], environ: Mapping[str, str]) -> Variables:
    """Return the variables of an operation. Those in the records of an environment are not expanded.

    Args:
        operation: the operation. Its requirement files are read.
        configured: the channels of a spec that names none; the values of their variables are not hidden.
        environ: the variables.

    Raises:
        InvalidSpec: a requirement file cannot be read.
    """
    spec = operation.own_spec
    texts = [*(spec.channels or configured), *spec.dependencies, *operation.added, *(p.url for p in spec.locked)]
    lines = [*spec.pip, *_lines_of_files(operation, environ, is_strict=False)]
    in_pip = [name for _, name in pip_uses_of(lines)]
    names = list(dict.fromkeys([*(name for _, name in uses_of(spec, operation.added)), *in_pip]))
    values = {name: environ[name] for name in names if name in environ}
    return Variables(
        texts={text: expand_variables(text, environ) for text in texts if variables_in(text)},
        secrets=Secrets({name: value for name, value in values.items() if not _is_path(value)}),
        in_pip=bool(in_pip),
        warnings=tuple(_warnings(names, values, [url for line in lines for url in remote_files_in(line)])),
    )


def problems_of(operation: Operation, limits: Limits, environ: Mapping[str, str]) -> list[Problem]:
    """Return the problems with the variables of an operation and of the requirement files that it names.

    Args:
        operation: the operation. Its files are read.
        limits: the administrator's limits.
        environ: the variables, which may be in the paths of the files.

    Raises:
        InvalidSpec: a requirement file cannot be read.
    """
    uses = uses_of(operation.own_spec, operation.added)
    return [*refused(uses, limits.denied_variables), *problems_of_files(operation, limits, environ)]


def problems_of_files(operation: Operation, limits: Limits, environ: Mapping[str, str]) -> list[Problem]:
    """Return the problems with the variables of requirement files, and with files that only pip or uv can read."""
    lines = _lines_of_files(operation, environ, is_strict=bool(limits.denied_variables))
    problems = refused(pip_uses_of(lines), limits.denied_variables)
    pip = operation.own_spec.pip
    for url in (url for line in (*pip, *lines) for url in remote_files_in(line) if limits.denied_variables):
        message = f"{without_credentials(url)} cannot be checked for variables that are not allowed here."
        problems.append(Problem("variable-not-allowed", message, "Download the file, and name the copy instead."))
    return problems


def _lines_of_files(operation: Operation, environ: Mapping[str, str], *, is_strict: bool) -> list[str]:
    folder = operation.folder or _NOWHERE
    lines, problems = lines_of_files(operation.own_spec.pip, folder, environ, is_strict=is_strict)
    for problem in problems:
        raise InvalidSpec(problem.message, remedy=problem.remedy)
    return lines


_HIDDEN = re.compile(r"\$\{\w+\}")
"""A variable in a record, which always has braces; the engine writes other braces as ``%7B``."""


def check_recorded(texts: Iterable[str], named: Collection[str]) -> None:
    """Refuse variables that only the records of an environment name: another user may have written them.

    Args:
        texts: channels, match specs, packages of a history and pip lines.
        named: those that the operation names itself.

    Raises:
        InvalidSpec: another one has a variable.
    """
    for text in texts:
        if text not in named and _HIDDEN.search(text):
            raise InvalidSpec(
                f"The environment's records have '{without_credentials(text)}', but variables are expanded in specs "
                "only.",
                remedy="Update the environment by a spec that contains it.",
            )


def _is_path(value: str) -> bool:
    """Return whether a value is an existing path, such as that of ``HOME``, and thus not a secret."""
    return value.startswith("/") and os.path.exists(value)  # noqa: PTH110 - raises nothing


def _warnings(names: Sequence[str], values: Mapping[str, str], urls: Sequence[str]) -> Iterator[Problem]:
    if names:
        yield Problem("variables-used", f"Variables of the server are used: {', '.join(names)}.")
    if unset := [name for name in names if name not in values]:
        message = f"These variables are not set, and stay as written: {', '.join(unset)}."
        yield Problem("variables-not-set", message, "Set them before you start Jupyter.")
    for url in dict.fromkeys(map(without_credentials, urls)):
        yield Problem("variables-unknown", f"{url} may use further variables: only pip or uv reads it.")
