"""Programs in activated environments, and how a user learns of them."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from tests.cli.shell import Shell


def program(prefix: Path, name: str, text: str) -> None:
    (prefix / "bin").mkdir(exist_ok=True)
    (prefix / "bin" / name).write_text(f"#!/bin/sh\n{text}\n")
    (prefix / "bin" / name).chmod(0o755)


def test_the_program_is_activated_and_its_exit_code_is_passed_on(shell: Shell) -> None:
    prefix = shell.environment("lesson")
    scripts = prefix / "etc" / "conda" / "activate.d"
    scripts.mkdir(parents=True)
    (scripts / "a.sh").write_text("export GREETING=hello\n")
    program(prefix, "tell", 'echo "$GREETING $CONDA_DEFAULT_ENV $PWD $*"; read line; echo "$line"; exit 7')
    done = shell.run("run", "-n", "lesson", "tell", "-n", "--json", feed="typed\n")
    assert done.stdout.splitlines() == [f"hello lesson {shell.home} -n --json", "typed"]
    assert done.returncode == 7
    assert shell.run("run", "-p", str(prefix), "--", "tell", feed="x\n").returncode == 7


def test_no_process_stands_between(shell: Shell) -> None:
    prefix = shell.environment("lesson")
    program(prefix, "wait", 'trap "exit 3" TERM; echo "$$"; while :; do sleep 0.1; done')
    process = shell.start("run", "-n", "lesson", "wait")
    assert process.stdout is not None
    assert int(process.stdout.readline()) == process.pid
    os.kill(process.pid, signal.SIGTERM)
    assert process.wait(30) == 3
    process.communicate()


def test_what_cannot_be_run(shell: Shell) -> None:
    prefix = shell.environment("lesson")
    done = shell.run("run", "-n", "lesson", "no-such-program")
    assert done.returncode == 127
    assert "no-such-program cannot be run: No such file or directory." in done.stderr
    assert shell.run("run", "-n", "lesson").returncode == 2
    assert "Did you mean lesson?" in shell.run("run", "-n", "lessen", "true").stderr
    program(prefix, "tell", "echo ran")
    prefix.chmod(0o777)
    refused = shell.run("run", "-n", "lesson", "tell")
    assert refused.returncode == 3
    assert refused.stdout == ""
    assert str(prefix) in refused.stderr


def test_a_create_says_which_kernel_there_is(shell: Shell) -> None:
    done = shell.run("create", "-n", "finance", "python", "prio-demo")
    assert done.returncode == 0, done.stderr
    ready, kernel, use = done.stdout.splitlines()
    assert ready == f"The environment is ready: {shell.envs}/finance"
    assert "(conda-env-finance-py)" in kernel
    assert use == "In a terminal: jupyter envkernels run -n finance python"
    ran = shell.run("run", "-n", "finance", "python", "-c", "import sys; print(sys.prefix)")
    assert ran.stdout.strip() == str(shell.envs / "finance")
