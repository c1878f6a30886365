"""The verb doctor."""

from __future__ import annotations

import os

from tests.cli.shell import Shell


def test_settings_of_nb_conda_kernels(shell: Shell) -> None:
    config = shell.home / ".jupyter" / "jupyter_config.py"
    config.parent.mkdir(exist_ok=True)
    config.write_text('c.CondaKernelSpecManager.env_filter = "hidden$"\nc.CondaKernelSpecManager.conda_only = True\n')
    for name in ("lesson", "hidden"):
        shell.environment(name)
    names = shell.names()
    assert "lesson" in names
    assert "hidden" not in names
    found = {entry["message"]: entry["ok"] for entry in shell.json("doctor")["configuration"]}
    assert found["c.CondaKernelSpecManager.conda_only of nb_conda_kernels has no effect."] is False


def test_doctor_says_what_is_wrong(shell: Shell) -> None:
    (shell.envs / "empty").mkdir(parents=True)
    sick = shell.json("doctor", str(shell.envs / "empty"))
    assert sick["is_kernel"] is False
    assert sick["findings"][-1]["ok"] is False
    assert str(shell.envs) in {place["path"] for place in sick["locations"]}
    plain = shell.run("doctor", str(shell.envs / "empty"))
    assert sick["findings"][-1]["message"] in plain.stdout


def test_doctor_takes_names_ids_and_paths(shell: Shell) -> None:
    prefix = shell.environment("lesson")
    (listed,) = (entry for entry in shell.json("list")["environments"] if entry["prefix"] == str(prefix))
    for reference in ("lesson", listed["id"], str(prefix), os.path.relpath(prefix, shell.home)):
        found = shell.json("doctor", reference)
        assert (found["path"], found["findings"][0]["ok"]) == (str(prefix), True)


def test_doctor_says_whether_jobs_are_limited_for_the_machine(shell: Shell) -> None:
    assert "Jobs are limited per user" in shell.run("doctor").stdout
    config = shell.home / ".jupyter" / "jupyter_envkernels_config.json"
    config.parent.mkdir()
    config.write_text('{"EnvKernels": {"max_machine_jobs": 4, "machine_jobs_dir": "/nowhere"}}')
    told = "! Jobs are limited per user only: /nowhere cannot be used: No such file or directory. Create a folder"
    assert told in shell.run("doctor").stdout


def test_doctor_names_another_kernelspec_manager(shell: Shell) -> None:
    config = shell.home / ".jupyter" / "jupyter_config.json"
    config.parent.mkdir()
    config.write_text('{"ServerApp": {"kernel_spec_manager_class": "other.Manager"}}')
    assert shell.json("doctor")["other_kernel_spec_manager"]["name"] == "other.Manager"
    assert "other.Manager" in shell.run("doctor").stdout
