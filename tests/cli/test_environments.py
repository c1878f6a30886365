"""The verbs list and history."""

from __future__ import annotations

import json
import time

from jupyter_envkernels.cli.output import day
from jupyter_envkernels.documents import problem_json
from jupyter_envkernels.envs.usage import record_activation, record_start
from jupyter_envkernels.models import Problem
from tests.cli.shell import Shell
from tests.prefixes import add_kernel, make_prefix


def test_list_is_a_table(shell: Shell) -> None:
    assert shell.run("list").stdout == "There are no environments.\n"
    shell.environment("lesson")
    shell.environment("環境")
    header, *rows = shell.run("list").stdout.splitlines()
    assert header.split()[0] == "NAME"
    assert rows[0].startswith("lesson  (")
    assert rows[1].startswith("環境    (")
    assert rows[0].endswith(str(shell.envs / "lesson")), "whole paths for who reads no terminal"


def test_list_says_why_a_kernel_cannot_start(shell: Shell) -> None:
    prefix = make_prefix(shell.envs / "lesson", "python3", "broken")
    (prefix / "share" / "jupyter" / "kernels" / "broken" / "kernel.json").write_text("{")
    _, row = shell.run("list").stdout.splitlines()
    assert "conda-env-lesson-broken (" in row
    assert "conda-env-lesson-py  " in row


def test_list_says_whose_interpreter_runs_a_kernel(shell: Shell) -> None:
    other = make_prefix(shell.envs / "other")
    add_kernel(make_prefix(shell.envs / "lesson"), argv=[f"{other}/bin/python"])
    assert f"conda-env-lesson-py (It runs the interpreter of {other}.)" in shell.run("list").stdout
    (lesson, _) = shell.json("list")["environments"]
    assert lesson["kernels"][0]["other_prefix"] == str(other)
    other.chmod(0o777)
    assert f"run: jupyter envkernels trust {other})" in shell.run("list").stdout.splitlines()[1]


def test_sizes_are_shown_once_they_are_known(shell: Shell) -> None:
    prefix = shell.environment("lesson")
    (prefix / "big").write_bytes(bytes(2_000_000))
    assert shell.json("list")["environments"][0]["usage"] is None
    assert shell.json("list", "--sizes")["environments"][0]["usage"]["own_bytes"] > 2_000_000
    assert shell.json("list")["environments"][0]["usage"]["own_bytes"] > 2_000_000
    record_start(prefix, shell.home / ".local" / "share" / "jupyter" / "envkernels" / "usage")
    header, row = shell.run("list").stdout.splitlines()
    assert header.split() == ["NAME", "KERNEL", "SIZE", "LAST", "USED", "PREFIX"]
    assert row.split()[-4:] == ["2.0", "MB", day(time.time()), str(prefix)]


def test_list_names_scripts_that_failed(shell: Shell) -> None:
    prefix = make_prefix(shell.envs / "lesson", "python3")
    problem = Problem("activation-script", "/x/a.sh failed.", "Correct it.")
    record_activation({prefix: [problem]}, shell.home / ".local" / "share" / "jupyter" / "envkernels" / "usage")
    assert "conda-env-lesson-py (/x/a.sh failed.)  " in shell.run("list").stdout
    [lesson] = shell.json("list")["environments"]
    assert lesson["activation_problems"] == [json.loads(json.dumps(problem_json(problem)))]
    assert "! /x/a.sh failed. Correct it." in shell.run("doctor", str(prefix)).stdout


def test_list_on_a_terminal_has_no_longer_lines_than_it(shell: Shell) -> None:
    shell.environment("lesson")
    with shell.terminal("list", columns=72) as terminal:
        assert terminal.wait() == 0
        assert max(map(len, terminal.shown.splitlines())) <= 72
        assert terminal.shown.splitlines()[1].endswith(" ~/.conda/envs/lesson")


def test_history(shell: Shell) -> None:
    prefix = shell.environment("lesson")
    assert shell.run("history", "lesson").stdout == "It has no history that can be read.\n"
    (prefix / "conda-meta" / "history").write_text(
        "==> 2026-11-21 09:30:00 <==\n# cmd: conda create -n lesson zlib\n+main/noarch::zlib-1.0-0\n"
    )
    header, row = shell.run("history", "lesson").stdout.splitlines()
    assert header.split() == ["REVISION", "TIME", "ADDED", "REMOVED", "COMMAND"]
    assert row.split()[:5] == ["0", "2026-11-21", "09:30", "1", "0"]
    assert row.endswith("conda create -n lesson zlib")
    [revision] = shell.json("history", "lesson")["revisions"]
    assert revision["added"] == ["main/noarch::zlib-1.0-0"]
    assert shell.json("history", "absent", code=1)["error"]["code"] == "not-found"


def test_one_that_others_can_change_is_used_once_it_is_trusted(shell: Shell) -> None:
    prefix = make_prefix(shell.envs / "lesson", "python3")
    prefix.chmod(0o777)
    _, row = shell.run("list").stdout.splitlines()
    assert f"{prefix} can be written by every account." in row
    assert f"jupyter envkernels trust {prefix}" in row
    refused = shell.run("clone", "lesson", "-n", "copy")
    assert refused.returncode == 3
    assert f"jupyter envkernels trust {prefix}" in refused.stderr
    assert shell.run("trust", "lesson").stdout == f"lesson ({prefix}) is trusted. Kernels: conda-env-lesson-py\n"
    assert "conda-env-lesson-py" in shell.run("kernels").stdout
    assert shell.run("trust", "lesson", "--remove").stdout == f"lesson ({prefix}) is not trusted.\n"
    assert "conda-env-lesson-py" not in shell.run("kernels").stdout
