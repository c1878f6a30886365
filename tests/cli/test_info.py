"""The verb info."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from jupyter_envkernels import __version__
from tests.cli.shell import Shell


def test_versions_channels_folders_and_configuration(shell: Shell) -> None:
    condarc = shell.home / ".condarc"
    condarc.write_text("channel_priority: strict\nchannels: [conda-forge]\n")
    shell.configure("allowed_channels = ['conda-forge']")
    channel = "https://ada:hunter2@private.example/c"
    shell.environ = {**shell.environ, "CONDA_CHANNELS": f"{channel},course", "CONDA_OVERRIDE_CUDA": "12.4"}
    info = shell.json("info")
    assert (info["version"], info["rattler_version"]) == (__version__, version("py-rattler"))
    assert Path(info["python"]) == Path(shell.python)
    assert {"name": "__cuda", "version": "12.4", "build": "0"} in info["virtual_packages"]
    assert info["virtual_package_overrides"] == {"CONDA_OVERRIDE_CUDA": "12.4"}
    assert info["channel_urls"][:2] == ["https://private.example/c", "https://conda.anaconda.org/course"]
    assert info["channel_priority"] == "strict"
    assert info["condarc_files"] == [str(condarc)]
    assert info["config_files"] == [str(shell.home / ".jupyter" / "jupyter_server_config.py")]
    assert info["journal_dir"] == str(shell.jobs)
    assert info["root"] == str(shell.envs)
    lines = shell.run("info").stdout.splitlines()
    assert f"              version : {__version__}" in lines
    assert f"  environment folders : {shell.envs} (writable)" in lines
    second = lines.index("         channel URLs : https://private.example/c") + 1
    assert lines[second] == "                        https://conda.anaconda.org/course"
    assert "hunter2" not in "".join(lines)


def test_its_environments_are_those_of_list(shell: Shell) -> None:
    shell.environment("lesson")
    assert "lesson" in shell.names()
    assert shell.json("info", "--envs") == shell.json("list")
