"""Define the verbs and their options; the modules that run them are imported only when they are used."""

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
_SPEC = "environment.yml, list of conda packages, lock file or requirements.txt; - for standard input"


class Parser(argparse.ArgumentParser):
    """A parser that reports wrong use like any other error."""

    def error(self, message: str) -> NoReturn:
        """Report wrong use; see :meth:`argparse.ArgumentParser.error`.

        Raises:
            InvalidRequest: always.
        """
        raise InvalidRequest(f"{message[:1].upper()}{message[1:]}.", remedy=self.format_usage().strip())


class _Verbs:
    """Adds verbs to a parser."""

    def __init__(self, parser: Parser) -> None:
        self._parsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=Parser)

    def add(self, name: str, run: str, help_text: str) -> argparse.ArgumentParser:
        """Add a verb; ``run`` is its ``module:function`` in this package."""
        verb = self._parsers.add_parser(name, help=help_text, description=help_text, allow_abbrev=False)
        verb.add_argument("--json", action="store_true", help="print one JSON document on standard output")
        verb.set_defaults(run=run)
        return verb

    def add_job(self, name: str, body: str, help_text: str) -> argparse.ArgumentParser:
        """Add a verb that runs a job; ``body`` is a class of ``jobs.requests``."""
        verb = self.add(name, "changes:run", help_text)
        verb.set_defaults(body=body, file=None, prefix=None, root=None, dry_run=False)
        return verb


def build_parser() -> Parser:
    """Return the parser of the whole command line.

    Its result has ``run``, the ``module:function`` of the verb in this package.
    """
    parser = Parser(prog="jupyter envkernels", description="Conda environments as Jupyter kernels.", allow_abbrev=False)
    parser.add_argument("--version", action="version", version=__version__)
    verbs = _Verbs(parser)
    for add in _GROUPS:
        add(verbs)
    return parser


def _reading(verbs: _Verbs) -> None:
    listing = verbs.add("list", "environments:show", "Show the environments with their kernels, sizes and problems.")
    listing.add_argument(
        "--sizes", action="store_true", help="measure new and changed environments first, which may take a while"
    )
    trust = verbs.add(
        "trust", "environments:trust", "Use an environment although an account that is not trusted can change it."
    )
    _add_environment(trust)
    trust.add_argument("--remove", action="store_true", help="stop trusting it")
    history = verbs.add("history", "environments:show_history", "Show the revisions of an environment.")
    _add_environment(history)


def _making(verbs: _Verbs) -> None:
    create = verbs.add_job("create", "CreateBody", "Create an environment from a spec.")
    create.add_argument("-f", "--file", required=True, metavar="FILE", help=_SPEC)
    _add_target(create, required=False)
    _add_dry_run(create)
    clone = verbs.add_job("clone", "CloneBody", "Copy an environment exactly, including pip packages.")
    clone.add_argument("source", metavar="SOURCE", help=f"{_ENVIRONMENT} of the environment to copy")
    _add_target(clone, required=True)
    _add_dry_run(clone)


def _changing(verbs: _Verbs) -> None:
    update = verbs.add_job("update", "UpdateBody", "Update an environment from a spec, or single packages of it.")
    _add_environment(update)
    update.add_argument("-f", "--file", metavar="FILE", help="environment.yml to update it from")
    update.add_argument("--prune", action="store_true", help="remove packages that are no longer requested")
    update.add_argument("--upgrade", action="store_true", help="update all packages to the newest compatible versions")
    _add_list(update, "--add", "SPEC", "packages to add or change, such as 'numpy>=2'")
    _add_list(update, "--remove", "PACKAGE", "packages to remove")
    _add_dry_run(update)
    add_kernel = verbs.add_job("add-kernel", "AddKernelBody", "Install a kernel into an environment that has none.")
    _add_environment(add_kernel)
    _add_dry_run(add_kernel)
    rollback = verbs.add_job("rollback", "RollbackBody", "Restore the packages that an environment had at a revision.")
    _add_environment(rollback)
    rollback.add_argument("revision", metavar="REVISION", type=_revision, help="number of the revision, as in history")
    _add_dry_run(rollback)
    rename = verbs.add_job("rename", "RenameBody", "Rename an environment; notebooks still find its kernels.")
    _add_environment(rename)
    rename.add_argument("name", metavar="NEW", help="its new name")
    remove = verbs.add_job("remove", "RemoveBody", "Remove an environment.")
    _add_environment(remove)
    remove.add_argument("--force", action="store_true", help="remove even if kernels are running")


def _jobs(verbs: _Verbs) -> None:
    verbs.add("jobs", "jobs:show", "Show all jobs, newest first.")
    log = verbs.add("log", "jobs:log", "Show the log of a job.")
    _add_job(log)
    log.add_argument("--follow", action="store_true", help="continue until the job ends")
    _add_job(verbs.add("cancel", "jobs:cancel", "Cancel a running or queued job."))
    _add_job(verbs.add("resume", "jobs:resume", "Run the plan of a job, or an unfinished job again."))


def _searching(verbs: _Verbs) -> None:
    search = verbs.add("search", "search:show", "Search the channels for packages.")
    search.add_argument("spec", metavar="SPEC", help="match spec, such as 'numpy>=2' or '*numpy*'")
    search.add_argument(
        "-c",
        "--channel",
        dest="channels",
        metavar="CHANNEL",
        action="append",
        default=[],
        help="a channel to search before the configured ones; may be repeated",
    )
    search.add_argument("--override-channels", action="store_true", help="search only the channels of -c")


def _specs(verbs: _Verbs) -> None:
    export = verbs.add("export", "specs:write", "Print an environment as a spec from which it can be recreated.")
    _add_environment(export)
    export.add_argument("--format", choices=get_args(ExportFormat), default="yaml", help="default: yaml")
    check = verbs.add("check", "specs:examine", "Check specs for errors.")
    check.add_argument("--online", action="store_true", help="also check against the channels")
    check.add_argument("files", metavar="FILE", nargs="+", help="specs, as for create")


def _kernels(verbs: _Verbs) -> None:
    verbs.add("kernels", "kernelspecs:show", "Show the kernelspecs as Jupyter sees them.")
    sync = verbs.add(
        "sync",
        "kernelspecs:write",
        "Write kernelspecs to the user's Jupyter data folder, for programs that only read files.",
    )
    how = sync.add_mutually_exclusive_group()
    how.add_argument("--remove", action="store_true", help="remove what an earlier sync wrote")
    how.add_argument(
        "--replace", action="store_true", help="also delete kernelspecs that nb_conda_kernels wrote, without asking"
    )


def _helping(verbs: _Verbs) -> None:
    doctor = verbs.add(
        "doctor", "doctor:examine", "Show where environments are searched, and why one is or is not a kernel."
    )
    doctor.add_argument("environment", metavar="NAME", nargs="?", help=f"{_ENVIRONMENT}, or a path")
    completion = verbs.add("completion", "completion:write", "Print code that makes a shell complete these commands.")
    completion.add_argument("shell", metavar="SHELL", choices=("bash", "zsh", "fish"), help="bash, zsh or fish")


_GROUPS: tuple[Callable[[_Verbs], None], ...] = (
    _reading,
    _making,
    _changing,
    _jobs,
    _searching,
    _specs,
    _kernels,
    _helping,
)
"""In the order of the help text."""


def _add_environment(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("environment", metavar="NAME", help=_ENVIRONMENT)


def _add_job(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("job", metavar="JOB", help="id of a job, or its beginning; last for the newest")


def _add_dry_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="show what would change, without changing it")


def _add_list(parser: argparse.ArgumentParser, option: str, metavar: str, help_text: str) -> None:
    parser.add_argument(option, metavar=metavar, nargs="+", action="extend", default=[], help=help_text)


def _add_target(parser: argparse.ArgumentParser, *, required: bool) -> None:
    target = parser.add_mutually_exclusive_group(required=required)
    target.add_argument("-n", "--name", help="name of the new environment")
    target.add_argument("-p", "--prefix", type=_absolute, help="full path of the new environment")
    parser.add_argument("--root", type=_absolute, help="folder for the new environment, instead of the default")


def _revision(text: str) -> int:
    """Parse the number of a revision.

    Raises:
        argparse.ArgumentTypeError: it is not a number.
    """
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is not the number of a revision")
    return int(text)


def _absolute(text: str) -> Path:
    return Path(os.path.abspath(Path(text).expanduser()))  # noqa: PTH100 - it resolves ".."
