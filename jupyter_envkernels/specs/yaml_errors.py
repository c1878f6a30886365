"""What a person did who wrote something that is not YAML."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from ..models import Diagnostic
from .remarks import shown

_SEEN = 200
"""Characters of a line that are compared with usual mistakes."""


class _Habit(NamedTuple):
    """A line by which a usual mistake is known, and what to say of it."""

    line: re.Pattern[str]
    code: str
    message: str
    remedy: str


TEMPLATE = (
    "This is a template, not a spec: '{%' and '{{' are for a program that has to fill it in first.",
    "Run the template through its program (conda devenv, jinja2 ...), and use what comes out.",
)
"""What is said of a template, and the remedy."""

_TEMPLATE = _Habit(re.compile(r"\s*(- *)?(\{%|\{\{)"), "template", *TEMPLATE)

_ON_THE_LINE = (
    _Habit(
        re.compile(r"\s*\t|.*\t\s*$"),
        "tab",
        "There is a tab character in this line; YAML allows none there.",
        "Replace it: spaces for the indentation, nothing at the end of a line.",
    ),
    _Habit(
        re.compile(r"\s*-[^\s-]"),
        "missing-space",
        "There is no space after the dash, so this is not an entry of the list.",
        "Write '- ' and then the name.",
    ),
    _Habit(
        re.compile(r"\s*(name|channels|dependencies|variables|prefix|- *pip):\S"),
        "missing-space",
        "There is no space after the colon, so this is not a key and its value.",
        "Write ': ' between the key and the value.",
    ),
)

_IN_WORDS = (
    ("mapping values are not allowed", "there is a colon where no key can be, or the indentation is not that above"),
    ("could not find expected ':'", "the line is neither an entry, '- name', nor a key, 'name:'"),
    ("expected <block end>", "the indentation is not that of the lines above"),
    ("that cannot start any token", "an entry cannot begin with this character unless it is in quotes"),
    ("expected ',' or", "a bracket or brace is not closed, or text with one is not in quotes"),
    ("found unexpected end of stream", "a quote is not closed"),
    ("found undefined tag handle", "text that begins with ! is not in quotes"),
)


def explain(lines: Sequence[str], error: Any) -> Diagnostic:
    """A diagnostic for ruamel.yaml's error: the usual mistake, if it is one, else the parser's own words.

    Args:
        lines: of the text, without line breaks.
        error: a ``ruamel.yaml.YAMLError``.
    """
    lines = [line[:_SEEN] for line in lines]
    for number, line in enumerate(lines, 1):
        if _TEMPLATE.line.match(line):
            return Diagnostic("error", _TEMPLATE.code, _TEMPLATE.message, _TEMPLATE.remedy, number, 1)
    marks = [mark for mark in (_mark(error, "context_mark"), _mark(error, "problem_mark")) if mark]
    for number, _ in [place for mark in marks for place in (mark, (mark[0] - 1, 1))]:
        line = lines[number - 1] if 0 < number <= len(lines) else ""
        for habit in _ON_THE_LINE:
            if habit.line.match(line):
                return Diagnostic("error", habit.code, habit.message, habit.remedy, number, _first_word(line))
    return _unexplained(error, marks)


def _unexplained(error: Any, marks: Sequence[tuple[int, int]]) -> Diagnostic:
    problem = str(getattr(error, "problem", None) or error).strip()
    words = next((words for sign, words in _IN_WORDS if sign in problem), shown(problem))
    # A missing colon is reported where the next line begins, a missing quote at the end: the context lacks them.
    at_context = "could not find" in problem or "end of stream" in problem
    number, column = (marks[0] if at_context else marks[-1]) if marks else (1, 1)
    return Diagnostic(
        "error",
        "yaml-syntax",
        f"This is not YAML: {words}.",
        "Compare the indentation and the colons with the lines above; put text with special characters in quotes.",
        number,
        column,
    )


def _mark(error: Any, name: str) -> tuple[int, int] | None:
    mark = getattr(error, name, None)
    return None if mark is None else (mark.line + 1, mark.column + 1)


def _first_word(line: str) -> int:
    return len(line) - len(line.lstrip()) + 1
