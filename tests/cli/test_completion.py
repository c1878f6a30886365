"""What a shell is told when the key for completion is pressed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.shell import Shell

SCRIPTS = Path(sys.executable).parent


def completions(shell: Shell, line: str, program: str = "jupyter-envkernels") -> list[str]:
    """What bash is given for a line whose end the cursor is at."""
    answer = shell.home / "answer"
    environ = {
        **shell.environ,
        "_ARGCOMPLETE": "1",
        "_ARGCOMPLETE_SHELL": "bash",
        "_ARGCOMPLETE_IFS": "\n",
        "_ARGCOMPLETE_SUPPRESS_SPACE": "1",
        "_ARGCOMPLETE_STDOUT_FILENAME": str(answer),
        "COMP_LINE": line,
        "COMP_POINT": str(len(line)),
        "COMP_TYPE": "9",
        "COMP_WORDBREAKS": " \t\n",
    }
    subprocess.run([SCRIPTS / program], env=environ, cwd=shell.home, check=True, timeout=60)
    return answer.read_text().splitlines()


def test_verbs_and_options(shell: Shell) -> None:
    assert {"list", "create", "resume"} <= set(completions(shell, "jupyter-envkernels "))
    assert completions(shell, "jupyter-envkernels rol") == ["rollback"]
    assert completions(shell, "jupyter-envkernels remove -n x --al") == ["--all"]
    assert completions(shell, "jupyter-envkernels create --dr") == ["--dry-run"]
    assert completions(shell, "jupyter-envkernels export x --format yaml-n") == ["yaml-no-builds"]


def test_names_of_environments(shell: Shell) -> None:
    shell.environment("lesson")
    shell.environment("other")
    other = shell.home / "miniforge3" / "envs" / "other"
    (other / "conda-meta").mkdir(parents=True)
    (other / "conda-meta" / "history").touch()
    (shell.home / ".conda" / "environments.txt").write_text(f"{other}\n")
    both = {str(other), str(shell.envs / "other")}
    assert set(completions(shell, "jupyter-envkernels remove ")) == {"lesson", *both}
    for line in ("clone le", "run -n le", "install --name le", "list -n le", "remove -n le", "history -n le"):
        assert completions(shell, f"jupyter-envkernels {line}") == ["lesson"]
    assert completions(shell, "jupyter-envkernels install -n lesson ") == []
    assert completions(shell, "jupyter-envkernels create --name ") == []


def test_jobs_and_revisions(shell: Shell) -> None:
    assert completions(shell, "jupyter-envkernels log ") == ["last"]
    done = shell.json("create", "-f", shell.spec("lesson", "prio-demo"))
    assert completions(shell, "jupyter-envkernels log ") == ["last", done["job"]]
    assert completions(shell, "jupyter-envkernels rollback lesson ") == ["0"]
    assert completions(shell, "jupyter-envkernels rollback absent ") == []


def test_files(shell: Shell) -> None:
    shell.spec("lesson")
    assert completions(shell, "jupyter-envkernels create -f les") == ["lesson.yml"]
    assert completions(shell, "jupyter-envkernels search les") == []
    assert completions(shell, "jupyter-envkernels clean --rol") == ["--rolled-back"]


@pytest.mark.parametrize("program", ["jupyter-envkernels", "jupyter"])
def test_as_a_subcommand_of_jupyter(shell: Shell, program: str) -> None:
    shell.environment("lesson")
    assert completions(shell, "jupyter envkernels remove le", program) == ["lesson"]
    assert "envkernels" in completions(shell, "jupyter envk", program)


def test_the_key_runs_no_other_program(shell: Shell) -> None:
    tools = shell.home / "bin"
    tools.mkdir()
    (tools / "jupyter-danger").write_text("#!/bin/sh\ntouch ~/ran\n")
    (tools / "jupyter-danger").chmod(0o755)
    shell.environ = {**shell.environ, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}
    assert "danger" in completions(shell, "jupyter dan")
    shell.spec("lesson")
    assert completions(shell, "jupyter danger les") == ["lesson.yml"]
    assert not (shell.home / "ran").exists()


def test_in_bash(shell: Shell) -> None:
    shell.environment("lesson")
    script = """
    eval "$(jupyter-envkernels completion bash)"
    function="$(complete -p jupyter | sed 's/.*-F \\([^ ]*\\) .*/\\1/')"
    COMP_LINE="jupyter envkernels remove le" COMP_POINT=28 COMP_TYPE=9 COMP_CWORD=3
    COMP_WORDS=(jupyter envkernels remove le)
    "$function" jupyter le remove
    printf '%s\\n' "${COMPREPLY[@]}"
    """
    environ = {**shell.environ, "PATH": f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}"}
    bash = shutil.which("bash")
    assert bash
    done = subprocess.run([bash, "-c", script], env=environ, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == ["lesson"], done.stderr


@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
def test_the_code_for_each_shell(shell: Shell, name: str) -> None:
    document = shell.json("completion", name)
    assert document["shell"] == name
    assert shell.run("completion", name).stdout.strip() == document["code"].strip()
    assert "jupyter-envkernels" in document["code"]
