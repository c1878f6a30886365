from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from jupyter_envkernels.envs import activation_scripts
from jupyter_envkernels.envs.activation_scripts import run_scripts
from jupyter_envkernels.errors import OperationFailed
from tests.prefixes import age

BASE = {"PATH": os.environ["PATH"], "KEPT": "k"}


def script(folder: Path, text: str, name: str = "a.sh") -> str:
    file = folder / name
    file.write_text(text)
    return str(file)


def test_changes_of_all_sorts(tmp_path: Path) -> None:
    text = "export NEW='two\nlines'\nexport CHANGED=$CHANGED:more\nunset GONE\nLOCAL=x\necho noise; echo noise >&2\n"
    found = run_scripts([script(tmp_path, text)], {**BASE, "CHANGED": "old", "GONE": "g"})
    assert found == {**BASE, "NEW": "two\nlines", "CHANGED": "old:more"}


def test_the_servers_tokens_are_not_seen_and_not_lost(tmp_path: Path) -> None:
    environ = {**BASE, "JUPYTERHUB_API_TOKEN": "t", "JPY_API_TOKEN": "t", "JUPYTERHUB_USER": "ada"}
    text = "export SEEN=$JUPYTERHUB_API_TOKEN,$JPY_API_TOKEN,$JUPYTERHUB_USER\n"
    found = run_scripts([script(tmp_path, text)], environ)
    assert found == {**environ, "SEEN": ",,ada"}


def test_what_lies_where_the_server_was_started_has_no_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "json.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\n")
    monkeypatch.chdir(tmp_path)
    text = f"export FOUND=$('{sys.executable}' -c 'import json; print(bool(json.dumps))')\n"
    assert run_scripts([script(tmp_path, text)], BASE)["FOUND"] == "True"
    assert not (tmp_path / "ran").exists()


def test_scripts_run_in_order_and_see_each_other(tmp_path: Path) -> None:
    first = script(tmp_path, "export A=1\nnot_exported() { export B=$A; }\n", "1.sh")
    second = script(tmp_path, "not_exported\n", "2.sh")
    assert run_scripts([first, second], BASE) == {**BASE, "A": "1", "B": "1"}


def test_a_script_that_fails_or_exits_keeps_what_it_did(tmp_path: Path) -> None:
    failing = script(tmp_path, "export A=1\nfalse\nset -e\nexport B=2\nfalse\nexport C=3\n")
    assert run_scripts([failing], BASE) == {**BASE, "A": "1", "B": "2"}
    exiting = script(tmp_path, "export A=1\nexit 3\n", "exits.sh")
    assert run_scripts([exiting], BASE) == {**BASE, "A": "1"}


@pytest.mark.parametrize("name", ["$(touch pwned).sh", "'; touch pwned; '.sh", "wïth space.sh", '"`touch pwned`.sh'])
def test_paths_are_never_code(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run_scripts([script(tmp_path, "export A=1\n", name)], BASE)["A"] == "1"
    assert not (tmp_path / "pwned").exists()


def test_the_users_shell_configuration_is_not_read(tmp_path: Path) -> None:
    startup = script(tmp_path, "export STARTUP=1\n", "startup.sh")
    environ = {**BASE, "BASH_ENV": startup, "ENV": startup, "HOME": str(tmp_path)}
    (tmp_path / ".bashrc").write_text("export STARTUP=1\n")
    assert run_scripts([script(tmp_path, "export A=1\n")], environ) == {**environ, "A": "1"}


def test_what_a_script_leaves_running_is_not_waited_for(tmp_path: Path) -> None:
    started = time.monotonic()
    run_scripts([script(tmp_path, "sleep 20 &\necho $! > pid\n".replace("pid", f"'{tmp_path}/pid'"))], BASE)
    assert time.monotonic() - started < 10
    os.kill(int((tmp_path / "pid").read_text()), 9)


def test_they_run_once_for_the_same_scripts_and_variables(tmp_path: Path) -> None:
    count = tmp_path / "count"
    counting = script(tmp_path, f"echo run >> '{count}'\nexport A=$SEEN\n")
    age(tmp_path)
    for session in ("1", "2"):
        found = run_scripts([counting], {**BASE, "JPY_SESSION_NAME": session})
        assert found["JPY_SESSION_NAME"] == session
    assert count.read_text().count("run") == 1
    assert run_scripts([counting], {**BASE, "SEEN": "other"})["A"] == "other"
    assert count.read_text().count("run") == 2
    Path(counting).write_text(Path(counting).read_text() + "export B=1\n")
    assert run_scripts([counting], BASE)["B"] == "1"


def test_scripts_that_do_not_end_are_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(activation_scripts, "TIMEOUT_SECONDS", 0.3)
    endless = script(tmp_path, f"echo $$ > '{tmp_path}/pid'\nwhile :; do sleep 0.1; done\n")
    with pytest.raises(OperationFailed, match="did not end") as raised:
        run_scripts([endless], BASE)
    assert endless in raised.value.message
    assert raised.value.remedy
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_without_bash_the_systems_shell_takes_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("sh", "env"):
        (tmp_path / name).symlink_to(Path("/bin", name))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert run_scripts([script(tmp_path, "export A=1\n")], BASE) == {**BASE, "A": "1"}


def test_without_any_shell_there_is_a_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OperationFailed, match="no shell"):
        run_scripts([script(tmp_path, "export NO_SHELL=1\n")], BASE)


def test_a_script_that_went_away_is_passed_over(tmp_path: Path) -> None:
    there = script(tmp_path, "export A=1\n")
    assert run_scripts([str(tmp_path / "gone.sh"), there], BASE) == {**BASE, "A": "1"}
