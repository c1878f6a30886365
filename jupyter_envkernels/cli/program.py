"""The program: reads the arguments, runs the verb, prints what it gives, and says by the exit code how it went.

Exit codes: 0 done, 1 failed, 2 wrong use, 3 refused, 130 interrupted. With ``--json`` standard output is one JSON
document whatever happens; progress goes to standard error.
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
from .output import FAILED, VerbResult, exit_code, print_answer, print_failure
from .parser import build_parser


def run(words: Sequence[str]) -> int:
    """Run the command line.

    Args:
        words: the arguments without the program's name.

    Returns:
        The exit code.
    """
    if "_ARGCOMPLETE" in os.environ:  # a shell asks how the line could go on; this does not return
        from .completion import complete  # noqa: PLC0415 - only then

        complete(build_parser())
    as_json = "--json" in words  # known before the arguments are, for they may be wrong
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a folder's name may be what no terminal can show
    try:
        return _run(words, as_json=as_json)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # it has no reader any more; end in peace
        return FAILED


def _run(words: Sequence[str], *, as_json: bool) -> int:
    try:
        args = build_parser().parse_args(words)
        answer = run_verb(args.run, args)
        print_answer(answer, as_json=as_json)
    except (EnvKernelsError, KeyboardInterrupt) as error:
        return _fail(error if isinstance(error, EnvKernelsError) else Cancelled("Interrupted."), as_json=as_json)
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it was, a program that reads JSON must get some
        traceback.print_exc()
        message = f"The command failed in a way that was not foreseen: {error!r}"
        return _fail(EnvKernelsError(message, remedy="What stands above helps to report it."), as_json=as_json)
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
