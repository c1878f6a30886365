from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from jupyter_envkernels.envs.prefixes import NotAnEnvironment, read_prefix, resource_files
from jupyter_envkernels.models import PENDING_MARK
from tests.prefixes import add_kernel, age, make_prefix, write_kernel_json


def test_kernels_of_all_languages(tmp_path: Path) -> None:
    prefix = make_prefix(tmp_path / "env", "python3", "ir", "julia-1.10")
    contents = read_prefix(str(prefix))
    assert [kernel.name for kernel in contents.kernels] == ["ir", "julia-1.10", "python3"]
    assert not any(kernel.problem for kernel in contents.kernels)
    assert contents.problem is None
    assert contents.is_writable


def test_one_broken_kernel_hides_no_other(tmp_path: Path) -> None:
    prefix = make_prefix(tmp_path / "env", "python3")
    write_kernel_json(prefix, b"[1, 2, 3]", "array")
    (prefix / "share/jupyter/kernels/dangling").mkdir()
    (prefix / "share/jupyter/kernels/dangling/kernel.json").symlink_to("/nowhere")
    (prefix / "share/jupyter/kernels/folder/kernel.json").mkdir(parents=True)
    (prefix / "share/jupyter/kernels/empty").mkdir()
    (prefix / "share/jupyter/kernels/file").touch()
    problems = {kernel.name: kernel.problem for kernel in read_prefix(str(prefix)).kernels}
    assert problems.pop("python3") is None
    assert {name: problem.code for name, problem in problems.items() if problem} == {
        "array": "bad-kernelspec",
        "dangling": "unreadable",
        "folder": "bad-kernelspec",
    }


def test_a_pipe_in_place_of_kernel_json_does_not_hang(tmp_path: Path) -> None:
    prefix = make_prefix(tmp_path / "env")
    (prefix / "share/jupyter/kernels/pipe").mkdir(parents=True)
    os.mkfifo(prefix / "share/jupyter/kernels/pipe/kernel.json")
    (kernel,) = read_prefix(str(prefix)).kernels
    assert kernel.problem is not None
    assert kernel.problem.code == "bad-kernelspec"


def test_a_kernel_whose_python_is_gone(tmp_path: Path) -> None:
    prefix = make_prefix(tmp_path / "env", "python3")
    (prefix / "bin/python").unlink()
    (prefix / "bin/python").symlink_to("/nowhere/python3")
    (kernel,) = read_prefix(str(prefix)).kernels
    assert kernel.problem is not None
    assert kernel.problem.code == "no-executable"
    assert f"{prefix}/bin/python" in kernel.problem.message


def test_a_kernel_with_the_interpreter_of_another_prefix(tmp_path: Path) -> None:
    prefix, other = make_prefix(tmp_path / "env"), make_prefix(tmp_path / "other")
    add_kernel(prefix, argv=[f"{other}/bin/python", "-m", "ipykernel_launcher"])
    age(tmp_path)
    contents = read_prefix(str(prefix))
    assert [(kernel.other_prefix, kernel.problem) for kernel in contents.kernels] == [(str(other), None)]
    assert contents.is_current()
    (other / "bin/python").unlink()
    assert not contents.is_current()
    assert read_prefix(str(prefix)).kernels[0].other_prefix == ""


@pytest.mark.parametrize(
    ("target", "version"), [("python3.12", "3.12"), ("python3", None), ("/usr/bin/python3.12", None), (None, None)]
)
def test_the_version_of_python_is_that_of_condas_link(tmp_path: Path, target: str | None, version: str | None) -> None:
    prefix = make_prefix(tmp_path / "env")
    (prefix / "bin/python").unlink()
    if target:
        (prefix / "bin/python").symlink_to(target)
    assert read_prefix(str(prefix)).python == version


@pytest.mark.parametrize(
    ("python", "record", "code", "words"),
    [
        (True, "", "no-kernel", "ipykernel is not installed"),
        (False, "", "no-kernel", "neither Python"),
        (True, "ipykernel-7.1-0.json", "no-kernelspec", "kernelspec .* is missing"),
    ],
)
def test_why_there_is_no_kernel(tmp_path: Path, python: bool, record: str, code: str, words: str) -> None:
    prefix = make_prefix(tmp_path / "env", python=python)
    if record:
        (prefix / "conda-meta" / record).touch()
    problem = read_prefix(str(prefix)).problem
    assert problem is not None
    assert problem.code == code
    assert problem.remedy
    assert re.search(words, problem.message)


def test_what_is_no_environment(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    pending = make_prefix(tmp_path / "pending")
    (pending / PENDING_MARK).touch()
    codes = {}
    for name in ("folder", "file", "dangling", "loop", "gone", "pending"):
        with pytest.raises(NotAnEnvironment) as raised:
            read_prefix(str(tmp_path / name))
        codes[name] = raised.value.problem.code
    assert codes == {
        "folder": "not-an-environment",
        "file": "not-an-environment",
        "dangling": "dangling-link",
        "loop": "dangling-link",
        "gone": "gone",
        "pending": "pending",
    }


READ = """
import os, sys
from jupyter_envkernels.envs.prefixes import read_prefix
if os.geteuid() == 0:  # who may read anything
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
for prefix in sys.argv[1:]:
    contents = read_prefix(prefix)
    print(contents.problem.code if contents.problem else contents.is_writable)
"""


def test_what_this_user_may_not_read() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        prefixes = [make_prefix(folder / name, "python3") for name in ("nothing", "no-kernels", "no-meta", "read-only")]
        (prefixes[3] / "conda-meta/history").chmod(0o444)
        closed = [prefixes[0], prefixes[1] / "share/jupyter/kernels", prefixes[2] / "conda-meta"]
        for path in closed:
            path.chmod(0)
        command = [sys.executable, "-c", READ, *map(str, prefixes)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        for path in closed:
            path.chmod(0o755)
    assert done.stdout.split() == ["unreadable", "unreadable", "unreadable", "False"], done.stderr


def test_it_knows_when_it_is_out_of_date(tmp_path: Path) -> None:
    prefix = make_prefix(tmp_path / "env", "python3")
    assert not read_prefix(str(prefix)).is_current()  # everything is too young
    age(tmp_path)
    contents = read_prefix(str(prefix))
    assert contents.is_current()
    add_kernel(prefix, "ir")
    assert not contents.is_current()


def test_a_frozen_environment_that_is_so_no_more(tmp_path: Path) -> None:
    prefix = make_prefix(tmp_path / "env", "python3")
    (prefix / "conda-meta/frozen").touch()
    age(prefix)
    contents = read_prefix(str(prefix))
    assert contents.is_frozen
    assert contents.is_current()
    (prefix / "conda-meta/frozen").unlink()
    assert not contents.is_current()
    assert not read_prefix(str(prefix)).is_frozen


def test_a_kernel_json_that_was_edited_in_place(tmp_path: Path) -> None:
    prefix = make_prefix(tmp_path / "env", "python3")
    age(tmp_path)
    contents = read_prefix(str(prefix))
    file = prefix / "share/jupyter/kernels/python3/kernel.json"
    file.write_text(file.read_text() + " ")
    assert not contents.is_current()


def test_a_kernel_json_that_was_replaced_by_one_of_the_same_age(tmp_path: Path) -> None:
    prefix = make_prefix(tmp_path / "env", "python3")
    age(tmp_path)
    contents = read_prefix(str(prefix))
    file = prefix / "share/jupyter/kernels/python3/kernel.json"
    status = file.stat()
    other = file.with_name("other")
    other.write_bytes(file.read_bytes())
    other.replace(file)
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert not contents.is_current()


def test_an_environment_without_kernel_that_gets_one(tmp_path: Path) -> None:
    prefix = make_prefix(tmp_path / "env")
    age(tmp_path)
    contents = read_prefix(str(prefix))
    assert contents.is_current()
    add_kernel(prefix)
    assert not contents.is_current()


def test_a_broken_kernel_is_looked_at_each_time(tmp_path: Path) -> None:
    prefix = make_prefix(tmp_path / "env", "python3", python=False)
    age(tmp_path)
    assert not read_prefix(str(prefix)).is_current()


def test_resource_files(tmp_path: Path) -> None:
    for name in ("logo-svg.svg", "logo-64x64.png", "kernel.js", "kernel.json", "other.css"):
        (tmp_path / name).touch()
    assert resource_files(str(tmp_path)) == ["kernel.js", "logo-64x64.png", "logo-svg.svg"]
    assert resource_files(f"{tmp_path}/nowhere") == []


@pytest.mark.parametrize(("place", "expected"), [("miniforge3", True), ("miniforge3/envs/tools", False)])
def test_the_package_conda_makes_no_environment_a_root(tmp_path: Path, place: str, *, expected: bool) -> None:
    prefix = tmp_path / place
    (prefix / "conda-meta").mkdir(parents=True)
    (prefix / "conda-meta" / "history").touch()
    (prefix / "condabin").mkdir()
    assert read_prefix(str(prefix)).is_root is expected
