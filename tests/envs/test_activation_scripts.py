from __future__ import annotations

import os
import sys
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


def sourced(scripts: list[str], environ: dict[str, str]) -> dict[str, str]:
    """The variables after scripts none of which fails."""
    outcome = run_scripts(scripts, environ)
    assert outcome.problems == ()
    return outcome.environ


def test_changes_of_all_sorts(tmp_path: Path) -> None:
    text = "export NEW='two\nlines'\nexport CHANGED=$CHANGED:more\nunset GONE\nLOCAL=x\necho noise; echo noise >&2\n"
    found = sourced([script(tmp_path, text)], {**BASE, "CHANGED": "old", "GONE": "g"})
    assert found == {**BASE, "NEW": "two\nlines", "CHANGED": "old:more"}


def test_the_servers_tokens_are_not_seen_and_not_lost(tmp_path: Path) -> None:
    environ = {**BASE, "JUPYTERHUB_API_TOKEN": "t", "JPY_API_TOKEN": "t", "JUPYTERHUB_USER": "ada"}
    text = "export SEEN=$JUPYTERHUB_API_TOKEN,$JPY_API_TOKEN,$JUPYTERHUB_USER\n"
    found = sourced([script(tmp_path, text)], environ)
    assert found == {**environ, "SEEN": ",,ada"}


def test_what_lies_where_the_server_was_started_has_no_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "json.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\n")
    monkeypatch.chdir(tmp_path)
    text = f"export FOUND=$('{sys.executable}' -c 'import json; print(bool(json.dumps))')\n"
    assert sourced([script(tmp_path, text)], BASE)["FOUND"] == "True"
    assert not (tmp_path / "ran").exists()


def test_scripts_run_in_order_and_see_each_other(tmp_path: Path) -> None:
    first = script(tmp_path, "export A=1\nnot_exported() { export B=$A; }\n", "1.sh")
    second = script(tmp_path, "not_exported\n", "2.sh")
    assert sourced([first, second], BASE) == {**BASE, "A": "1", "B": "1"}


def failed(scripts: list[str], environ: dict[str, str]) -> tuple[dict[str, str], list[str]]:
    """The variables after scripts some of which fail, and what is said of these."""
    outcome = run_scripts(scripts, environ)
    assert all(problem.code == "activation-script" and problem.remedy for problem in outcome.problems)
    return outcome.environ, [problem.message for problem in outcome.problems]


@pytest.fixture(params=["bash", "sh"])
def shell(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each shell in turn: where there is no bash, that of the system takes its place."""
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / request.param).symlink_to(Path("/bin", request.param))
    (programs / "env").symlink_to("/usr/bin/env")
    monkeypatch.setenv("PATH", str(programs))


@pytest.mark.usefixtures("shell")
@pytest.mark.parametrize(
    ("text", "kept", "said"),
    [
        ("set -u; B=$NOWHERE", "A", "NOWHERE"),
        ("set -e; false; export B=1", "A", ""),
        ("echo 'no license' >&2; exit 1", "A", "no license"),
        ("echo going; exec true", "A", "going"),
        ("exec 3>&1; test x || exec true; exit", "A", ""),
        ("kill -9 $$", "", ""),
        ("set -n", "", ""),
        ("trap 'echo bye' EXIT; exit 3", "", ""),
        ("umask 777; exit", "A" if os.geteuid() == 0 else "", ""),
    ],
)
def test_a_script_that_ends_the_shell_costs_only_itself(tmp_path: Path, text: str, kept: str, said: str) -> None:
    """What it has set until then counts where the shell can still tell."""
    before = script(tmp_path, "export FIRST=1\nunset GONE\n", "1.sh")
    ending = script(tmp_path, f"export A=1\n{text}\n", "2.sh")
    after = script(tmp_path, "export LAST=$FIRST\n", "3.sh")
    environ, [message] = failed([before, ending, after], {**BASE, "GONE": "g"})
    assert environ == {**BASE, "FIRST": "1", "LAST": "1", **dict.fromkeys(kept, "1")}
    assert message.startswith(f"{ending} ended the shell that sourced it.")
    assert said in message.partition(" It printed: ")[2]
    environ, messages = failed([before, ending, ending], {**BASE, "GONE": "g"})
    assert environ == {**BASE, "FIRST": "1", **dict.fromkeys(kept, "1")}
    assert len(messages) == 2


def test_a_trap_on_exit_runs_when_its_script_has_ended(tmp_path: Path) -> None:
    text = "tmp=$(mktemp 'place/XXX'); trap 'rm \"$tmp\"; echo {0} >>place/ran' EXIT; export MADE_{0}=$tmp\n"
    scripts = [script(tmp_path, text.format(n).replace("place", str(tmp_path)), f"{n}.sh") for n in (1, 2)]
    made = sourced(scripts, BASE)
    assert not Path(made["MADE_1"]).exists()
    assert not Path(made["MADE_2"]).exists()
    assert (tmp_path / "ran").read_text() == "1\n2\n"


@pytest.mark.parametrize(
    "text",
    [
        "set -euxfC; set -o pipefail",
        "shopt -s failglob nocasematch",
        "trap 'exit 1' ERR; trap 'echo noise' DEBUG RETURN; set -T",
        "IFS=/",
        "cd /usr",
        "set -- a b; shift",
        "exec >/dev/full 2>&1 </dev/full",
        "umask 777",
        "cd() { exit 1; }; echo() { exit 1; }; trap() { exit 1; }; read() { exit 1; }",
        "alias cd=false command=false",
        "PATH=; unset HOME",
    ],
)
def test_what_a_script_sets_for_itself_breaks_nothing_later(tmp_path: Path, text: str) -> None:
    first = script(tmp_path, f"export A=1\n{text}\n", "1.sh")
    lines = (
        "false; case A in a) exit 1; esac",
        ": /no/such/*",
        'for B in $(printf 1/2); do export B PLACE="$PWD$#$NO"; done',
        'test "$(umask)" != 0777 || unset A',
    )
    second = script(tmp_path, "\n".join(lines), "2.sh")
    found = sourced([first, second], {"PATH": BASE["PATH"]})
    found.pop("PATH")
    assert found == {"A": "1", "B": "1/2", "PLACE": "/0"}


def test_a_script_that_reads_its_input_finds_none(tmp_path: Path) -> None:
    assert sourced([script(tmp_path, "read -r answer || export A=none\n")], BASE)["A"] == "none"


def test_functions_are_exported(tmp_path: Path) -> None:
    text = "greet() { echo hi; }; export -f greet; export A='1\n2=3\n'\n"
    killed = script(tmp_path, "kill -9 $$\n", "b.sh")
    environ, _ = failed([script(tmp_path, text), killed], BASE)
    assert environ["A"] == "1\n2=3\n"
    assert environ["BASH_FUNC_greet%%"].startswith("() {")


def test_a_status_alone_is_no_failure(tmp_path: Path) -> None:
    """Many scripts end with a test that need not hold."""
    quiet = script(tmp_path, "echo hello; export A=1; [ -n '' ] && export B=1\n", "1.sh")
    told = script(tmp_path, "echo no data >&2; return 4\n", "2.sh")
    broken = script(tmp_path, "if then\n", "3.sh")
    environ, [second, third] = failed([quiet, told, broken], BASE)
    assert environ == {**BASE, "A": "1"}
    assert second == f"{told} failed with exit code 4. It printed: no data"
    assert third.startswith(f"{broken} failed with exit code 2.")


def test_what_a_script_printed_is_bounded_and_has_no_logins(tmp_path: Path) -> None:
    text = "printf '\\033[1m%0900d\\n' $(seq 1000) >&2; echo 'see https://me:secret@example.org/help' >&2; exit 1\n"
    _, [message] = failed([script(tmp_path, text)], BASE)
    assert message.endswith("see https://example.org/help")
    assert "…" in message
    assert len(message) < 700
    assert message.isprintable()


def test_one_that_has_failed_runs_again(tmp_path: Path) -> None:
    flaky = script(tmp_path, f"test -e '{tmp_path}/data' || exit 1\nexport A=1\n")
    age(tmp_path)
    assert len(failed([flaky], BASE)[1]) == 1
    (tmp_path / "data").touch()
    assert sourced([flaky], BASE) == {**BASE, "A": "1"}


def test_variables_that_no_program_can_take_are_told(tmp_path: Path) -> None:
    huge = script(tmp_path, "export A=1 HUGE=$(printf '%0200000d' 1)\n")
    environ, [message] = failed([huge], BASE)
    assert environ == BASE
    assert message.startswith(f"The variables set by {huge} cannot be used.")


@pytest.mark.parametrize("name", ["$(touch pwned).sh", "'; touch pwned; '.sh", "wïth space.sh", '"`touch pwned`.sh'])
def test_paths_are_never_code(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert sourced([script(tmp_path, "export A=1\n", name)], BASE)["A"] == "1"
    assert not (tmp_path / "pwned").exists()


def test_the_users_shell_configuration_is_not_read(tmp_path: Path) -> None:
    startup = script(tmp_path, "export STARTUP=1\n", "startup.sh")
    environ = {**BASE, "BASH_ENV": startup, "ENV": startup, "HOME": str(tmp_path)}
    (tmp_path / ".bashrc").write_text("export STARTUP=1\n")
    assert sourced([script(tmp_path, "export A=1\n")], environ) == {**environ, "A": "1"}


def test_what_a_script_leaves_running_is_not_waited_for(tmp_path: Path) -> None:
    sourced([script(tmp_path, "sleep 20 &\necho $! > pid\n".replace("pid", f"'{tmp_path}/pid'"))], BASE)
    os.kill(int((tmp_path / "pid").read_text()), 9)  # which fails where there is no such process any more


def test_they_run_once_for_the_same_scripts_and_variables(tmp_path: Path) -> None:
    count = tmp_path / "count"
    counting = script(tmp_path, f"echo run >> '{count}'\nexport A=$SEEN\n")
    age(tmp_path)
    for session in ("1", "2"):
        found = sourced([counting], {**BASE, "JPY_SESSION_NAME": session})
        assert found["JPY_SESSION_NAME"] == session
    assert count.read_text().count("run") == 1
    assert sourced([counting], {**BASE, "SEEN": "other"})["A"] == "other"
    assert count.read_text().count("run") == 2
    Path(counting).write_text(Path(counting).read_text() + "export B=1\n")
    assert sourced([counting], BASE)["B"] == "1"


def test_scripts_that_do_not_end_are_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(activation_scripts, "TIMEOUT_SECONDS", 1.0)
    before = script(tmp_path, "export A=1\n", "1.sh")
    endless = script(tmp_path, f"export B=1\necho $$ > '{tmp_path}/pid'\nwhile :; do sleep 0.1; done\n", "2.sh")
    after = script(tmp_path, "export C=1\n", "3.sh")
    environ, messages = failed([before, endless, after], BASE)
    assert environ == {**BASE, "A": "1", "C": "1"}
    assert messages == [f"{endless} was stopped: the scripts had not ended after 1 seconds."]
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_without_bash_the_systems_shell_takes_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("sh", "env"):
        (tmp_path / name).symlink_to(Path("/bin", name))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert sourced([script(tmp_path, "export A=1\n")], BASE) == {**BASE, "A": "1"}


def test_without_any_shell_there_is_a_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OperationFailed, match="no shell"):
        sourced([script(tmp_path, "export NO_SHELL=1\n")], BASE)


def test_a_script_that_went_away_is_passed_over(tmp_path: Path) -> None:
    there = script(tmp_path, "export A=1\n")
    environ, [message] = failed([str(tmp_path / "gone.sh"), there], BASE)
    assert environ == {**BASE, "A": "1"}
    assert "gone.sh" in message
