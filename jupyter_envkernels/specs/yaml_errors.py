"""Explain YAML syntax errors by the usual mistakes that cause them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from ..models import Diagnostic
from .remarks import shown

_SEEN = 200
"""Number of characters of a line that are searched for usual mistakes."""


class _Habit(NamedTuple):
    """A usual mistake: the pattern of its line, and the diagnostic for it."""

    line: re.Pattern[str]
    code: str
    message: str
    remedy: str


TEMPLATE = (
    "This is a template, not a spec: '{%' and '{{' must be filled in by a program first.",
    "Run the template through its program (conda devenv, jinja2 ...), and use its output.",
)
"""The message for a template, and the remedy."""

_TEMPLATE = _Habit(re.compile(r"\s*(- *)?(\{%|\{\{)"), "template", *TEMPLATE)

_DASH = _Habit(
    re.compile(r"\s*-[^\s-]"),
    "missing-space",
    "There is no space after the dash, so this is not an entry of the list.",
    "Write '- ' and then the name.",
)

_ON_THE_LINE = (
    _Habit(
        re.compile(r"\s*\t|.*\t\s*$"),
        "tab",
        "There is a tab character in this line; YAML does not allow it there.",
        "Replace it: spaces for the indentation, nothing at the end of a line.",
    ),
    _DASH,
    _Habit(
        re.compile(r"\s*(name|channels|dependencies|variables|prefix|- *pip):\S"),
        "missing-space",
        "There is no space after the colon, so this is not a key and its value.",
        "Write ': ' between the key and the value.",
    ),
    _Habit(
        re.compile(r"\s*(- +|[\w-]+: +)[>|][^\s#]"),
        "yaml-syntax",
        "Text that begins with '>' or '|' is not in quotes, or there is no name before the comparison.",
        "Write the name of the package before it, as in 'python>=3'; or put the text in quotes.",
    ),
    _Habit(
        re.compile(r"\s*(- +|[\w-]+: +)[*&]([^\w-]|$)"),
        "yaml-syntax",
        "Text that begins with '*' or '&' is not in quotes; they have a meaning in YAML.",
        "Write the name of a package, as in '- python'; or put the text in quotes.",
    ),
    _Habit(
        re.compile(r"\s*(- +|[\w-]+: +)('[^']*'|\"[^\"]*\")\s*[^\s#:,'\"\]}]"),
        "yaml-syntax",
        "There is text after the closing quote.",
        "Put the whole text in quotes, or none of it.",
    ),
    _Habit(
        re.compile(r"\s+pip:(\s|$)"),
        "yaml-syntax",
        "There is no dash before 'pip:', which belongs to a list.",
        "Write '- pip:' in line with the other entries, and its lines below it, indented further.",
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
    """Return a diagnostic for an error of the YAML parser: the usual mistake if it is one, else the parser's message.

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


def missing_dash_space(line: str, number: int) -> Diagnostic | None:
    """Return a diagnostic if YAML reads the line as text because there is no space after its dash."""
    if not _DASH.line.match(line):
        return None
    return Diagnostic("error", _DASH.code, _DASH.message, _DASH.remedy, number, _first_word(line))


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
