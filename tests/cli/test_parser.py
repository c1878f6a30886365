"""The verbs and their options."""

from __future__ import annotations

from importlib import import_module
from itertools import takewhile
from pathlib import Path

import pytest

from jupyter_envkernels.cli.interrupts import wants_json
from jupyter_envkernels.cli.parser import build_parser
from jupyter_envkernels.errors import InvalidRequest

EACH = [
    "list",
    "list -n x numpy",
    "history x",
    "create -f x",
    "create -n x python=3.12 numpy -c a -c b --pip c --pip d",
    "clone x -n y",
    "install -n x numpy",
    "update x",
    "update -n x numpy",
    "add-kernel x",
    "rollback x 1",
    "remove x y",
    "remove -n x numpy",
    "remove -p x --all",
    "rename x y",
    "trust x",
    "jobs",
    "log x",
    "cancel x",
    "resume x",
    "search x",
    "export x",
    "check x",
    "kernels",
    "sync",
    "info",
    "doctor",
    "clean --packages --jobs",
    "completion bash",
]


@pytest.mark.parametrize("line", EACH)
def test_each_verb_is_a_function_and_takes_json(line: str) -> None:
    words = [*line.split(), "--json"]
    args = build_parser(words).parse_args(words)
    module, _, function = args.run.partition(":")
    assert callable(getattr(import_module(f"jupyter_envkernels.cli.{module}"), function))
    assert args.json is True


def test_the_help_has_each_verb_once() -> None:
    lines = build_parser().format_help().splitlines()
    told = [line.split()[0] for line in lines if line.startswith("  ")]
    assert sorted(told) == sorted(build_parser().verbs)
    assert {line.split()[0] for line in EACH} | {"run"} == set(told)


@pytest.mark.parametrize("name", build_parser().verbs)
def test_each_verb_has_two_examples_that_it_understands(name: str) -> None:
    verb = build_parser().verbs[name]
    examples = [line.split() for line in verb.format_help().partition("examples:")[2].splitlines() if line.strip()]
    assert len(examples) == 2
    for _, _, *words in examples:
        quoted = [word.strip("'") for word in words]
        line = list(takewhile(lambda word: not word.startswith(">"), quoted))
        assert build_parser(line).parse_args(line).run == verb.get_default("run")


def test_options_stand_before_and_after_packages() -> None:
    words = ["install", "a", "-c", "x", "b", "--pip", "c", "-n", "lesson", "d"]
    args = build_parser(words).parse_args(words)
    assert (args.environment, args.specs, args.channels, args.pip) == ("lesson", ["a", "b", "d"], ["x"], ["c"])


def test_an_option_may_stand_before_the_verb() -> None:
    assert build_parser().parse_args(["--json", "jobs"]).json is True


def test_the_words_of_a_program_are_its_own() -> None:
    words = ["run", "-n", "lesson", "python", "-n", "--json", "-c", "pass"]
    assert build_parser(words).parse_args(words).command == words[3:]
    assert not wants_json(words)
    assert wants_json(["list", "--json"])


def test_an_environment_is_chosen_by_place_name_or_prefix() -> None:
    for words, chosen in (
        (["history", "x"], "x"),
        (["history", "-n", "x"], "x"),
        (["history", "--name=x"], "x"),
        (["history", "-p", "x"], str(Path.cwd() / "x")),
    ):
        assert build_parser(words).parse_args(words).environment == chosen


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
        ("rollback", "required: NAME, REVISION"),
        ("list --js", "Unrecognized arguments: --js"),
        ("history -n x y", "Unrecognized arguments: y"),
        ("rollback x -1", "is not the number of a revision"),
        ("rollback x ²", "is not the number of a revision"),
        ("completion tcsh", "invalid choice"),
    ],
)
def test_wrong_use_is_a_failure_with_the_right_use(line: str, words: str) -> None:
    with pytest.raises(InvalidRequest) as failure:
        build_parser(line.split()).parse_args(line.split())
    assert words in failure.value.message
    assert f"usage: jupyter envkernels {line.split(maxsplit=1)[0]} " in failure.value.remedy


@pytest.mark.parametrize(
    ("line", "guess", "usage"),
    [
        ("instal", "Did you mean install?", "usage: jupyter envkernels install"),
        ("uninstall x", "Did you mean remove?", "usage: jupyter envkernels remove"),
        ("list --szies", "Did you mean --sizes?", "usage: jupyter envkernels list"),
        ("env create", "Leave out 'env'", "'jupyter envkernels' lists all."),
        ("activate x", "run -n NAME COMMAND", "'jupyter envkernels' lists all."),
        ("xyzzy", "", "'jupyter envkernels' lists all."),
    ],
)
def test_a_mistake_leads_to_what_was_meant(line: str, guess: str, usage: str) -> None:
    with pytest.raises(InvalidRequest) as failure:
        build_parser().parse_args(line.split())
    assert guess in failure.value.remedy
    assert usage in failure.value.remedy


def test_without_a_verb_there_is_help(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        build_parser().parse_args([])
    assert end.value.code == 2
    assert "  create " in capsys.readouterr().out
