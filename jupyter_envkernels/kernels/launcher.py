"""Become the kernel of an environment: what the kernelspecs that :mod:`.sync` writes start.

The environment is looked at and activated each time. Then this process executes the kernel, which so keeps its number,
its signals and its exit code.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from string import Template
from typing import NoReturn

from ..envs.prefixes import KERNELS
from ..envs.trust import Trust
from ..models import Problem
from .kernelspecs import fallback_argv
from .start import Start, prepare

_IGNORED_BY_PYTHON = (signal.SIGPIPE, signal.SIGXFSZ)


def launch(arguments: Sequence[str], trust: Callable[[], Trust]) -> NoReturn:
    """Execute the kernel, or in its place the one that says why it cannot start.

    Args:
        arguments: the prefix of the environment, the name of the kernel's folder, the connection file, and what a
            client of Jupyter adds to the command of a kernel.
        trust: gives the rule of whose files may be used.
    """
    prefix, raw_name, connection_file, *more = arguments
    places = {"{connection_file}": connection_file, "{resource_dir}": f"{prefix}/{KERNELS}/{raw_name}"}
    start = prepare(prefix, raw_name, os.environ, trust)
    for script_problem in start.script_problems:
        sys.stderr.write(f"{script_problem.message}\n")
    problem = start.problem or _execute([*_filled(start.argv, places), *more], _environ(start))
    fallback = fallback_argv(Path(prefix).name, prefix, problem)
    problem = _execute(_filled(fallback, places), os.environ)
    raise SystemExit(problem.message)


def _filled(argv: list[str], places: Mapping[str, str]) -> list[str]:
    for name, value in places.items():
        argv = [word.replace(name, value) for word in argv]
    return argv


def _environ(start: Start) -> dict[str, str]:
    """Return the activated environment with the variables of kernel.json, as jupyter_client puts them in."""
    own = {name: Template(value).safe_substitute(start.environ) for name, value in start.variables.items()}
    return {**start.environ, **own}


def _execute(argv: list[str], environ: Mapping[str, str]) -> Problem:
    """Become a program. It returns only if that fails, and then why."""
    for number in _IGNORED_BY_PYTHON:
        signal.signal(number, signal.SIG_DFL)
    try:
        os.execvpe(argv[0], argv, environ)  # noqa: S606 - as jupyter_client does
    except OSError as error:
        return Problem("no-executable", f"{argv[0]} cannot be run: {error.strerror}.", "Install the kernel again.")
