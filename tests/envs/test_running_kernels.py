"""Real processes that look like kernels, or nearly."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jupyter_envkernels.envs.running_kernels import running_kernels

Start = Callable[..., int]


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    """A prefix with a program of its own."""
    program = tmp_path / "lesson" / "bin" / "kernel"
    program.parent.mkdir(parents=True)
    shutil.copy(os.path.realpath(shutil.which("sh") or ""), program)
    return tmp_path / "lesson"


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts a program of a prefix with arguments; it waits for its input until the test ends."""
    processes: list[subprocess.Popen[bytes]] = []

    def run(prefix: Path, *arguments: str) -> int:
        command = [str(prefix / "bin" / "kernel"), "-c", "echo; read line", *arguments]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        processes.append(process)
        assert process.stdout is not None
        process.stdout.readline()  # before it runs, the system may know a program without its arguments
        return process.pid

    yield run
    for process in processes:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("argument", ["/run/kernel-1234.json", "--f=/run/kernel-v3a.json", "kernel-1.json"])
def test_a_kernel_is_found(prefix: Path, start: Start, argument: str) -> None:
    pid = start(prefix, "-f", argument)
    (kernel,) = running_kernels(prefix)
    assert kernel.pid == pid
    assert kernel.command == f"{prefix}/bin/kernel -c 'echo; read line' -f {argument}"


def test_all_are_found_by_number(prefix: Path, start: Start) -> None:
    pids = [start(prefix, "kernel-1.json"), start(prefix, "kernel-2.json")]
    assert [kernel.pid for kernel in running_kernels(prefix)] == sorted(pids)


@pytest.mark.parametrize("argument", ["", "notes.json", "/run/kernel-1/notes.json", "kernel-1.json.txt"])
def test_other_processes_are_none(prefix: Path, start: Start, argument: str) -> None:
    start(prefix, argument)
    assert running_kernels(prefix) == ()


@pytest.mark.parametrize(
    ("content", "is_kernel"),
    [({"shell_port": 1, "iopub_port": 2, "key": ""}, True), ({"shell_port": 1}, False), ([], False)],
)
def test_a_connection_file_of_another_name(prefix: Path, start: Start, content: object, is_kernel: bool) -> None:
    file = prefix.parent / "tmp1234.json"
    file.write_text(json.dumps(content))
    start(prefix, "-f", str(file))
    assert bool(running_kernels(prefix)) == is_kernel


def test_a_kernel_of_another_environment_is_none(prefix: Path, start: Start) -> None:
    other = prefix.with_name("lesson2")
    shutil.copytree(prefix, other)
    start(other, "kernel-1.json")
    assert running_kernels(prefix) == ()
    assert len(running_kernels(other)) == 1


def test_a_program_that_was_deleted_runs_on(prefix: Path, start: Start) -> None:
    pid = start(prefix, "kernel-1.json")
    (prefix / "bin" / "kernel").unlink()
    assert [kernel.pid for kernel in running_kernels(prefix)] == [pid]


def test_through_a_link(prefix: Path, start: Start) -> None:
    link = prefix.with_name("link")
    link.symlink_to(prefix)
    pid = start(link, "kernel-1.json")
    assert [kernel.pid for kernel in running_kernels(link)] == [pid]


def test_the_command_holds_no_credentials(prefix: Path, start: Start) -> None:
    start(prefix, "kernel-1.json", "https://me:hunter2@host/x")
    assert "hunter2" not in running_kernels(prefix)[0].command


def test_no_environment_no_kernel(tmp_path: Path) -> None:
    assert running_kernels(tmp_path / "gone") == ()
