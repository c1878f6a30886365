"""The verbs and their options; what they do stands elsewhere, and is imported when they are used."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, get_args

from .._version import __version__
from ..errors import InvalidRequest
from ..models import ExportFormat

if TYPE_CHECKING:
    from collections.abc import Callable

_ENVIRONMENT = "name, prefix or id"
_SPEC = "environment.yml, list of conda packages, lock file or requirements.txt; - is standard input"


class Parser(argparse.ArgumentParser):
    """Tells wrong use as any other failure."""

    def error(self, message: str) -> NoReturn:
        """See :meth:`argparse.ArgumentParser.error`.

        Raises:
            InvalidRequest: always.
        """
        raise InvalidRequest(f"{message[:1].upper()}{message[1:]}.", remedy=self.format_usage().strip())


class _Verbs:
    """Adds verbs to a parser."""

    def __init__(self, parser: Parser) -> None:
        self._parsers = parser.add_subparsers(title="verbs", metavar="VERB", required=True, parser_class=Parser)

    def add(self, name: str, run: str, help_text: str) -> argparse.ArgumentParser:
        """Add a verb that ``run``, a ``module:function`` of this package, carries out."""
        verb = self._parsers.add_parser(name, help=help_text, description=help_text, allow_abbrev=False)
        verb.add_argument("--json", action="store_true", help="print one JSON document on standard output")
        verb.set_defaults(run=run)
        return verb

    def add_job(self, name: str, body: str, help_text: str) -> argparse.ArgumentParser:
        """Add a verb that starts a job, whose ``body`` is a class of ``jobs.requests``."""
        verb = self.add(name, "changes:run", help_text)
        verb.set_defaults(body=body, file=None, prefix=None, root=None, dry_run=False)
        return verb


def build_parser() -> Parser:
    """Return the parser of the whole command line.

    What it gives has ``run``: the ``module:function`` of this package that carries the verb out.
    """
    parser = Parser(prog="jupyter envkernels", description="Conda environments as Jupyter kernels.", allow_abbrev=False)
    parser.add_argument("--version", action="version", version=__version__)
    verbs = _Verbs(parser)
    for add in _GROUPS:
        add(verbs)
    return parser


def _reading(verbs: _Verbs) -> None:
    listing = verbs.add("list", "environments:show", "Show the environments with their kernels, sizes and problems.")
    listing.add_argument("--sizes", action="store_true", help="measure now what has changed, which may take a while")
    trust = verbs.add(
        "trust", "environments:trust", "Use an environment although an account that is not trusted can change it."
    )
    _add_environment(trust)
    trust.add_argument("--remove", action="store_true", help="do not trust it any more")
    history = verbs.add("history", "environments:show_history", "Show the revisions of an environment.")
    _add_environment(history)


def _making(verbs: _Verbs) -> None:
    create = verbs.add_job("create", "CreateBody", "Create an environment from a spec.")
    create.add_argument("-f", "--file", required=True, metavar="FILE", help=_SPEC)
    _add_target(create, required=False)
    _add_dry_run(create)
    clone = verbs.add_job("clone", "CloneBody", "Copy an environment exactly, pip-installed packages included.")
    clone.add_argument("source", metavar="SOURCE", help=f"{_ENVIRONMENT} of the environment to copy")
    _add_target(clone, required=True)
    _add_dry_run(clone)


def _changing(verbs: _Verbs) -> None:
    update = verbs.add_job("update", "UpdateBody", "Change an environment by a spec, or by single packages.")
    _add_environment(update)
    update.add_argument("-f", "--file", metavar="FILE", help="environment.yml whose packages it shall have")
    update.add_argument("--prune", action="store_true", help="remove what is no longer requested")
    update.add_argument("--upgrade", action="store_true", help="take the newest packages that fit")
    _add_list(update, "--add", "SPEC", "packages to add or to replace, such as 'numpy>=2'")
    _add_list(update, "--remove", "PACKAGE", "packages to remove")
    _add_dry_run(update)
    add_kernel = verbs.add_job("add-kernel", "AddKernelBody", "Put a kernel into an environment that has none.")
    _add_environment(add_kernel)
    _add_dry_run(add_kernel)
    rollback = verbs.add_job("rollback", "RollbackBody", "Give an environment the packages that it had at a revision.")
    _add_environment(rollback)
    rollback.add_argument("revision", metavar="REVISION", type=_revision, help="its number, as history shows it")
    _add_dry_run(rollback)
    rename = verbs.add_job("rename", "RenameBody", "Give an environment another name; its kernels are still found.")
    _add_environment(rename)
    rename.add_argument("name", metavar="NEW", help="its new name")
    remove = verbs.add_job("remove", "RemoveBody", "Remove an environment.")
    _add_environment(remove)
    remove.add_argument("--force", action="store_true", help="although kernels of it run")


def _jobs(verbs: _Verbs) -> None:
    verbs.add("jobs", "jobs:show", "Show the jobs of all programs, newest first.")
    log = verbs.add("log", "jobs:log", "Show the log of a job.")
    _add_job(log)
    log.add_argument("--follow", action="store_true", help="read on until the job is over")
    _add_job(verbs.add("cancel", "jobs:cancel", "Cancel a job that runs or waits."))
    _add_job(verbs.add("resume", "jobs:resume", "Do what a job has planned, or take up again what one did not finish."))


def _specs(verbs: _Verbs) -> None:
    export = verbs.add("export", "specs:write", "Write an environment down, so that it can be made again.")
    _add_environment(export)
    export.add_argument("--format", choices=get_args(ExportFormat), default="yaml", help="of the text (default: yaml)")
    check = verbs.add("check", "specs:examine", "Say what is wrong with specs.")
    check.add_argument("--online", action="store_true", help="say also what the channels make of them")
    check.add_argument("files", metavar="FILE", nargs="+", help="files that create takes")


def _kernels(verbs: _Verbs) -> None:
    verbs.add("kernels", "kernelspecs:show", "Show the kernelspecs as Jupyter sees them.")
    sync = verbs.add(
        "sync",
        "kernelspecs:write",
        "Write kernelspecs to the user's Jupyter data folder, for programs that only read files.",
    )
    how = sync.add_mutually_exclusive_group()
    how.add_argument("--remove", action="store_true", help="take away what an earlier sync wrote")
    how.add_argument("--replace", action="store_true", help="delete kernelspecs that nb_conda_kernels wrote, unasked")


def _helping(verbs: _Verbs) -> None:
    doctor = verbs.add(
        "doctor", "doctor:examine", "Say where environments are looked for, and why one is or is not a kernel."
    )
    doctor.add_argument("environment", metavar="NAME", nargs="?", help=f"{_ENVIRONMENT}, or what should be one")
    completion = verbs.add("completion", "completion:write", "Print what makes a shell complete these commands.")
    completion.add_argument("shell", metavar="SHELL", choices=("bash", "zsh", "fish"), help="bash, zsh or fish")


_GROUPS: tuple[Callable[[_Verbs], None], ...] = (_reading, _making, _changing, _jobs, _specs, _kernels, _helping)
"""In the order of the help text."""


def _add_environment(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("environment", metavar="NAME", help=_ENVIRONMENT)


def _add_job(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("job", metavar="JOB", help="id of a job, or how it begins; last is the newest")


def _add_dry_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="show what would change, and change nothing")


def _add_list(parser: argparse.ArgumentParser, option: str, metavar: str, help_text: str) -> None:
    parser.add_argument(option, metavar=metavar, nargs="+", action="extend", default=[], help=help_text)


def _add_target(parser: argparse.ArgumentParser, *, required: bool) -> None:
    target = parser.add_mutually_exclusive_group(required=required)
    target.add_argument("-n", "--name", help="name of the new environment")
    target.add_argument("-p", "--prefix", type=_absolute, help="full path of the new environment")
    parser.add_argument("--root", type=_absolute, help="folder for the new environment, instead of the default one")


def _revision(text: str) -> int:
    """The number of a revision.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is not the number of a revision")
    return int(text)


def _absolute(text: str) -> Path:
    return Path(os.path.abspath(Path(text).expanduser()))  # noqa: PTH100 - it takes the ".." out
