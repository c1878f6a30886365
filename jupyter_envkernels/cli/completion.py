"""Complete command lines with argcomplete: the shell calls this program."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import suppress
from pathlib import PurePath
from typing import Any

from argcomplete import autocomplete
from argcomplete.completers import BaseCompleter, FilesCompleter
from argcomplete.shell_integration import shellcode
from jupyter_core.command import jupyter_parser
from traitlets.config.argcomplete_config import get_argcomplete_cwords, increment_argcomplete_index

from ..envs.history import read_history
from ..errors import EnvKernelsError
from ..jobs.journal.reader import Journal, job_ids
from .output import VerbResult, kind_of, printable
from .parser import build_parser
from .settings import manager_options, open_catalog

_PROGRAM = "jupyter-envkernels"


def write(args: argparse.Namespace) -> VerbResult:
    """Print the code that makes a shell complete the commands.

    It completes lines that begin with ``jupyter`` as well, so that a key press starts only one program.
    """
    code = shellcode([_PROGRAM, "jupyter"], shell=args.shell, argcomplete_script=_PROGRAM)
    return VerbResult({"shell": args.shell, "code": code}, code.strip())


def complete() -> None:
    """Print completions for a shell that has set ``_ARGCOMPLETE``, and end the process."""
    words = get_argcomplete_cwords() or []
    parser: argparse.ArgumentParser = build_parser(words)
    is_jupyter = bool(words) and PurePath(words[0]).name == "jupyter"
    if is_jupyter and len(words) == 1:
        jupyter_parser().argcomplete()
    if is_jupyter:
        increment_argcomplete_index()
        parser = parser if words[1] == "envkernels" else _files_only()
    autocomplete(parser, always_complete_options=False, default_completer=_Completer())


def _files_only() -> argparse.ArgumentParser:
    """Return a parser for other subcommands of jupyter, which completes files only."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("files", nargs="*")
    return parser


class _Completer(BaseCompleter):
    """Completes an argument by its name; by default with files."""

    def __call__(
        self,
        *,
        prefix: str,
        action: argparse.Action,
        parser: argparse.ArgumentParser,
        parsed_args: argparse.Namespace,
    ) -> Any:
        """Complete an argument; see :class:`argcomplete.completers.BaseCompleter`.

        Returns:
            Possible values, some with descriptions.
        """
        known = {"source": _environments, "job": _jobs, "revision": _revisions}
        known |= dict.fromkeys(("environment", "environments"), _environments)
        if action.dest in known:
            with suppress(EnvKernelsError, OSError):
                return dict(known[action.dest](parsed_args))
            return {}
        if action.dest in {"name", "add", "remove", "spec", "specs", "pip", "channels", "pattern"}:
            return {}
        return FilesCompleter()(prefix=prefix, action=action, parser=parser, parsed_args=parsed_args)


def _environments(_: argparse.Namespace) -> Iterator[tuple[str, str]]:
    """Yield the names of environments, or prefixes if a name is not unique."""
    found = open_catalog().environments()
    names = [environment.name for environment in found]
    for environment in found:
        is_unique = names.count(environment.name) == 1
        yield environment.name if is_unique else str(environment.prefix), printable(str(environment.prefix))


def _jobs(_: argparse.Namespace) -> Iterator[tuple[str, str]]:
    """Yield ``last``, and the ids of jobs, newest first."""
    folder = manager_options().journal_dir
    yield "last", "the newest job"
    for job_id in reversed(job_ids(folder)):
        with suppress(EnvKernelsError):
            job = Journal(folder, job_id).job()
            yield job_id, printable(f"{kind_of(job)} {job.request.environment}: {job.state}")


def _revisions(args: argparse.Namespace) -> Iterator[tuple[str, str]]:
    environment = open_catalog().find(args.environment)
    for revision in read_history(environment.prefix):
        yield str(revision.number), printable(revision.command)
