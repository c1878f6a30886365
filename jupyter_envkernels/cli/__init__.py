"""Run ``jupyter envkernels COMMAND``: the catalog and the jobs without a server and a browser.

``program`` parses the arguments by ``parser``, imports the module of the verb only then, because imports take time, and
prints its ``VerbResult`` by ``output``.

- arguments: ``parser`` defines the verbs and their options, ``usage`` parses them and helps after a mistake
- verbs: ``environments`` (list, trust, history), ``changes`` (create, install, update, ...), ``removal`` (remove),
  ``programs`` (run), ``search``, ``jobs``, ``specs`` (check, export), ``kernelspecs``, ``info``, ``doctor``,
  ``cleaning`` (clean), ``completion``
- a job in the terminal: ``early_worker`` starts its process, ``following`` waits for it, ``progress`` and ``bar``
  show it, ``interrupts`` handles Ctrl-C, ``kernel_hints`` says how to use what was made
- ``questions`` asks before something is removed; ``spec_files`` and ``download`` read specs
- ``settings`` opens the catalog and reads the settings; ``launch`` is started by kernelspecs that ``sync`` wrote
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from .early_worker import early_worker

__all__ = ["command", "main"]


def command() -> NoReturn:
    """Run the command line of this process, and exit without the time that Python takes to free all objects."""
    code = main()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        argv: the arguments without the program's name; None for those of the process.

    Returns:
        The exit code.
    """
    words = sys.argv[1:] if argv is None else list(argv)
    with early_worker(words) as worker:
        from .interrupts import leaving_at_once, wants_json  # noqa: PLC0415 - the worker is imported meanwhile

        with leaving_at_once(as_json=wants_json(words)):
            from .program import run  # noqa: PLC0415 - an interrupt may come while it is imported

            return run(words, worker)
