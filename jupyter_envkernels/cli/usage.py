"""Parse arguments as argparse does, with help by task, examples, and "Did you mean" after a mistake."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from typing import Any, NoReturn

from ..errors import InvalidRequest
from ..suggestions import did_you_mean
from .output import WRONG_USE

PROGRAM = "jupyter envkernels"

_OPTION = re.compile(r"--[a-z][a-z-]*")

_OF_CONDA = {
    "activate": "Kernels need no activation. To run a program: 'jupyter envkernels run -n NAME COMMAND'.",
    "config": "Channels and other settings are read from conda's .condarc: 'jupyter envkernels info' shows them.",
    "env": "Leave out 'env': 'jupyter envkernels create -f environment.yml'.",
    "uninstall": "Did you mean remove?",
    "upgrade": "Did you mean update?",
}
"""What to do instead of commands of conda that do not exist here."""


class Parser(argparse.ArgumentParser):
    """A parser of one verb, which reports wrong use like any other error.

    Attributes:
        is_open: whether all words from the first one that is no option belong together.
    """

    is_open = False

    def error(self, message: str) -> NoReturn:
        """Report wrong use; see :meth:`argparse.ArgumentParser.error`.

        Raises:
            InvalidRequest: always.
        """
        self.refuse(f"{message[:1].upper()}{message[1:]}.")

    def refuse(self, message: str, remedy: str = "") -> NoReturn:
        """Report wrong use with a remedy and the right use.

        Raises:
            InvalidRequest: always.
        """
        raise InvalidRequest(message, remedy=f"{remedy}\n{self.format_usage()}".strip())

    def unrecognized(self, words: Sequence[str]) -> NoReturn:
        """Report arguments that do not exist; see :meth:`refuse`."""
        guess = did_you_mean(words[0].partition("=")[0], _OPTION.findall(self.format_help()))
        self.refuse(f"Unrecognized arguments: {' '.join(words)}.", guess)

    def parse_known(self, words: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
        """Return the arguments, and those that do not exist. Options may stand between the others."""
        if self.is_open:
            return self.parse_known_args(words)
        return self.parse_known_intermixed_args(words)


class Program(Parser):
    """The parser of the whole command line."""

    def __init__(self) -> None:
        super().__init__(prog=PROGRAM, description="Conda environments as Jupyter kernels.", allow_abbrev=False)
        self._parsers = self.add_subparsers(metavar="COMMAND", dest="verb", parser_class=Parser)
        self._groups: dict[str, list[str]] = {}
        self.verbs: dict[str, Parser] = {}

    def group(self, title: str) -> None:
        """Begin a group of verbs in the help."""
        self._groups[title] = []

    def add(self, name: str, run: str, help_text: str, *examples: str) -> Parser:
        """Add a verb.

        Args:
            name: of the verb.
            run: its ``module:function`` in this package.
            help_text: what it does.
            examples: its arguments in examples, with the verb.
        """
        verb: Parser = self._parsers.add_parser(
            name,
            help=help_text,
            description=help_text,
            epilog="\n".join(["examples:", *(f"  {PROGRAM} {example}" for example in examples)]),
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        verb.set_defaults(run=run)
        self.verbs[name] = verb
        [*_, group] = self._groups.values()
        group.append(name)
        return verb

    def format_help(self) -> str:
        """Return the verbs by task; see :meth:`argparse.ArgumentParser.format_help`."""
        width = max(map(len, self.verbs))
        blocks = [
            "\n".join([f"{title}:", *(f"  {name:{width}}  {self.verbs[name].description}" for name in names)])
            for title, names in self._groups.items()
        ]
        further = f"'{PROGRAM} COMMAND --help' explains a command, '{PROGRAM} --version' prints the version."
        return "\n\n".join([f"usage: {PROGRAM} COMMAND ...", str(self.description), *blocks, further]) + "\n"

    def parse_args(self, args: Sequence[str]) -> argparse.Namespace:  # type: ignore[override]
        """Return the arguments of a verb; without arguments, print the help and exit.

        Raises:
            InvalidRequest: the verb does not exist, or it does not take these arguments.
        """
        place = next((number for number, word in enumerate(args) if not word.startswith("-")), len(args))
        self.parse_known_args(args[:place])  # such as --version
        if not args:
            self.print_help()
            self.exit(WRONG_USE)
        if place == len(args):
            self.error("no command is named")
        verb = self.verbs.get(args[place]) or self._refuse_verb(args[place])
        parsed, further = verb.parse_known([*args[:place], *args[place + 1 :]])
        if further:
            verb.unrecognized(further)
        return parsed

    def _refuse_verb(self, verb: str) -> NoReturn:
        guess = _OF_CONDA.get(verb) or did_you_mean(verb, self.verbs)
        near: Any = next((name for name in self.verbs if guess.startswith(f"Did you mean {name}")), None)
        if near is None:
            raise InvalidRequest(f"There is no command {verb!r}.", remedy=f"{guess} '{PROGRAM}' lists all.".strip())
        self.verbs[near].refuse(f"There is no command {verb!r}.", guess)
