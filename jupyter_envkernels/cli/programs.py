"""Run a program in an activated environment, as ``conda run`` does."""

from __future__ import annotations

import os
import shutil
import sys
from argparse import Namespace
from typing import NoReturn

from ..errors import InvalidRequest
from ..jobs.requests import check_trusted
from ..kernels.launcher import execute
from ..kernels.start import activate_trusted, check_files
from .output import printable
from .settings import open_catalog
from .usage import PROGRAM

_NOT_FOUND = 127
"""The exit code of shells for a program that does not exist."""


def run(args: Namespace) -> NoReturn:
    """Execute a program in this process, so that signals and the exit code are the program's own.

    Raises:
        InvalidRequest: no program is named.
        NotFound: there is no such environment.
        Forbidden: other accounts can change the environment.
    """
    argv = args.command[1:] if args.command[:1] == ["--"] else args.command
    if not argv:
        raise InvalidRequest("No program is named.", remedy=f"For example: {PROGRAM} run -n finance python")
    catalog = open_catalog()
    found = catalog.find(args.environment)
    check_trusted(found)
    session = catalog.trust().session()
    activated = activate_trusted(found.prefix, os.environ, session)
    for problem in (problem for problems in activated.problems.values() for problem in problems):
        print(printable(problem.message), file=sys.stderr)
    program = shutil.which(argv[0], path=activated.environ["PATH"])
    if program is not None and program.startswith(f"{found.prefix}/"):
        check_files([program], session)
    problem = execute(argv, activated.environ)
    print(printable(f"{problem.message} {found.name} ({found.prefix}) is activated."), file=sys.stderr)
    sys.exit(_NOT_FOUND)
