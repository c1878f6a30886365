"""Parse the arguments, run the verb, print its result, and return the exit code.

Exit codes: 0 success, 1 failure, 2 wrong use, 3 refused, 130 interrupted. With ``--json`` standard output is always one
JSON document; progress goes to standard error.
"""

from __future__ import annotations

import io
import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from ..errors import Cancelled, EnvKernelsError
from ..jobs.prefork import PreforkedWorker
from .interrupts import wants_json
from .output import FAILED, VerbResult, exit_code, print_answer, print_failure
from .parser import build_parser


def run(words: Sequence[str], worker: PreforkedWorker) -> int:
    """Run the command line.

    Args:
        words: the arguments without the program's name.
        worker: runs the job of the verb, if it has one.

    Returns:
        The exit code.
    """
    if "_ARGCOMPLETE" in os.environ:  # a shell requests completions; this does not return
        from .completion import complete  # noqa: PLC0415 - for completions only

        complete()
    as_json = wants_json(words)  # before the arguments are parsed, which may fail
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # names of folders may not be encodable
    try:
        return _run(words, worker, as_json=as_json)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or the flush at exit would fail as well
        return FAILED


def _run(words: Sequence[str], worker: PreforkedWorker, *, as_json: bool) -> int:
    try:
        args = build_parser(words).parse_args(words)
        args.worker = worker
        answer = run_verb(args.run, args)
        print_answer(answer, as_json=as_json)
    except (EnvKernelsError, KeyboardInterrupt) as error:
        return _fail(error if isinstance(error, EnvKernelsError) else Cancelled("Interrupted."), as_json=as_json)
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 - with --json there is a document after any error
        traceback.print_exc()
        message = f"The command failed unexpectedly: {error!r}"
        return _fail(EnvKernelsError(message, remedy="Report it with the traceback above."), as_json=as_json)
    return answer.code


def _fail(error: EnvKernelsError, *, as_json: bool) -> int:
    print_failure(error, as_json=as_json)
    return exit_code(error)


def run_verb(place: str, args: Any) -> VerbResult:
    """Run the function of a verb.

    Args:
        place: ``module:function`` in this package.
        args: of the verb, as parsed.
    """
    module, _, function = place.partition(":")
    answer: VerbResult = getattr(import_module(f".{module}", __package__), function)(args)
    return answer
