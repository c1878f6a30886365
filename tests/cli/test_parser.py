"""The verbs and their options."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from jupyter_envkernels.cli.parser import build_parser
from jupyter_envkernels.errors import InvalidRequest

EACH = [
    "list",
    "history x",
    "create -f x",
    "clone x -n y",
    "update x",
    "add-kernel x",
    "rollback x 1",
    "remove x",
    "jobs",
    "log x",
    "cancel x",
    "resume x",
    "search x",
    "export x",
    "check x",
    "kernels",
    "sync",
    "doctor",
    "completion bash",
]


@pytest.mark.parametrize("line", EACH)
def test_each_verb_is_a_function_and_takes_json(line: str) -> None:
    args = build_parser().parse_args([*line.split(), "--json"])
    module, _, function = args.run.partition(":")
    assert callable(getattr(import_module(f"jupyter_envkernels.cli.{module}"), function))
    assert args.json is True


def test_the_help_has_each_verb() -> None:
    words = build_parser().format_help().split()
    assert [line.split()[0] for line in EACH if line.split()[0] not in words] == []


def test_packages_of_an_update_are_gathered() -> None:
    args = build_parser().parse_args(["update", "x", "--add", "a", "b>=2", "--add", "c", "--remove", "d"])
    assert (args.add, args.remove, args.file) == (["a", "b>=2", "c"], ["d"], None)
    assert build_parser().parse_args(["update", "x"]).add == []


def test_paths_are_absolute() -> None:
    args = build_parser().parse_args(["create", "-f", "x", "-p", "a/../envs/y", "--root", "~/a/../envs"])
    assert args.prefix == Path.cwd() / "envs" / "y"
    assert args.root == Path.home() / "envs"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", "required: COMMAND"),
        ("explode", "invalid choice"),
        ("list --js", "Unrecognized arguments: --js"),
        ("rollback x -1", "is not the number of a revision"),
        ("rollback x ²", "is not the number of a revision"),
        ("completion tcsh", "invalid choice"),
    ],
)
def test_wrong_use_is_a_failure_with_the_right_use(line: str, words: str) -> None:
    with pytest.raises(InvalidRequest) as failure:
        build_parser().parse_args(line.split())
    assert words in failure.value.message
    assert failure.value.remedy.startswith("usage: jupyter envkernels")
