"""The program: what it prints, and its exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from jupyter_envkernels.cli import main, program
from jupyter_envkernels.cli.output import VerbResult
from tests.cli.shell import Shell

HEAVY = {
    "argcomplete",
    "asyncio",
    "concurrent.futures",
    "ipykernel",
    "jupyter_client",
    "jupyter_core.application",
    "jupyter_events",
    "jupyter_server",
    "rattler",
    "rich",
    "ssl",
    "tornado",
    "zmq",
}
"""What a person who only asks for help or a list must not wait for."""


def test_failures_have_a_reason_and_a_code(shell: Shell) -> None:
    (shell.home / "bad.yml").write_text("name: bad\ndependencies: [prio-dmo]\n")
    failed = shell.json("create", "-f", "bad.yml", code=1)
    assert failed["error"]["code"] == "unsatisfiable"
    assert "prio-demo" in failed["error"]["message"]
    assert shell.json("create", "-f", "absent.yml", code=1)["error"]["code"] == "not-found"
    assert shell.json("remove", "absent", code=1)["error"]["code"] == "not-found"
    assert shell.json("create", "-f", "bad.yml", "-n", "../x", code=2)["error"]["code"] == "invalid-request"
    plain = shell.run("create", "-f", "bad.yml")
    assert plain.returncode == 1
    assert plain.stdout == ""
    assert "Error: No channel has a package named prio-dmo." in plain.stderr


@pytest.mark.parametrize(
    "args", [[], ["explode"], ["create"], ["clone", "x"], ["create", "-f", "x", "-n", "a", "-p", "b"]]
)
def test_wrong_use(shell: Shell, args: list[str]) -> None:
    assert shell.run(*args).returncode == 2
    assert shell.json(*args, code=2)["error"]["code"] == "invalid-request"


@pytest.mark.parametrize("text", ["c.EnvKernels.roots = 5\n", "c.EnvKernels.roots = [\n"])
def test_a_wrong_configuration_is_named(shell: Shell, text: str) -> None:
    config = shell.home / ".jupyter" / "jupyter_server_config.py"
    config.parent.mkdir()
    config.write_text(text)
    assert shell.json("list", code=2)["error"]["message"].startswith("Jupyter's configuration cannot be used")


def test_nobody_reads_the_answer(shell: Shell) -> None:
    process = shell.start("list", "--json")
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert "Traceback" not in process.stderr.read()
    process.wait(30)
    process.stderr.close()
    assert process.stdin is not None
    process.stdin.close()


def test_wrong_use_is_told_with_the_right_one(shell: Shell) -> None:
    wrong = shell.run("rollback", "lesson", "first")
    assert wrong.stdout == ""
    assert "'first' is not the number of a revision" in wrong.stderr
    assert "usage: jupyter envkernels rollback" in wrong.stderr


@pytest.mark.parametrize("arguments", [["--help"], ["list"], ["list", "--json"]])
def test_heavy_modules_are_not_imported(shell: Shell, arguments: list[str]) -> None:
    shell.environment("lesson")
    code = """
import sys
from jupyter_envkernels.cli import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
print("\\nmodules", *sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], env=shell.environ, capture_output=True, text=True, check=True
    )
    imported = set(done.stdout.splitlines()[-1].split())
    assert "jupyter_envkernels.cli.program" in imported
    assert HEAVY & imported == ({"rich"} if arguments == ["list"] else set()), "only a table needs it"


def test_help_and_version(shell: Shell) -> None:
    assert "COMMAND" in shell.run("--help").stdout
    assert shell.run("--version").stdout.strip()


def test_what_was_not_foreseen_is_a_document_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> VerbResult:
        raise RuntimeError("a bug")

    monkeypatch.setattr(program, "run_verb", fail)
    assert main(["list", "--json"]) == 1
    printed = capsys.readouterr()
    assert "a bug" in json.loads(printed.out)["error"]["message"]
    assert "RuntimeError: a bug" in printed.err
    assert main(["list"]) == 1
    assert "Error: The command failed unexpectedly" in capsys.readouterr().err


def test_an_interrupt_is_a_document_too(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupt(*_: object) -> VerbResult:
        raise KeyboardInterrupt

    monkeypatch.setattr(program, "run_verb", interrupt)
    assert main(["list", "--json"]) == 130
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "cancelled"
    assert main(["list"]) == 130
    assert capsys.readouterr() == ("", "Interrupted.\n")


def test_names_that_no_terminal_can_show(shell: Shell) -> None:
    shell.environment("red\x1b[31m")
    shell.environment(os.fsdecode(b"caf\xe9"))
    listed = shell.run("list")
    assert listed.returncode == 0
    assert "\\x1b[31m" in listed.stdout
    assert "\x1b" not in listed.stdout
    assert "caf\\udce9" in listed.stdout
    assert {name[:3] for name in shell.names()} == {"red", "caf"}
