"""Find and expand environment variables of the server in specs, by the syntax of conda and of pip."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from ..models import Diagnostic, EnvSpec, Problem, is_denied_variable
from .document import Document
from .remarks import remark, shown
from .yaml_nodes import Scalar

_VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)\})")
_OF_PIP = re.compile(r"\$\{([A-Z0-9_]+)\}")


def expand_variables(text: str, environ: Mapping[str, str]) -> str:
    """Replace ``$NAME`` and ``${NAME}``; unset variables stay as written."""
    return _VARIABLE.sub(lambda match: environ.get(match[1] or match[2], match[0]), text)


def expand_pip_variables(line: str, environ: Mapping[str, str]) -> str:
    """Replace ``${NAME}`` as pip and uv do: unset and empty variables stay as written."""
    return _OF_PIP.sub(lambda match: environ.get(match[1]) or match[0], line)


def variables_in(text: str) -> list[str]:
    """Return the names of the variables in a channel, a match spec or a package URL, each once."""
    return list(dict.fromkeys(name or braced for name, braced in _VARIABLE.findall(text)))


def pip_variables_in(line: str) -> list[str]:
    """Return the names of the variables that pip and uv would expand in a line, each once."""
    return [] if line.lstrip().startswith("#") else list(dict.fromkeys(_OF_PIP.findall(line)))


def uses_of(spec: EnvSpec, added: Iterable[str] = ()) -> Iterator[tuple[str, str]]:
    """Yield each line of a spec that uses a variable, with the name of that variable.

    Args:
        spec: the spec, as written.
        added: further match specs.
    """
    for text in (*spec.channels, *spec.dependencies, *added, *(package.url for package in spec.locked)):
        yield from ((text, name) for name in variables_in(text))
    yield from pip_uses_of(spec.pip)


def pip_uses_of(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield each pip line that uses a variable, with the name of that variable."""
    for line in lines:
        yield from ((line, name) for name in pip_variables_in(line))


def refused(uses: Iterable[tuple[str, str]], denied: Sequence[str]) -> list[Problem]:
    """Return a problem for each line that uses a denied variable.

    Args:
        uses: lines, each with the name of a variable.
        denied: patterns of variables that specs may not use, in addition to those of Jupyter.
    """
    return [
        Problem(
            "variable-not-allowed",
            f"'{shown(line)}' uses the variable {name} of the server, which specs may not use.",
            "Remove it; use another variable, or ~/.netrc.",
        )
        for line, name in dict.fromkeys(uses)
        if is_denied_variable(name, denied)
    ]


def remarks(document: Document, denied: Sequence[str]) -> Iterator[Diagnostic]:
    """Yield an error for each use of a denied variable.

    Args:
        document: the spec.
        denied: patterns of names, in addition to those of Jupyter.
    """
    lines = [*document.channels, *(replace(each.node, text=each.text) for each in document.dependencies)]
    uses = [(line, name) for line in lines for name in variables_in(line.text)]
    uses += [(line, name) for line in document.pip for name in pip_variables_in(line.text)]
    for line, name in uses:
        yield from _remarks(line, name, denied)


def exact_remarks(spec: EnvSpec, lines: Sequence[str], denied: Sequence[str]) -> Iterator[Diagnostic]:
    """Yield an error for each use of a denied variable in a spec that names each package by its URL.

    Args:
        spec: the spec.
        lines: of its text. The first one that contains the name of a variable is its position.
        denied: patterns of names, in addition to those of Jupyter.
    """
    for text, name in uses_of(spec):
        number = next((number for number, line in enumerate(lines, 1) if name in line), 1)
        yield from _remarks(Scalar(number, 1, text), name, denied)


def _remarks(line: Scalar, name: str, denied: Sequence[str]) -> Iterator[Diagnostic]:
    for problem in refused([(line.text, name)], denied):
        yield remark("error", problem.code, line, problem.message, problem.remedy)
