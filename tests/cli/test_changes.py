"""Verbs that change environments, with real jobs."""

from __future__ import annotations

import json
import shutil
import subprocess

from tests.channel.server import ChannelServer
from tests.cli.shell import Shell
from tests.engine.conftest import write_channel

SPEC = "name: lesson\ndependencies:\n  - prio-demo\nvariables:\n  LESSON: two words\n"


def test_the_life_of_an_environment(shell: Shell) -> None:
    (shell.home / "environment.yml").write_text(SPEC)
    created = shell.json("create", "-f", "environment.yml")
    assert created["state"] == "succeeded"
    assert created["prefix"] == str(shell.envs / "lesson")
    assert (shell.home / ".conda" / "environments.txt").read_text() == f"{shell.envs}/lesson\n"
    state = json.loads((shell.envs / "lesson" / "conda-meta" / "state").read_text())
    assert state["env_vars"] == {"LESSON": "two words"}
    assert "lesson" in shell.names()

    cloned = shell.run("clone", "lesson", "-n", "copy")
    assert cloned.returncode == 0
    assert cloned.stdout == f"The clone is ready: {shell.envs}/copy\n"
    assert "linking" in cloned.stderr
    assert (shell.envs / "copy" / "share" / "lab" / "prio-demo.txt").exists()
    assert json.loads((shell.envs / "copy" / "conda-meta" / "state").read_text()) == state

    assert shell.run("remove", "lesson").returncode == 0
    assert shell.run("remove", str(shell.envs / "copy")).returncode == 0
    assert {"lesson", "copy"}.isdisjoint(shell.names())
    assert list(shell.envs.iterdir()) == []
    assert (shell.home / ".conda" / "environments.txt").read_text() == ""


def test_a_spec_from_standard_input_to_a_prefix(shell: Shell) -> None:
    target = shell.home / "with space" / "lesson"
    shell.json("create", "-f", "-", "-p", str(target), feed=SPEC)
    assert (target / "conda-meta" / "history").exists()
    assert str(target) in {environment["prefix"] for environment in shell.json("list")["environments"]}


def test_what_policy_protects(shell: Shell) -> None:
    base = shell.home / "miniforge3"
    (base / "conda-meta").mkdir(parents=True)
    (base / "conda-meta" / "history").touch()
    (base / "condabin").mkdir()
    (base / "envs").mkdir()
    refused = shell.json("remove", str(base), code=3)
    assert refused["error"]["code"] == "forbidden"
    assert base.is_dir()


def test_the_configuration_of_a_server_is_the_command_lines_too(shell: Shell) -> None:
    config = shell.home / ".jupyter" / "jupyter_server_config.py"
    config.parent.mkdir()
    config.write_text(f"c.EnvKernels.roots = ['{shell.home}/mine']\n")
    created = shell.json("create", "-f", "-", feed=SPEC)
    assert created["prefix"] == f"{shell.home}/mine/lesson"


def test_an_update_and_the_way_back(shell: Shell) -> None:
    shell.json("create", "-f", shell.spec("lesson", "prio-demo"))
    updated = shell.json("update", "lesson", "--add", "big-demo", "gpu-or-cpu", "--remove", "prio-demo")
    assert updated["kind"] == "update"
    assert [file.name for file in (shell.envs / "lesson" / "conda-meta").glob("prio-demo-*.json")] == []
    history = shell.json("history", "lesson")["revisions"]
    assert [revision["revision"] for revision in history] == [0, 1]
    assert history[1]["is_current"] is True
    assert shell.json("rollback", "lesson", "0")["state"] == "succeeded"
    assert list((shell.envs / "lesson" / "conda-meta").glob("prio-demo-*.json"))
    assert list((shell.envs / "lesson" / "conda-meta").glob("big-demo-*.json")) == []
    assert shell.json("rollback", "lesson", "99", code=1)["error"]["code"] == "not-found"
    assert shell.json("update", "lesson", code=2)["error"]["code"] == "invalid-request"


def test_an_update_from_a_file(shell: Shell) -> None:
    shell.json("create", "-f", shell.spec("lesson", "prio-demo"))
    shell.json("update", "lesson", "-f", shell.spec("more", "big-demo"), "--prune")
    names = {package.name.rsplit("-", 2)[0] for package in (shell.envs / "lesson" / "conda-meta").glob("*.json")}
    assert names == {"big-demo"}


def test_a_dry_run_changes_nothing_and_can_be_carried_out(shell: Shell) -> None:
    planned = shell.json("create", "-f", shell.spec("lesson", "prio-demo"), "--dry-run")
    assert planned["kind"] == "plan"
    assert planned["plan"]["kind"] == "create"
    assert [change["name"] for change in planned["plan"]["changes"]] == ["prio-demo"]
    assert shell.made() == []
    done = shell.json("resume", planned["job"])
    assert done == {
        "job": done["job"],
        "kind": "create",
        "state": "succeeded",
        "environment": "lesson",
        "prefix": str(shell.envs / "lesson"),
    }
    assert shell.made() == ["lesson"]


def test_a_dry_run_for_people(shell: Shell) -> None:
    shell.json("create", "-f", shell.spec("lesson", "prio-demo"))
    plain = shell.run("update", "lesson", "--add", "big-demo", "--dry-run")
    assert plain.returncode == 0
    rows = [line.split() for line in plain.stdout.splitlines()]
    assert ["PACKAGE", "CHANGE", "DOWNLOAD", "VERSION"] in rows
    assert ["big-demo", "added", "41.9", "MB", "1.0"] in rows
    assert "Packages: 1 added" in plain.stdout
    job = plain.stdout.split()[-1]
    assert plain.stdout.endswith(f"To run this plan: jupyter envkernels resume {job}\n")
    assert shell.state(job) == "succeeded"
    clone = shell.json("clone", "lesson", "-n", "copy", "--dry-run")["plan"]
    assert clone["prefix"] == str(shell.envs / "copy")
    assert shell.made() == ["lesson"]


def test_a_kernel_is_added_only_where_one_can_be(shell: Shell) -> None:
    shell.json("create", "-f", shell.spec("lesson", "prio-demo"))
    assert "lesson" in shell.json("add-kernel", "lesson", "--dry-run", code=1)["error"]["message"]
    assert shell.json("add-kernel", "absent", code=1)["error"]["code"] == "not-found"


def test_an_environment_in_use_is_removed_by_force_only(shell: Shell) -> None:
    prefix = shell.environment("lesson")
    (prefix / "bin").mkdir()
    program = shutil.copy(shutil.which("bash") or "", prefix / "bin" / "kernel")
    connection = shell.home / "kernel-1.json"
    connection.write_text('{"shell_port": 1, "iopub_port": 2}')
    with subprocess.Popen([program, "-c", "read line", str(connection)], stdin=subprocess.PIPE) as kernel:
        refused = shell.json("remove", "lesson", code=1)["error"]
        assert refused["code"] == "in-use"
        assert [running["pid"] for running in refused["details"]["kernels"]] == [kernel.pid]
        assert prefix.is_dir()
        assert shell.json("remove", "lesson", "--force")["state"] == "succeeded"
    assert shell.made() == []


def test_an_administrator_removes_what_is_in_a_shared_root(shell: Shell) -> None:
    shared = shell.home / "shared"
    prefix = shared / "lesson" / "conda-meta"
    prefix.mkdir(parents=True)
    (prefix / "history").touch()
    shell.configure(f"shared_roots = [{str(shared)!r}]")
    (environment,) = [found for found in shell.json("list")["environments"] if found["name"] == "lesson"]
    assert environment["read_only"] is False
    shell.json("remove", "lesson")
    assert not prefix.exists()


def test_packages_of_several_channels_and_of_pip(shell: Shell, channel_server: ChannelServer) -> None:
    shell.json("create", "-n", "lesson", "prio-demo", "-c", f"{channel_server.url}/extra")
    packages = {package["name"]: package for package in shell.json("list", "-n", "lesson")["packages"]}
    assert packages["prio-demo"]["channel"] == f"{channel_server.url}/extra"
    shell.json("create", "-n", "only", "gpu-or-cpu", "-c", f"{channel_server.url}/extra", "--override-channels", code=1)
    shell.json("install", "-n", "lesson", "gpu-or-cpu", "-c", f"{channel_server.url}/main")
    assert {package["name"] for package in shell.json("list", "-n", "lesson", "^gpu")["packages"]} == {"gpu-or-cpu"}
    assert shell.json("list", "-n", "lesson", "(", code=2)["error"]["code"] == "invalid-request"


def test_an_installation_keeps_what_fits(shell: Shell, channel_server: ChannelServer) -> None:
    shell.json("create", "-n", "lesson", "prio-demo=1.0")
    extra = ["-c", f"{channel_server.url}/extra"]
    shell.json("install", "-n", "lesson", "prio-demo", "gpu-or-cpu", *extra)
    assert version(shell, "lesson", "prio-demo") == "1.0"
    shell.json("update", "-n", "lesson", "prio-demo", *extra)
    assert version(shell, "lesson", "prio-demo") == "2.0"
    planned = shell.json("update", "-n", "lesson", "--pip", "iniconfig", "--dry-run")["plan"]
    assert planned["pip"] == ["iniconfig"]


def version(shell: Shell, name: str, package: str) -> str:
    [found] = [each for each in shell.json("list", "-n", name)["packages"] if each["name"] == package]
    return str(found["version"])


def test_what_words_exclude_each_other(shell: Shell) -> None:
    spec = shell.spec("lesson", "prio-demo")
    for words in (
        ["create", "-n", "lesson", "-f", spec, "prio-demo"],
        ["create", "-n", "lesson", "--clone", "base", "prio-demo"],
        ["create", "prio-demo"],
        ["create", "-n", "lesson", "prio-demo", "--override-channels"],
        ["install", "-n", "lesson"],
        ["update", "lesson", "-f", spec, "-c", "main"],
    ):
        error = shell.json(*words, code=2)["error"]
        assert error["code"] == "invalid-request"
        assert error["remedy"]
    assert shell.made() == []


def test_words_that_are_no_specs_are_named_without_lines(shell: Shell) -> None:
    error = shell.json("create", "-n", "lesson", "prio-demo", "a b c d =", code=1)["error"]
    assert error["code"] == "invalid-spec"
    assert "line" not in error["message"]


def test_a_clone_as_conda_writes_it(shell: Shell) -> None:
    shell.json("create", "-n", "lesson", "prio-demo")
    assert shell.json("create", "-n", "copy", "--clone", "lesson")["kind"] == "clone"
    assert shell.json("rename", "-n", "copy", "moved")["environment"] == "moved"
    assert shell.made() == ["lesson", "moved"]


def test_packages_as_of_a_date(shell: Shell) -> None:
    times = {f"tool-{year}-0": {"timestamp": (year - 1970) * 31_557_600_000} for year in (2020, 2022)}
    channel = write_channel(shell.home / "channel", dict.fromkeys(times, ()), times)
    words = ("create", "-n", "lesson", "tool", "-c", channel, "--override-channels", "--dry-run")
    shell.environ = {**shell.environ, "CONDA_EXCLUDE_NEWER": "2021-06-30"}
    [configured] = shell.json(*words)["plan"]["packages"]
    [requested] = shell.json(*words, "--exclude-newer", "1d")["plan"]["packages"]
    assert (configured["version"], requested["version"]) == ("2020", "2022")
    shell.json(*words, "--exclude-newer", "2021-03-05T06:00:00Z")
    assert "Packages newer than 2021-03-05 06:00 UTC are left out.\n" in shell.run("log", "last").stdout
    refused = shell.json(*words, "--exclude-newer", "soon", code=2)["error"]
    assert refused["message"] == "exclude_newer cannot be 'soon'."
    shell.json("create", "--clone", "a", "-n", "b", "--exclude-newer", "1d", code=2)


def test_installed_packages_may_be_newer(shell: Shell) -> None:
    shell.json("create", "-n", "lesson", "prio-demo")
    channel = write_channel(shell.home / "channel", {"tool-1-0": []})
    words = ("install", "-n", "lesson", "tool", "-c", channel, "--exclude-newer", "1980-01-01", "--dry-run")
    assert [change["name"] for change in shell.json(*words)["plan"]["changes"]] == ["tool"]
    refused = shell.json("install", "-n", "lesson", "big-demo", "--exclude-newer", "1980-01-01", code=1)["error"]
    assert refused["message"].startswith("All packages named big-demo are too new: big-demo 1.0 is of ")


def test_a_minimum_age_applies_to_locked_packages(shell: Shell) -> None:
    (package,) = shell.json("search", "prio-demo")["packages"]
    (shell.home / "explicit.txt").write_text(f"@EXPLICIT\n{package['url']}\n")
    shell.configure("min_package_age = '36500d'")
    refused = shell.json("create", "-f", "explicit.txt", "-n", "lesson", code=3)["error"]
    assert refused["message"].startswith("Packages newer than ")
    assert "are not allowed here: prio-demo 1.0 (" in refused["message"]
