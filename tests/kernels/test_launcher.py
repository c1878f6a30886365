"""Kernels that plain clients of Jupyter start by what ``sync`` has written."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

from jupyter_envkernels.envs.catalog import Catalog
from jupyter_envkernels.envs.usage import Footprints
from jupyter_envkernels.kernels.kernelspecs import launch_argv
from jupyter_envkernels.kernels.sync import sync
from jupyter_envkernels.models import CatalogOptions, environment_id
from tests.prefixes import add_kernel, add_program, environ_of, make_prefix

NAME = "conda-env-new-py"
Start = Callable[..., subprocess.CompletedProcess[str]]


@contextmanager
def plain_client(name: str) -> Iterator[BlockingKernelClient]:
    """A kernel that Jupyter starts without us."""
    manager = KernelManager(kernel_name=name, kernel_spec_manager=KernelSpecManager())
    manager.start_kernel(stderr=subprocess.DEVNULL)
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        yield client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def run(client: BlockingKernelClient, code: str) -> tuple[str, dict[str, Any]]:
    """What a cell prints, and the reply to it."""
    printed: list[str] = []
    hook = lambda message: printed.append(message["content"].get("text", ""))  # noqa: E731
    reply = client.execute_interactive(code, timeout=30, output_hook=hook, store_history=False)
    return "".join(printed).strip(), reply["content"]


@pytest.fixture
def synced(real_catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernels of the real environments, as other programs find them."""
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    sync(real_catalog, tmp_path / "data")


@pytest.mark.usefixtures("synced")
def test_a_kernel_runs_activated_and_no_process_stands_in_between(real_envs: Path) -> None:
    with plain_client(NAME) as client:
        names = ("CONDA_PREFIX", "LAB_QUOTE", "LAB_MULTI")
        code = f"import os, sys; print([sys.prefix, *(os.environ[name] for name in {names})])"
        assert run(client, code)[0] == str([f"{real_envs}/new", f"{real_envs}/new", 'a "b" $c', "line1\nline2"])
        process = psutil.Process(int(run(client, "print(os.getpid())")[0]))
        assert process.ppid() == os.getpid()
        assert process.cmdline()[0] == f"{real_envs}/new/bin/python"


@pytest.mark.usefixtures("synced")
def test_a_kernel_that_is_gone_says_so(real_envs: Path, tmp_path: Path) -> None:
    (real_envs / "new").rename(tmp_path / "elsewhere")
    try:
        with plain_client(NAME) as client:
            assert f"{real_envs}/new no longer exists" in run(client, "1 + 1")[1]["evalue"]
    finally:
        (tmp_path / "elsewhere").rename(real_envs / "new")


@pytest.fixture
def start(tmp_path: Path) -> Start:
    """Start the kernel of an environment whose kernel is a script of the shell."""
    prefix = make_prefix(tmp_path / "env", python=False)
    program = add_program(prefix, "kernel")

    def started(
        script: str, *more: str, argv: tuple[str, ...] = ("kernel",), **options: Any
    ) -> subprocess.CompletedProcess[str]:
        program.write_text(f"#!/bin/sh\n{script}\n")
        add_kernel(prefix, "own", argv=list(argv), env={"SEEN": "in ${CONDA_PREFIX}, not $NOWHERE"})
        words = [word.replace("{connection_file}", "/run/c.json") for word in launch_argv(prefix, "own")]
        return subprocess.run([*words, *more], capture_output=True, text=True, check=False, **options)

    return started


def test_its_exit_code_is_that_of_the_kernel(start: Start) -> None:
    assert start("exit 7").returncode == 7
    assert start("kill -USR1 $$").returncode == -10


def test_its_arguments_are_those_of_kernel_json_and_of_the_client(start: Start, tmp_path: Path) -> None:
    argv = ("kernel", "-f", "{connection_file}", "--home={resource_dir}", "{other}")
    folder = f"{tmp_path}/env/share/jupyter/kernels/own"
    done = start('printf "%s\\n" "$@"', "--debug", "{connection_file}", argv=argv)
    assert done.stdout.splitlines() == [
        "-f", "/run/c.json", f"--home={folder}", "{other}", "--debug", "{connection_file}"
    ]  # fmt: skip


def test_its_variables_are_those_of_kernel_json_too(start: Start, tmp_path: Path) -> None:
    assert start('printf %s "$SEEN"').stdout == f"in {tmp_path}/env, not $NOWHERE"


def test_a_script_that_fails_is_told_and_kept_in_mind(start: Start, tmp_path: Path) -> None:
    scripts = tmp_path / "env/etc/conda/activate.d"
    scripts.mkdir(parents=True)
    (scripts / "1.sh").write_text("echo noise; exec true\n")
    (scripts / "2.sh").write_text("export LAST=1\n")
    environ = {**os.environ, "JUPYTER_DATA_DIR": str(tmp_path / "data")}
    done = start('printf "%s" "$LAST"', env=environ)
    assert done.stdout == "1"
    [problem] = (
        Footprints(tmp_path / "data/envkernels/usage").read()[environment_id(tmp_path / "env")].activation_problems
    )
    assert done.stderr == f"{problem.message}\n"
    assert f"{scripts}/1.sh" in problem.message


def test_the_interpreter_of_another_prefix_runs_in_that_one(start: Start, tmp_path: Path) -> None:
    other = make_prefix(tmp_path / "other")
    add_program(other, "python").write_text('#!/bin/sh\nprintf %s "$CONDA_PREFIX"\n')
    assert start("", argv=(f"{other}/bin/python",)).stdout == str(other)


@pytest.mark.skipif(sys.platform != "linux", reason="only /proc tells which signals a process ignores")
def test_it_ignores_no_signal_that_the_client_did_not_ignore(start: Start) -> None:
    shown = "grep SigIgn /proc/self/status"
    assert start(shown).stdout == subprocess.run(["sh", "-c", shown], capture_output=True, text=True, check=True).stdout


def test_nothing_of_the_working_folder_runs(start: Start, tmp_path: Path) -> None:
    folder = tmp_path / "notebooks"
    (folder / "jupyter_envkernels").mkdir(parents=True)
    for name in ("jupyter_envkernels/__init__.py", "runpy.py", "signal.py", "json.py", "sitecustomize.py"):
        (folder / name).write_text("open('ran', 'w')\n")
    assert start("pwd", cwd=folder).stdout.strip() == str(folder)
    assert not (folder / "ran").exists()


def test_a_program_that_cannot_run_is_told_in_the_notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prefix = make_prefix(tmp_path / "envs/new", "python3")
    add_program(prefix, "python").write_text("#!/not/there\n")
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    sync(Catalog(CatalogOptions(roots=(tmp_path / "envs",)), environ_of(tmp_path)), tmp_path / "data")
    with plain_client(NAME) as client:
        assert f"{prefix}/bin/python cannot be run" in run(client, "1 + 1")[1]["evalue"]
