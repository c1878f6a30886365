"""docs/command-line.md lists all commands and options."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from jupyter_envkernels.cli.parser import build_parser

TEXT = (Path(__file__).parents[2] / "docs" / "command-line.md").read_text()
TABLE = TEXT.split("## Commands")[1].split("## Jobs")[0]
USAGES: dict[str, str] = {}
for cell in re.findall(r"^\| (`.*?`) \| ", TABLE, re.MULTILINE):
    for verb, usage in re.findall(r"`([a-z-]+)( [^`]*)?`", cell):
        USAGES[verb] = f"{USAGES.get(verb, '')} {usage}"


def test_each_verb_has_a_row() -> None:
    assert set(build_parser().verbs) == set(USAGES)


@pytest.mark.parametrize("verb", USAGES)
def test_each_option_is_told(verb: str) -> None:
    usage = USAGES[verb]
    helps = [build_parser(words).verbs[verb].format_help().partition("examples:")[0] for words in ([], ["-n"])]
    options = {option for text in helps for option in re.findall(r"--[a-z-]+", text)} - {"--help", "--json", "--yes"}
    told = set(re.findall(r"--[a-z-]+", usage))
    short = {"--file": "-f ", "--name": "-n ", "--prefix": "-p ", "--channel": "-c "}
    short |= {"--name": "NAME", "--prefix": "NAME"} if "NAME" in usage else {}
    assert {option for option in options if option not in told and short.get(option, option) not in usage} == set()
    assert told <= options
