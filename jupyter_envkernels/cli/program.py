"""The program: reads the arguments, runs the verb, prints what it gives, and says by the exit code how it went.

Exit codes: 0 done, 1 failed, 2 wrong use, 3 refused, 130 interrupted. With ``--json`` standard output is one JSON
document whatever happens; progress goes to standard error.
"""

from __future__ import annotations

import io
import json
import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from ..errors import EnvKernelsError, Forbidden, InvalidRequest
from .parser import build_parser

if TYPE_CHECKING:
    from .answer import Answer

INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        argv: the arguments without the program's name; None for those of the process.

    Returns:
        The exit code.
    """
    words = sys.argv[1:] if argv is None else list(argv)
    as_json = "--json" in words  # known before the arguments are, for they may be wrong
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a folder's name may be what no terminal can show
    try:
        return _run(words, as_json=as_json)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nobody reads on; end in peace
        return 1


def _run(words: list[str], *, as_json: bool) -> int:
    try:
        args = build_parser().parse_args(words)
        answer = run_verb(args.run, args)
    except EnvKernelsError as error:
        _print_failure(error, as_json=as_json)
        return exit_code(error)
    except KeyboardInterrupt:
        if as_json:
            _print_json({"error": {"code": "cancelled", "message": "Interrupted.", "remedy": "", "details": {}}})
        print("Interrupted.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it was, a program that reads JSON must get some
        traceback.print_exc()
        message = f"The command failed in a way that was not foreseen: {error!r}"
        _print_failure(EnvKernelsError(message, remedy="What stands above helps to report it."), as_json=as_json)
        return 1
    if as_json:
        _print_json(answer.document)
    elif answer.text:
        print(answer.text, flush=True)
    return answer.code


def run_verb(place: str, args: Any) -> Answer:
    """Run the function of a verb.

    Args:
        place: ``module:function`` in this package.
        args: of the verb, as parsed.
    """
    module, _, function = place.partition(":")
    answer: Answer = getattr(import_module(f".{module}", __package__), function)(args)
    return answer


def exit_code(error: EnvKernelsError) -> int:
    """The exit code for a failure."""
    if isinstance(error, Forbidden):
        return 3
    return 2 if isinstance(error, InvalidRequest) else 1


def _print_failure(error: EnvKernelsError, *, as_json: bool) -> None:
    if as_json:
        failure = {"code": error.code, "message": error.message, "remedy": error.remedy, "details": error.details}
        _print_json({"error": failure})
    else:
        print("\n".join(filter(None, [f"Error: {error.message}", error.remedy])), file=sys.stderr)


def _print_json(document: Any) -> None:
    print(json.dumps(document, indent=2), flush=True)
