"""The verbs and their options; what they do stands elsewhere, and is imported when they are used."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, get_args

from ..errors import InvalidRequest
from ..models import ExportFormat

if TYPE_CHECKING:
    from collections.abc import Callable

_ENVIRONMENT = "name, prefix or id"
_SPEC = "environment.yml, @EXPLICIT list, lock file or requirements.txt; - is standard input"


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
        """A verb that ``run``, a ``module:function`` of this package, carries out."""
        verb = self._parsers.add_parser(name, help=help_text, description=help_text, allow_abbrev=False)
        verb.add_argument("--json", action="store_true", help="print one JSON document on standard output")
        verb.set_defaults(run=run)
        return verb


def build_parser() -> Parser:
    """The parser of the whole command line.

    What it gives has ``run``: the ``module:function`` of this package that carries the verb out.
    """
    parser = Parser(prog="jupyter envkernels", description="Conda environments as Jupyter kernels.", allow_abbrev=False)
    verbs = _Verbs(parser)
    for add in _GROUPS:
        add(verbs)
    return parser


def _environments(verbs: _Verbs) -> None:
    verbs.add("list", "environments:show", "Show the environments with their kernels and problems.")


def _changes(verbs: _Verbs) -> None:
    create = verbs.add("create", "changes:create", "Create an environment from a spec.")
    create.add_argument("-f", "--file", required=True, metavar="FILE", help=_SPEC)
    _add_target(create, required=False)
    clone = verbs.add("clone", "changes:clone", "Copy an environment exactly, pip-installed packages included.")
    clone.add_argument("source", metavar="SOURCE", help=f"{_ENVIRONMENT} of the environment to copy")
    _add_target(clone, required=True)
    remove = verbs.add("remove", "changes:remove", "Remove an environment.")
    remove.add_argument("environment", metavar="NAME", help=_ENVIRONMENT)


def _specs(verbs: _Verbs) -> None:
    export = verbs.add("export", "specs:write", "Write an environment down, so that it can be made again.")
    export.add_argument("environment", metavar="NAME", help=_ENVIRONMENT)
    export.add_argument("--format", choices=get_args(ExportFormat), default="yaml", help="of the text (default: yaml)")
    check = verbs.add("check", "specs:examine", "Say what is wrong with specs.")
    check.add_argument("files", metavar="FILE", nargs="+", help="files that create takes")


def _kernels(verbs: _Verbs) -> None:
    verbs.add("kernels", "kernelspecs:show", "Show the kernelspecs as Jupyter sees them.")
    sync = verbs.add(
        "sync",
        "kernelspecs:write",
        "Write kernelspecs to the user's Jupyter data folder, for programs that only read files.",
    )
    sync.add_argument("--remove", action="store_true", help="take away what an earlier sync wrote")


def _doctor(verbs: _Verbs) -> None:
    doctor = verbs.add(
        "doctor", "doctor:examine", "Say where environments are looked for, and why a path is or is not a kernel."
    )
    doctor.add_argument(
        "path", metavar="PATH", nargs="?", type=_absolute, help="of an environment, or what should be one"
    )


_GROUPS: tuple[Callable[[_Verbs], None], ...] = (_environments, _changes, _specs, _kernels, _doctor)
"""In the order of the help text."""


def _add_target(parser: argparse.ArgumentParser, *, required: bool) -> None:
    target = parser.add_mutually_exclusive_group(required=required)
    target.add_argument("-n", "--name", help="name of the new environment")
    target.add_argument("-p", "--prefix", type=_absolute, help="full path of the new environment")
    parser.add_argument("--root", type=_absolute, help="folder for the new environment, instead of the default one")


def _absolute(text: str) -> Path:
    return Path(text).expanduser().absolute()
