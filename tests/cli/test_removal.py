"""Removing environments and packages: what is asked, and what goes."""

from __future__ import annotations

import pytest

from tests.cli.shell import Shell


def conda_packages(shell: Shell, name: str) -> set[str]:
    return {package["name"] for package in shell.json("list", "-n", name)["packages"]}


def test_packages_are_removed_after_a_question(shell: Shell) -> None:
    shell.json("create", "-n", "lesson", "prio-demo", "gpu-or-cpu")
    refused = shell.json("remove", "-n", "lesson", "prio-demo", code=2)["error"]
    assert "-y" in refused["remedy"]
    with shell.terminal("remove", "-n", "lesson", "prio-demo") as terminal:
        shown = terminal.read("[y/N]")
        assert "prio-demo" in shown
        assert "removed" in shown
        terminal.press("n\n")
        assert terminal.wait() == 130
        assert "Nothing is removed." in terminal.shown
    assert conda_packages(shell, "lesson") == {"prio-demo", "gpu-or-cpu"}
    with shell.terminal("remove", "-n", "lesson", "prio-demo") as terminal:
        terminal.read("[y/N]")
        terminal.press("y\n")
        assert terminal.wait() == 0
    assert conda_packages(shell, "lesson") == {"gpu-or-cpu"}
    planned = shell.json("remove", "-n", "lesson", "gpu-or-cpu", "--dry-run")
    assert [change["change"] for change in planned["plan"]["changes"]] == ["removed"]
    assert shell.json("remove", "-n", "lesson", "gpu-or-cpu", "-y")["kind"] == "update"
    assert conda_packages(shell, "lesson") == set()


def test_an_environment_is_removed_after_a_question(shell: Shell) -> None:
    for name in ("one", "two", "three"):
        shell.environment(name)
    with shell.terminal("remove", "one", "two") as terminal:
        shown = terminal.read("[y/N]")
        assert f"one: {shell.envs / 'one'}" in shown
        assert "these 2 environments" in shown
        terminal.press("\n")
        assert terminal.wait() == 130
    assert shell.made() == ["one", "three", "two"]
    with shell.terminal("remove", "-n", "three", "--all", "-y") as terminal:
        assert terminal.wait() == 0
    assert shell.made() == ["one", "two"]
    removed = shell.json("remove", "one", "two", "-y")["jobs"]
    assert [job["environment"] for job in removed] == ["one", "two"]
    assert shell.made() == []


@pytest.mark.parametrize("words", [["one", "two"], ["-n", "one", "--all"], ["-p", "{envs}/one", "--all"]])
def test_scripts_say_that_they_are_sure(shell: Shell, words: list[str]) -> None:
    shell.environment("one")
    shell.environment("two")
    words = [word.format(envs=shell.envs) for word in words]
    done = shell.run("remove", *words)
    assert done.returncode == 2
    assert "Add -y." in done.stderr
    assert shell.made() == ["one", "two"]
    assert shell.run("remove", *words, "-y").returncode == 0
    assert "one" not in shell.made()


def test_nothing_goes_before_all_names_are_known(shell: Shell) -> None:
    shell.environment("lesson")
    refused = shell.json("remove", "lesson", "numpy", "-y", code=1)["error"]
    assert refused["code"] == "not-found"
    assert refused["remedy"].endswith("remove -n lesson numpy")
    assert shell.made() == ["lesson"]
    assert shell.json("remove", "-n", "lesson", code=2)["error"]["remedy"].endswith("remove the whole environment.")
    assert "lesson" in shell.json("remove", "lessen", "-y", code=1)["error"]["remedy"]
    assert shell.made() == ["lesson"]
