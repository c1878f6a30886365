"""Launch the kernel of an environment; this is the program that the kernelspecs of :mod:`.sync` start.

The environment is read and activated each time. Then this process executes the kernel, rather than starting a child, so
that the client's signals and the kernel's exit code need no forwarding.
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
"""Signals that Python ignores at its start, which a program inherits when it is executed."""


def launch(arguments: Sequence[str], trust: Callable[[], Trust]) -> NoReturn:
    """Execute the kernel, or the fallback kernel if it cannot start.

    Args:
        arguments: the prefix of the environment, the name of the kernel's folder, the connection file, and further
            arguments that a Jupyter client adds to the command of a kernel.
        trust: returns the rule that decides whose files may be used.
    """
    prefix, raw_name, connection_file, *more = arguments
    places = {"{connection_file}": connection_file, "{resource_dir}": f"{prefix}/{KERNELS}/{raw_name}"}
    start = prepare(prefix, raw_name, os.environ, trust)
    for script_problem in start.script_problems:
        sys.stderr.write(f"{script_problem.message}\n")
    problem = start.problem or execute([*_filled(start.argv, places), *more], _environ(start))
    fallback = fallback_argv(Path(prefix).name, prefix, problem)
    problem = execute(_filled(fallback, places), os.environ)
    raise SystemExit(problem.message)


def _filled(argv: list[str], places: Mapping[str, str]) -> list[str]:
    for name, value in places.items():
        argv = [word.replace(name, value) for word in argv]
    return argv


def _environ(start: Start) -> dict[str, str]:
    """Return the variables of the activated environment and of kernel.json, expanded as jupyter_client does."""
    own = {name: Template(value).safe_substitute(start.environ) for name, value in start.variables.items()}
    return {**start.environ, **own}


def execute(argv: list[str], environ: Mapping[str, str]) -> Problem:
    """Execute a program in this process. Return only if that fails, with the reason."""
    for number in _IGNORED_BY_PYTHON:
        signal.signal(number, signal.SIG_DFL)
    try:
        os.execvpe(argv[0], argv, environ)  # noqa: S606 - as jupyter_client does
    except OSError as error:
        return Problem("no-executable", f"{argv[0]} cannot be run: {error.strerror}.", "Install it again.")
