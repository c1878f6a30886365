from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_envkernels.envs.kernel_json import Command, parse_kernel_json, resolve_argv
from tests.prefixes import add_program, age, make_prefix

KERNEL_JSON = "share/jupyter/kernels/python3/kernel.json"
GOOD = {"argv": ["python", "-m", "ipykernel_launcher"], "display_name": "Python 3", "language": "python"}


def test_a_good_one() -> None:
    assert parse_kernel_json(json.dumps(GOOD).encode()) == GOOD
    assert parse_kernel_json(b'{"argv": ["R"]}') == {"argv": ["R"]}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'{"argv": ["python', "not JSON"),
        (b"", "not JSON"),
        ('{"display_name": "Pythön"}'.encode("latin-1"), "not UTF-8"),
        (b"[1, 2]", "an object"),
        (b"null", "an object"),
        (b'{"display_name": "x"}', '"argv"'),
        (b'{"argv": []}', '"argv"'),
        (b'{"argv": "python"}', '"argv"'),
        (b'{"argv": ["python", 3]}', '"argv"'),
        (b'{"argv": ["python\\u0000"]}', '"argv"'),
        (b'{"argv": ["python"], "env": {"A=B": "1"}}', '"env" must have text values'),
        (b'{"argv": ["python"], "metadata": null}', '"metadata" must be an object'),
        (b'{"argv": ["python"], "metadata": []}', '"metadata" must be an object'),
        (b'{"argv": ["python"], "display_name": null}', '"display_name" must be a text'),
        (b'{"argv": ["python"], "language": 3}', '"language" must be a text'),
        (b'{"argv": ["python"], "env": {"A": 1}}', '"env" must have text values'),
        (b'{"argv": ["python"], "interrupt_mode": "never"}', '"interrupt_mode"'),
        (b'{"argv": ["python"], "kernel_protocol_version": 5}', '"kernel_protocol_version"'),
        (b'{"argv": ["python"], "metadata": {"x": NaN}}', "not JSON"),
        (b'{"argv": ["python"], "metadata": {"x": %s}}' % (b"[" * 60 + b"]" * 60), "nested too deeply"),
        (b'{"argv": ["python"], "x": %s' % (b"[" * 30_000), "nested too deeply"),
    ],
)
def test_bad_ones_say_what_is_wrong(content: bytes, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_kernel_json(content)


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("{prefix}/bin/python", "{prefix}/bin/python"),
        ("python", "{prefix}/bin/python"),
        ("R", "{prefix}/bin/R"),
        ("/where/it/was/built/bin/python", "{prefix}/bin/python"),
        ("/bin/sh", "/bin/sh"),
        ("octave-of-the-system", "octave-of-the-system"),
    ],
)
def test_the_command_is_one_of_the_prefix(tmp_path: Path, program: str, expected: str) -> None:
    prefix = make_prefix(tmp_path / "env {x}")
    add_program(prefix, "R")
    command = resolve_argv([program, "--home={prefix}", "{connection_file}"], str(prefix), KERNEL_JSON)
    argv = [expected.replace("{prefix}", str(prefix)), f"--home={prefix}", "{connection_file}"]
    assert command == Command(argv)


@pytest.mark.parametrize("program", ["python", "python3", "/gone/bin/julia"])
def test_a_command_that_is_not_there(tmp_path: Path, program: str) -> None:
    prefix = make_prefix(tmp_path / "env", python=False)
    problem = resolve_argv([program], str(prefix), KERNEL_JSON).problem
    assert problem is not None
    assert problem.code == "no-executable"


@pytest.mark.parametrize("folder", ["bin", "lib/R/bin"])
def test_the_interpreter_of_another_prefix(tmp_path: Path, folder: str) -> None:
    prefix, other = make_prefix(tmp_path / "env"), make_prefix(tmp_path / "other")
    (other / folder).mkdir(parents=True, exist_ok=True)
    program = other / folder / "python"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert resolve_argv([str(program)], str(prefix), KERNEL_JSON) == Command([str(program)], None, str(other))


def test_a_roundabout_path_to_it(tmp_path: Path) -> None:
    prefix, other = make_prefix(tmp_path / "env"), make_prefix(tmp_path / "other")
    assert resolve_argv(["{prefix}/bin/../../other/bin/python"], str(prefix), KERNEL_JSON).other_prefix == str(other)


def test_that_of_an_environment_in_a_base(tmp_path: Path) -> None:
    base = make_prefix(tmp_path / "base")
    inner = make_prefix(base / "envs/inner")
    assert resolve_argv([f"{inner}/bin/python"], str(base), KERNEL_JSON).other_prefix == str(inner)
    assert resolve_argv([f"{base}/bin/python"], str(inner), KERNEL_JSON).other_prefix == str(base)


def test_a_link_to_the_prefix_is_no_other(tmp_path: Path) -> None:
    prefix = make_prefix(tmp_path / "env")
    (tmp_path / "link").symlink_to(prefix)
    for path, seen in ((prefix, tmp_path / "link"), (tmp_path / "link", prefix)):
        command = resolve_argv([f"{path}/bin/python"], str(seen), KERNEL_JSON)
        assert command == Command([f"{path}/bin/python"])


def record_of_conda(prefix: Path) -> None:
    record = {"name": "ipykernel", "files": ["bin/x", KERNEL_JSON]}
    (prefix / "conda-meta/ipykernel-7.1-0.json").write_text(json.dumps(record))


def record_of_pip(prefix: Path) -> None:
    info = prefix / "lib/python3.12/site-packages/ipykernel-7.1.dist-info"
    info.mkdir(parents=True)
    (info / "RECORD").write_text(f"ipykernel/__init__.py,,\n../../../{KERNEL_JSON},sha256=x,500\n")


@pytest.mark.parametrize("write", [record_of_conda, record_of_pip])
def test_kernelspecs_of_packages_run_the_interpreter_of_their_prefix(
    tmp_path: Path, write: Callable[[Path], None]
) -> None:
    """As in an environment that was moved, where another one has taken its old place."""
    prefix, other = make_prefix(tmp_path / "moved"), make_prefix(tmp_path / "old")
    write(prefix)
    program = str(other / "bin/python")
    assert resolve_argv([program], str(prefix), KERNEL_JSON) == Command([f"{prefix}/bin/python"])
    assert resolve_argv([program], str(prefix), KERNEL_JSON.replace("3", "2")).other_prefix == str(other)
    (prefix / "bin/python").unlink()
    command = resolve_argv([program], str(prefix), KERNEL_JSON)
    assert command.problem is not None
    assert command.argv == [f"{prefix}/bin/python"]


def test_a_record_that_comes_later_is_seen(tmp_path: Path) -> None:
    prefix, other = make_prefix(tmp_path / "env"), make_prefix(tmp_path / "other")
    age(prefix)
    program = f"{other}/bin/python"
    assert resolve_argv([program], str(prefix), KERNEL_JSON).other_prefix
    record_of_conda(prefix)
    assert not resolve_argv([program], str(prefix), KERNEL_JSON).other_prefix
