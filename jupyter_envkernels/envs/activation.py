"""Compute the variables of an activated environment without running ``conda activate``.

The rules are those of conda's activator: deactivate the active environment, prepend ``bin`` to ``PATH``, set
``CONDA_PREFIX`` and related variables, export those of ``etc/conda/env_vars.d`` and ``conda-meta/state``, then source
``etc/conda/activate.d/*.sh``. Only these scripts need a shell; see :mod:`.activation_scripts`.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..files import read_file
from ..models import Problem
from .activation_scripts import Outcome, run_scripts
from .conda_config.condarc import Settings
from .kernel_json import is_variable

_MAX_BYTES = 1 << 20
_UNSET = "***unset***"
_DEFAULT_PATH = "/usr/bin:/bin"
_SERVERS_OWN = re.compile(
    r"CONDA_(PREFIX|DEFAULT_ENV|SHLVL|PROMPT_MODIFIER|PREFIX_\d+|STACKED_\d+)|__CONDA_SHLVL_\d+_\w+"
    r"|VIRTUAL_ENV|VIRTUAL_ENV_PROMPT|PYTHONHOME|PYTHONEXECUTABLE|__PYVENV_LAUNCHER__"
    r"|PIXI_(PROJECT|ENVIRONMENT)_\w+|PIXI_(IN_SHELL|PROMPT|EXE)"
)


@dataclass(frozen=True, slots=True)
class Activated:
    """An activated environment.

    Attributes:
        environ: the variables of a process that runs in it.
        problems: scripts that failed, by prefix: of the environment, and of the one that was deactivated, if any. Empty
            for a prefix whose scripts all succeeded.
    """

    environ: dict[str, str]
    problems: Mapping[Path, tuple[Problem, ...]]


def activate(
    prefix: Path, environ: Mapping[str, str], *, settings: Settings | None = None, server: Path = Path(sys.prefix)
) -> Activated:
    """Activate an environment: compute its variables, and run its scripts.

    Args:
        prefix: of the environment; absolute.
        environ: the current variables; those of the active environment are removed.
        settings: conda's configuration; by default that of conda itself.
        server: the prefix of this process, into which ``PYTHONPATH`` must not point.

    Raises:
        OperationFailed: there are scripts, but no shell can be started to run them.
    """
    settings = settings or Settings()
    left = _deactivated(environ, settings, server)
    variables = {**left.environ, **_conda_variables(prefix, left.environ, settings)}
    outcome = run_scripts(conda_scripts(prefix, "activate.d"), variables)
    problems = {prefix: outcome.problems}
    if active := environ.get("CONDA_PREFIX"):
        problems[Path(active)] = (*left.problems, *problems.get(Path(active), ()))
    return Activated(outcome.environ, problems)


def activated_environ(
    prefix: Path, environ: Mapping[str, str], *, settings: Settings | None = None, server: Path = Path(sys.prefix)
) -> dict[str, str]:
    """Return the variables of an activated environment, even if its scripts fail: see :func:`activate`."""
    return activate(prefix, environ, settings=settings, server=server).environ


def _deactivated(environ: Mapping[str, str], settings: Settings, server: Path) -> Outcome:
    """Remove the variables of an active conda or virtual environment, and run its deactivation scripts."""
    active = environ.get("CONDA_PREFIX")
    left = run_scripts(conda_scripts(Path(active), "deactivate.d")[::-1] if active else [], environ)
    variables = left.environ
    for name, old in _environment_variables(Path(active), settings).items() if active else ():
        if variables.get(name) == old:
            del variables[name]
    gone = [environ[name] for name in ("CONDA_PREFIX", "VIRTUAL_ENV") if environ.get(name)]
    variables["PATH"] = _without(variables.get("PATH", _DEFAULT_PATH), [f"{prefix}/bin" for prefix in gone])
    _clean_python_path(variables, [*gone, str(server)])
    kept = {name: value for name, value in variables.items() if not _SERVERS_OWN.fullmatch(name)}
    return Outcome(kept, left.problems)


def _conda_variables(prefix: Path, environ: Mapping[str, str], settings: Settings) -> dict[str, str]:
    name = default_env(prefix, settings.root_prefix)
    own = _environment_variables(prefix, settings)
    hidden = {f"__CONDA_SHLVL_0_{key}": environ[key] for key in own if key in environ}
    return {
        "PATH": os.pathsep.join([f"{prefix}/bin", *_condabin(environ, settings), environ["PATH"]]),
        "CONDA_PREFIX": str(prefix),
        "CONDA_SHLVL": "1",
        "CONDA_DEFAULT_ENV": name,
        "CONDA_PROMPT_MODIFIER": _prompt(name, prefix, settings),
        **_installation_variables(settings.root_prefix),
        **own,
        **hidden,  # what a shell restores when it deactivates
    }


def default_env(prefix: Path, root: Path | None) -> str:
    """Return ``CONDA_DEFAULT_ENV``: ``base``, the name of an environment in ``envs``, or else the prefix."""
    if prefix == root:
        return "base"
    return prefix.name if prefix.parent.name == "envs" else str(prefix)


def _prompt(name: str, prefix: Path, settings: Settings) -> str:
    try:
        text = settings.env_prompt.format(default_env=name, stacked_env=name, prefix=prefix, name=prefix.name)
    except (KeyError, IndexError, ValueError):  # an invalid template must not keep the kernel from starting
        text = ""
    return text if settings.changeps1 else ""


def _condabin(environ: Mapping[str, str], settings: Settings) -> list[str]:
    """Return ``condabin`` if ``PATH`` has none, as ``conda activate`` adds it."""
    root = settings.root_prefix
    has_one = any(folder.endswith("condabin") for folder in environ["PATH"].split(os.pathsep))
    return [f"{root}/condabin"] if root and not has_one and (root / "condabin").is_dir() else []


def _installation_variables(root: Path | None) -> dict[str, str]:
    conda = root / "bin/conda" if root else None
    if conda is None or not conda.exists():
        return {}
    return {
        "CONDA_EXE": str(conda),
        "_CONDA_EXE": str(conda),
        "_CONDA_ROOT": str(root),
        "CONDA_PYTHON_EXE": str(conda.with_name("python")),
        "_CE_M": "",
        "_CE_CONDA": "",
    }


def _environment_variables(prefix: Path, settings: Settings) -> dict[str, str]:
    """Return the variables set by packages (``env_vars.d``) and by the environment itself; ``PATH`` is reserved."""
    found: dict[str, object] = {}
    *packaged, own = _variable_files(prefix)
    for file in packaged:
        found.update(_read_object(file))
    state = _read_object(own).get("env_vars")
    found.update(state if isinstance(state, dict) else {})
    upper = settings.envvars_force_uppercase
    return {
        name.upper() if upper else name: str(value)
        for name, value in found.items()
        if value != _UNSET and name != "PATH" and is_variable(name, str(value))
    }


def _variable_files(prefix: Path) -> list[Path]:
    """Return the files that set variables: those of packages in order, then the environment's own state."""
    return [*sorted((prefix / "etc/conda/env_vars.d").glob("*")), prefix / "conda-meta/state"]


def activation_files(prefix: Path) -> list[str]:
    """Return the files that an activation depends on: those that set variables, scripts, and the folders of both."""
    folders = [prefix / "etc/conda" / name for name in ("env_vars.d", "activate.d")]
    return [*map(str, (*folders, *_variable_files(prefix))), *conda_scripts(prefix, "activate.d")]


def _read_object(file: Path) -> dict[str, object]:
    """Read a JSON object; empty if the file is missing or broken, so that the kernel can start nevertheless."""
    try:
        data = json.loads(read_file(file, _MAX_BYTES))
    except (OSError, ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def conda_scripts(prefix: Path, folder: Literal["activate.d", "deactivate.d"]) -> list[str]:
    """Return the scripts that an activation or deactivation sources, in order."""
    return sorted(str(path) for path in (prefix / "etc/conda" / folder).glob("*.sh"))


def _without(path: str, folders: list[str]) -> str:
    return os.pathsep.join(folder for folder in path.split(os.pathsep) if folder not in folders)


def _clean_python_path(variables: dict[str, str], prefixes: list[str]) -> None:
    """Remove the folders of prefixes from ``PYTHONPATH``."""
    value = variables.pop("PYTHONPATH", "")
    kept = [folder for folder in value.split(os.pathsep) if folder and not _is_below(folder, prefixes)]
    if kept:
        variables["PYTHONPATH"] = os.pathsep.join(kept)


def _is_below(folder: str, prefixes: list[str]) -> bool:
    return any(Path(folder).is_relative_to(prefix) for prefix in prefixes)
