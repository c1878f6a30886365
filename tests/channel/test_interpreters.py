from __future__ import annotations

import platform
import sys
from pathlib import Path

from .interpreters import Interpreter, find_interpreters


def test_a_virtual_environment_gives_its_base() -> None:
    interpreter = Interpreter.probe(Path(sys.executable))

    assert interpreter is not None
    assert interpreter.prefix == Path(sys.base_prefix)
    assert interpreter.version == platform.python_version()
    assert interpreter.abi == f"cp{sys.version_info[0]}{sys.version_info[1]}"
    assert (interpreter.stdlib / "os.py").is_file()


def test_what_is_no_python_is_none(tmp_path: Path) -> None:
    fails = tmp_path / "fails"
    fails.write_text("#!/bin/sh\nexit 1\n")
    fails.chmod(0o755)
    talks = tmp_path / "talks"
    talks.write_text("#!/bin/sh\necho hello\n")
    talks.chmod(0o755)

    assert Interpreter.probe(fails) is None
    assert Interpreter.probe(talks) is None
    assert Interpreter.probe(tmp_path / "missing") is None


def test_the_running_python_is_preferred() -> None:
    found = find_interpreters()

    assert found[f"{sys.version_info[0]}.{sys.version_info[1]}"][0].prefix == Path(sys.base_prefix)
    minors = [candidates[0].minor for candidates in found.values()]
    assert minors == sorted(set(minors))
    executables = [i.executable.resolve() for candidates in found.values() for i in candidates]
    assert len(executables) == len(set(executables))
