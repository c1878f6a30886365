"""Check that pip and uv use allowed indexes only: in pip lines, in files that these name, and in configuration.

The build of a package runs code that may download anything; only the network can prevent that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ... import policy
from ...envs.requirement_files import lines_of_files
from ...models import EnvSpec, Limits, Problem
from ...specs import expand_pip_variables
from ...specs.pip_sources import PYPI, PipSource, lines_of_pip, refused_sources, sources_in

_NAME = re.compile(r"[\w.-]+=(?=\w+:)")

_OF_PIP: Mapping[str, str] = {
    "index-url": "--index-url",
    "pypi-url": "--index-url",
    "extra-index-url": "--extra-index-url",
    "find-links": "--find-links",
    "requirement": "--requirement",
    "constraint": "--constraint",
    "build-constraint": "--constraint",
    "editable": "--editable",
}
_OF_UV: Mapping[str, str] = {
    "UV_DEFAULT_INDEX": "--index-url",
    "UV_INDEX_URL": "--index-url",
    "UV_INDEX": "--extra-index-url",
    "UV_EXTRA_INDEX_URL": "--extra-index-url",
    "UV_FIND_LINKS": "--find-links",
    "UV_CONSTRAINT": "--constraint",
    "UV_OVERRIDE": "--constraint",
    "UV_BUILD_CONSTRAINT": "--constraint",
}
"""Settings -> the option of a line that means the same."""


def variables_for(limits: Limits, environ: Mapping[str, str]) -> dict[str, str]:
    """Return variables by which uv ignores indexes in its own files, if only some are allowed; see ``--no-config``.

    Args:
        limits: the administrator's limits.
        environ: the variables that the installer would get.
    """
    if not limits.pip_indexes:
        return dict(environ)
    kept = {name: value for name, value in environ.items() if name != "UV_CONFIG_FILE"}
    return {**kept, "UV_NO_SOURCES": "1"}  # tool.uv.sources in the pyproject.toml of a project


def check_indexes(
    limits: Limits, lines: Sequence[str], folder: Path, config: Mapping[str, str], environ: Mapping[str, str]
) -> None:
    """Check all sources of packages against the allowed indexes before pip or uv starts. Reads files.

    Args:
        limits: the administrator's limits.
        lines: of the pip section.
        folder: against which relative paths resolve.
        config: pip's configuration, by long names.
        environ: the variables that the installer gets.

    Raises:
        NotAllowed: a source is not allowed.
    """
    if not limits.pip_indexes:
        return
    given = [*lines, *_of_config(config), *_of_variables(environ)]
    found, problems = _all_lines(given, folder, environ)
    sources = [source for line in found for source in sources_in(line)]
    has_index = "no-index" in config or any("--no-index" in line.split() for line in found)
    if not has_index and not any(source.is_first for source in sources):
        sources.append(PipSource(PYPI, is_index=True))
    if "UV_TORCH_BACKEND" in environ:
        sources.append(PipSource("https://download.pytorch.org/whl", is_index=True))
    policy.enforce(limits, [*problems, *refused_sources(sources, limits.pip_indexes)])


def problems_of_spec(limits: Limits, spec: EnvSpec, folder: Path | None) -> list[Problem]:
    """Return a problem for each source of a spec that is not allowed. Reads the files that its lines name.

    Args:
        limits: the administrator's limits.
        spec: the spec.
        folder: of the spec; None if there is none: then no file is read.
    """
    if not limits.pip_indexes or not spec.pip:
        return []
    config = {
        key.removeprefix("PIP_").lower().replace("_", "-"): value
        for key, value in spec.variables.items()
        if key.startswith("PIP_")
    }
    found, problems = _all_lines([*spec.pip, *_of_config(config), *_of_variables(spec.variables)], folder, {})
    return [*problems, *refused_sources((each for line in found for each in sources_in(line)), limits.pip_indexes)]


def problems_of_installed(limits: Limits, requirements: Iterable[str]) -> list[Problem]:
    """Return a problem for each package from a URL that is not allowed, because requirements of packages may have URLs.

    Args:
        limits: the administrator's limits.
        requirements: for each package, the line that installs it again.
    """
    return refused_sources((source for line in requirements for source in sources_in(line)), limits.pip_indexes)


def _of_config(config: Mapping[str, str]) -> Iterator[str]:
    for name, option in _OF_PIP.items():
        yield from (f"{option} {value}" for value in config.get(name, "").split())


def _of_variables(environ: Mapping[str, str]) -> Iterator[str]:
    for name, option in _OF_UV.items():
        yield from (f"{option} {_NAME.sub('', value)}" for value in re.split(r"[\s,]+", environ.get(name, "")) if value)


def _all_lines(
    lines: Sequence[str], folder: Path | None, environ: Mapping[str, str]
) -> tuple[list[str], list[Problem]]:
    """Return the lines and those of the files that they name, with variables expanded, and problems of these files."""
    of_files, unreadable = lines_of_files(lines, folder, environ, is_strict=True)
    found = [expand_pip_variables(line, environ) for line in (*lines_of_pip("\n".join(lines)), *of_files)]
    return found, [replace(problem, code="pip-index-not-allowed") for problem in unreadable]
