from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from .cpython import NotRelocatableError, build_python
from .interpreters import Interpreter
from .package import PLACEHOLDER, Package

SHOW = """
import json, ssl, sqlite3, sys, sysconfig
maps = open("/proc/self/maps").read()
print(json.dumps([sys.prefix, sys.version, sysconfig.get_path("purelib"), sys.path, maps]))
"""


def running() -> Interpreter:
    interpreter = Interpreter.probe(Path(sys.executable))
    assert interpreter is not None
    return interpreter


def layouts() -> list[Interpreter]:
    """The running Python and the system's own, which is laid out differently on Debian."""
    system = Interpreter.probe(Path("/usr/bin/python3"))
    found = [running()]
    if system is not None and system.minor >= 9 and system not in found:
        found.append(system)
    return found


def link(package: Package, prefix: Path) -> None:
    for path, entry in package.files.items():
        target = prefix / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if entry.link_to is not None:
            target.symlink_to(entry.link_to)
        else:
            target.write_bytes(entry.data.replace(PLACEHOLDER.encode(), str(prefix).encode()))
            target.chmod(entry.mode)


@pytest.fixture(params=layouts(), ids=lambda i: str(i.executable), scope="module")
def interpreter(request: pytest.FixtureRequest) -> Interpreter:
    found: Interpreter = request.param
    return found


@pytest.fixture(scope="module")
def packages(interpreter: Interpreter) -> list[Package]:
    return build_python(interpreter)


@pytest.fixture(scope="module")
def prefix(packages: list[Package], tmp_path_factory: pytest.TempPathFactory) -> Path:
    prefix = tmp_path_factory.mktemp("linked") / "env"
    link(packages[0], prefix)
    return prefix


def test_a_repackaged_python_runs_elsewhere(interpreter: Interpreter, packages: list[Package], prefix: Path) -> None:
    shown = subprocess.run([prefix / "bin" / "python", "-I", "-c", SHOW], capture_output=True, text=True, check=True)
    found_prefix, version, purelib, path, maps = json.loads(shown.stdout)
    assert found_prefix == str(prefix)
    assert version.startswith(interpreter.version)
    assert purelib == f"{prefix}/lib/python{interpreter.xy}/site-packages"
    assert purelib in path
    assert all(entry.startswith(str(prefix)) for entry in path)
    if interpreter.prefix != Path("/usr"):
        assert f"{interpreter.prefix}/" not in maps
    python, python_abi = packages
    assert f"python_abi {interpreter.xy}.* *_{interpreter.abi}" in python.depends
    assert python_abi.build.endswith(f"_{interpreter.abi}")


def test_a_repackaged_python_can_be_repackaged(packages: list[Package], prefix: Path) -> None:
    """It refers to its libraries relative to itself, as conda's own Pythons and uv's do."""
    copy = Interpreter.probe(prefix / "bin" / "python")
    assert copy is not None
    assert copy.prefix == prefix

    again, _ = build_python(copy)

    assert set(again.files) == set(packages[0].files)


def test_what_does_not_run_is_refused(tmp_path: Path) -> None:
    stdlib = tmp_path / "lib" / "python3.12"
    stdlib.mkdir(parents=True)
    (stdlib / "site.py").write_text("")
    executable = tmp_path / "python3.12"
    executable.write_text("#!/bin/sh\necho sorry >&2\nexit 1\n")
    broken = Interpreter(executable, "3.12.0", tmp_path, stdlib)

    with pytest.raises(NotRelocatableError, match=r"python3\.12: .*"):
        build_python(broken)
