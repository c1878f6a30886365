from __future__ import annotations

import json
from pathlib import Path

import pytest

from jupyter_envkernels.envs.kernel_json import parse_kernel_json, resolve_argv
from tests.prefixes import add_program, make_prefix

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
        (b'{"argv": ["python"], "env": {"A=B": "1"}}', '"env" must hold texts'),
        (b'{"argv": ["python"], "metadata": null}', '"metadata" must be an object'),
        (b'{"argv": ["python"], "metadata": []}', '"metadata" must be an object'),
        (b'{"argv": ["python"], "display_name": null}', '"display_name" must be a text'),
        (b'{"argv": ["python"], "language": 3}', '"language" must be a text'),
        (b'{"argv": ["python"], "env": {"A": 1}}', '"env" must hold texts'),
        (b'{"argv": ["python"], "interrupt_mode": "never"}', '"interrupt_mode"'),
        (b'{"argv": ["python"], "kernel_protocol_version": 5}', '"kernel_protocol_version"'),
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
    argv, problem = resolve_argv([program, "--home={prefix}", "{connection_file}"], str(prefix))
    assert argv == [expected.replace("{prefix}", str(prefix)), f"--home={prefix}", "{connection_file}"]
    assert problem is None


@pytest.mark.parametrize("program", ["python", "python3", "/gone/bin/julia"])
def test_a_command_that_is_not_there(tmp_path: Path, program: str) -> None:
    prefix = make_prefix(tmp_path / "env", python=False)
    _, problem = resolve_argv([program], str(prefix))
    assert problem is not None
    assert problem.code == "no-executable"
