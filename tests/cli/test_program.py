"""The command line, run as a person would: as a process, in a home of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.channel.server import ChannelServer

SPEC = "name: lesson\ndependencies:\n  - prio-demo\nvariables:\n  LESSON: two words\n"


class Shell:
    """Runs ``jupyter-envkernels`` with a home and a channel."""

    def __init__(self, home: Path, channel: str) -> None:
        self.home = home
        self.envs = home / ".conda" / "envs"
        self.environ: Mapping[str, str] = {**os.environ, "HOME": str(home), "CONDA_CHANNELS": channel}

    def start(self, *args: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "jupyter_envkernels.cli", *args],
            env=self.environ,
            cwd=self.home,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *args: str, feed: str = "") -> subprocess.CompletedProcess[str]:
        process = self.start(*args)
        out, err = process.communicate(feed, timeout=120)
        assert "Traceback" not in err, err
        return subprocess.CompletedProcess(args, process.returncode, out, err)

    def json(self, *args: str, feed: str = "", code: int = 0) -> Any:
        done = self.run(*args, "--json", feed=feed)
        assert done.returncode == code, done.stderr + done.stdout
        return json.loads(done.stdout)


@pytest.fixture
def shell(tmp_path: Path, channel_server: ChannelServer) -> Shell:
    return Shell(tmp_path, f"{channel_server.url}/main")


def names(shell: Shell) -> set[str]:
    return {environment["name"] for environment in shell.json("list")["environments"]}


def test_the_life_of_an_environment(shell: Shell) -> None:
    (shell.home / "environment.yml").write_text(SPEC)
    created = shell.json("create", "-f", "environment.yml")
    assert created["state"] == "succeeded"
    assert created["prefix"] == str(shell.envs / "lesson")
    assert (shell.home / ".conda" / "environments.txt").read_text() == f"{shell.envs}/lesson\n"
    state = json.loads((shell.envs / "lesson" / "conda-meta" / "state").read_text())
    assert state["env_vars"] == {"LESSON": "two words"}
    assert "lesson" in names(shell)

    cloned = shell.run("clone", "lesson", "-n", "copy")
    assert cloned.returncode == 0
    assert cloned.stdout == f"The clone is ready: {shell.envs}/copy\n"
    assert "linking" in cloned.stderr
    assert (shell.envs / "copy" / "share" / "lab" / "prio-demo.txt").exists()
    assert json.loads((shell.envs / "copy" / "conda-meta" / "state").read_text()) == state

    assert shell.run("remove", "lesson").returncode == 0
    assert shell.run("remove", str(shell.envs / "copy")).returncode == 0
    assert {"lesson", "copy"}.isdisjoint(names(shell))
    assert list(shell.envs.iterdir()) == []
    assert (shell.home / ".conda" / "environments.txt").read_text() == ""


def test_a_spec_from_standard_input_to_a_prefix(shell: Shell) -> None:
    target = shell.home / "with space" / "lesson"
    shell.json("create", "-f", "-", "-p", str(target), feed=SPEC)
    assert (target / "conda-meta" / "history").exists()
    assert str(target) in {environment["prefix"] for environment in shell.json("list")["environments"]}


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


def test_what_policy_protects(shell: Shell) -> None:
    base = shell.home / "miniforge3"
    (base / "conda-meta").mkdir(parents=True)
    (base / "conda-meta" / "history").touch()
    (base / "condabin").mkdir()
    (base / "envs").mkdir()
    refused = shell.json("remove", str(base), code=3)
    assert refused["error"]["code"] == "forbidden"
    assert base.is_dir()


def test_check_names_the_line(shell: Shell) -> None:
    (shell.home / "good.yml").write_text(SPEC)
    (shell.home / "bad.yml").write_text("name: bad\ndependencies:\n  - numpy\n - pandas\n")
    assert shell.run("check", "good.yml").returncode == 0
    bad = shell.run("check", "good.yml", "bad.yml")
    assert bad.returncode == 1
    assert any(line.startswith("bad.yml:4:") and " error " in line for line in bad.stdout.splitlines())
    document = shell.json("check", "good.yml", "bad.yml", code=1)
    assert [entry["path"] for entry in document] == ["good.yml", "bad.yml"]
    assert document[0]["spec"]["variables"] == {"LESSON": "two words"}
    assert document[1]["spec"] is None


def test_export(shell: Shell) -> None:
    shell.json("create", "-f", "-", feed=SPEC)
    plain = shell.run("export", "lesson")
    assert plain.returncode == 0
    assert plain.stdout.startswith("name: lesson\nchannels:\n")
    document = shell.json("export", "lesson", "--format", "explicit")
    assert document["format"] == "explicit"
    assert "@EXPLICIT\n" in document["text"]
    assert shell.run("export", "lesson", "--format", "explicit").stdout == document["text"]
    assert shell.json("export", "absent", code=1)["error"]["code"] == "not-found"
    assert shell.run("export", "lesson", "--format", "pdf").returncode == 2


def test_an_interrupt_cancels(shell: Shell, channel_server: ChannelServer) -> None:
    channel_server.add_rule(r"big-demo", throttle=1_000_000)
    (shell.home / "big.yml").write_text("name: big\ndependencies: [big-demo]\n")
    process = shell.start("create", "-f", "big.yml")
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("downloading"):
            break
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130, out + err
    assert "Traceback" not in err
    assert list(shell.envs.iterdir()) == []


def test_kernels_and_sync_show_the_same(shell: Shell) -> None:
    kernel = shell.envs / "lesson" / "share" / "jupyter" / "kernels" / "python3"
    kernel.mkdir(parents=True)
    (shell.envs / "lesson" / "conda-meta").mkdir()
    (shell.envs / "lesson" / "conda-meta" / "history").touch()
    (shell.envs / "lesson" / "bin").mkdir()
    python = shell.envs / "lesson" / "bin" / "python"
    python.symlink_to(sys.executable)
    argv = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (kernel / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": "Python 3", "language": "python"}))
    specs = shell.json("kernels")["kernelspecs"]
    assert {"python3", "conda-env-lesson-py"} <= specs.keys()
    shell.json("sync")
    written = shell.home / ".local" / "share" / "jupyter" / "kernels"
    assert "conda-env-lesson-py" in {path.name for path in written.iterdir()}
    shell.json("sync", "--remove")
    assert list(written.iterdir()) == []


def test_the_configuration_of_a_server_is_the_command_lines_too(shell: Shell) -> None:
    config = shell.home / ".jupyter" / "jupyter_server_config.py"
    config.parent.mkdir()
    config.write_text(f"c.EnvKernels.roots = ['{shell.home}/mine']\n")
    created = shell.json("create", "-f", "-", feed=SPEC)
    assert created["prefix"] == f"{shell.home}/mine/lesson"


def test_doctor_says_what_is_wrong(shell: Shell) -> None:
    (shell.envs / "empty").mkdir(parents=True)
    sick = shell.json("doctor", str(shell.envs / "empty"))
    assert sick["is_kernel"] is False
    assert sick["findings"][-1]["ok"] is False
    assert str(shell.envs) in {place["path"] for place in sick["locations"]}
    plain = shell.run("doctor", str(shell.envs / "empty"))
    assert sick["findings"][-1]["message"] in plain.stdout


def test_doctor_names_another_kernelspec_manager(shell: Shell) -> None:
    config = shell.home / ".jupyter" / "jupyter_config.json"
    config.parent.mkdir()
    config.write_text('{"ServerApp": {"kernel_spec_manager_class": "other.Manager"}}')
    assert shell.json("doctor")["other_kernel_spec_manager"]["name"] == "other.Manager"
    assert "other.Manager" in shell.run("doctor").stdout


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


def test_what_a_dead_command_line_left_is_cleaned_up_by_the_next(shell: Shell, channel_server: ChannelServer) -> None:
    channel_server.add_rule(r"/simple/", delay=60)
    lines = f"[--index-url {channel_server.url}/simple, envkernels-demo-pip]"
    spec = f"name: lesson\ndependencies: [python, {{pip: {lines}}}]\n"
    (shell.home / "lesson.yml").write_text(spec)
    process = shell.start("create", "-f", "lesson.yml")
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("pip:"):
            break
    worker = next(child for child in psutil.Process(process.pid).children() if "worker" in " ".join(child.cmdline()))
    for victim in (psutil.Process(process.pid), worker):
        victim.kill()
    process.communicate()
    assert (shell.envs / "lesson").is_dir()
    channel_server.reset()
    assert shell.json("create", "-f", "-", feed=SPEC)["state"] == "succeeded"
    assert (shell.envs / "lesson" / "share" / "lab" / "prio-demo.txt").exists()
