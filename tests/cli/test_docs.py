"""docs/command-line.md lists all commands and options."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from jupyter_envkernels.cli.parser import build_parser

TEXT = (Path(__file__).parents[2] / "docs" / "command-line.md").read_text()
ROWS = dict(re.findall(r"^\| `([a-z-]+)([^\n]*)", TEXT.split("## Commands")[1].split("## Jobs")[0], re.MULTILINE))


def test_each_verb_has_a_row() -> None:
    [choices] = re.findall(r"choose from ([^)]*)", _failure("no-verb"))
    assert set(re.findall(r"[a-z-]+", choices)) == set(ROWS)


@pytest.mark.parametrize("verb", ROWS)
def test_each_option_is_told(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        build_parser().parse_args([verb, "--help"])
    options = set(re.findall(r"--[a-z-]+", capsys.readouterr().out)) - {"--help", "--json"}
    usage = ROWS[verb].partition("` |")[0]
    told = set(re.findall(r"--[a-z-]+", usage))
    short = {"--file": "-f ", "--name": "-n ", "--prefix": "-p ", "--channel": "-c "}
    assert {option for option in options if option not in told and short.get(option, option) not in usage} == set()
    assert told <= options


def _failure(line: str) -> str:
    with pytest.raises(Exception, match="invalid choice") as failure:
        build_parser().parse_args([line])
    return str(failure.value)
