from __future__ import annotations

import hashlib
import json
import os
import sys
from pathlib import Path

import pytest

from jupyter_envkernels.engine.verify.kernel_check import broken_kernels, is_sure, remember, verify_kernels
from jupyter_envkernels.errors import VerifyFailed
from jupyter_envkernels.models import Plan, PlannedPackage
from tests.engine.fakes import Heard
from tests.prefixes import add_kernel, add_program, make_prefix

from .test_kernel_age import kernel_plan

SITE = Path("lib", f"python3.{sys.version_info.minor}", "site-packages")


def make(prefix: Path, module: str = "lab_kernel", *, source: str | None = "") -> None:
    """A virtual environment of this python, with a kernelspec, and a module in its place."""
    (prefix / "bin").mkdir()
    program = Path(sys.executable).resolve()
    (prefix / "bin" / "python").symlink_to(program)
    (prefix / "pyvenv.cfg").write_text(f"home = {program.parent}\n")
    kernel = prefix / "share" / "jupyter" / "kernels" / "python3"
    kernel.mkdir(parents=True)
    (kernel / "kernel.json").write_text(json.dumps({"argv": ["python", "-m", module, "-f", "{connection_file}"]}))
    (prefix / SITE).mkdir(parents=True)
    if source is not None:
        (prefix / SITE / f"{module}.py").write_text(source)


@pytest.mark.parametrize("imports", [True, False])
async def test_a_kernel_that_is_there(tmp_path: Path, *, imports: bool) -> None:
    make(tmp_path, source=f"open({str(tmp_path / 'imported')!r}, 'w').close()")
    log = Heard()
    await verify_kernels(tmp_path, os.environ, log, imports=imports)
    assert (tmp_path / "imported").exists() == imports
    assert log.lines == []


async def test_a_module_that_does_not_import(tmp_path: Path) -> None:
    make(tmp_path, source="import no_such_module")
    log = Heard()
    with pytest.raises(VerifyFailed, match="No module named 'no_such_module'"):
        await verify_kernels(tmp_path, os.environ, log, imports=True)
    assert "Traceback" in "\n".join(log.lines)


async def test_an_error_of_several_lines(tmp_path: Path) -> None:
    make(tmp_path, source="raise ImportError('\\n\\nRead this.\\nAnd this.\\n\\n')")
    with pytest.raises(VerifyFailed, match=r"does not start: ImportError: Read this\.$") as failed:
        await verify_kernels(tmp_path, os.environ, Heard(), imports=True)
    assert "pip section" in failed.value.remedy


async def test_an_error_from_elsewhere(tmp_path: Path) -> None:
    prefix, elsewhere = tmp_path / "prefix", tmp_path / "elsewhere"
    prefix.mkdir()
    elsewhere.mkdir()
    make(prefix, source="import theirs")
    (prefix / SITE / "theirs.pth").write_text(f"{elsewhere}\n")
    (elsewhere / "theirs.py").write_text("raise ImportError('no way')")
    with pytest.raises(VerifyFailed, match="ImportError: no way") as failed:
        await verify_kernels(prefix, os.environ, Heard(), imports=True)
    assert failed.value.remedy.startswith(f"{elsewhere}/theirs.py is outside of the environment; ")


async def test_what_is_not_of_the_environment_has_no_part(tmp_path: Path) -> None:
    prefix, home = tmp_path / "prefix", tmp_path / "home"
    prefix.mkdir()
    make(prefix, source="import decimal")
    planted = [prefix, tmp_path / "path", home / ".local" / SITE]
    for folder in planted:
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("decimal", "sitecustomize", "usercustomize"):
            (folder / f"{name}.py").write_text(f"raise SystemExit({str(folder)!r})")
    environ = {**os.environ, "PYTHONPATH": str(tmp_path / "path"), "HOME": str(home)}
    await verify_kernels(prefix, environ, Heard(), imports=True)


@pytest.mark.parametrize("imports", [True, False])
async def test_a_module_that_is_not_there(tmp_path: Path, *, imports: bool) -> None:
    make(tmp_path, source=None)
    with pytest.raises(VerifyFailed, match="No module named 'lab_kernel'"):
        await verify_kernels(tmp_path, os.environ, Heard(), imports=imports)


async def test_a_module_elsewhere_is_imported_to_be_sure(tmp_path: Path) -> None:
    make(tmp_path, source=None)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "lab_kernel.py").write_text(f"open({str(tmp_path / 'imported')!r}, 'w').close()")
    (tmp_path / SITE / "elsewhere.pth").write_text(f"{elsewhere}\n")
    await verify_kernels(tmp_path, os.environ, Heard(), imports=False)
    assert (tmp_path / "imported").exists()


async def test_a_program_that_is_not_there(tmp_path: Path) -> None:
    make(tmp_path)
    (tmp_path / "bin" / "python").unlink()
    with pytest.raises(VerifyFailed, match="its program python does not exist"):
        await verify_kernels(tmp_path, os.environ, Heard(), imports=False)


async def test_the_interpreter_of_another_prefix_is_not_run(tmp_path: Path) -> None:
    program = add_program(make_prefix(tmp_path / "other"), "python")
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    prefix = make_prefix(tmp_path / "env")
    add_kernel(prefix, argv=[str(program), "-m", "lab_kernel"])
    log = Heard()
    await verify_kernels(prefix, os.environ, log, imports=True)
    assert f"python3 runs the interpreter of {tmp_path}/other" in "\n".join(log.lines)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("text", ["no JSON", "{}", '{"argv": []}'])
async def test_a_kernelspec_that_is_none(tmp_path: Path, text: str) -> None:
    make(tmp_path)
    (tmp_path / "share" / "jupyter" / "kernels" / "python3" / "kernel.json").write_text(text)
    with pytest.raises(VerifyFailed, match=r"The kernelspec .* (cannot be read|has no argv)"):
        await verify_kernels(tmp_path, os.environ, Heard(), imports=False)


async def test_a_program_on_the_path_will_do(tmp_path: Path) -> None:
    kernel = tmp_path / "share" / "jupyter" / "kernels" / "bash"
    kernel.mkdir(parents=True)
    (kernel / "kernel.json").write_text(json.dumps({"argv": ["sh", "kernel.sh"]}))
    log = Heard()
    await verify_kernels(tmp_path, dict(os.environ), log, imports=True)
    assert log.lines == []
    with pytest.raises(VerifyFailed, match="its program sh does not exist"):
        await verify_kernels(tmp_path, {"PATH": str(tmp_path)}, log, imports=True)


def plan(name: str = "demo", pip: tuple[str, ...] = ()) -> Plan:
    sha = hashlib.sha256(name.encode()).hexdigest()
    package = PlannedPackage(name, "1", "0", "c", "noarch", f"c/{name}", sha, 1, cached=True, record="{}")
    return Plan((package,), pip=pip)


def test_what_is_sure_is_remembered(tmp_path: Path) -> None:
    assert not is_sure(plan(), tmp_path / "cache")
    remember(plan(), tmp_path / "cache")
    assert is_sure(plan(), tmp_path / "cache")
    assert not is_sure(plan("other"), tmp_path / "cache")


def test_a_kernel_of_its_time_needs_no_predecessor(tmp_path: Path) -> None:
    assert is_sure(kernel_plan(), tmp_path / "cache")
    assert not is_sure(kernel_plan(built=0), tmp_path / "cache")
    assert not is_sure(kernel_plan(pip=("demo",)), tmp_path / "cache")


def test_what_pip_installs_is_never_known_before(tmp_path: Path) -> None:
    remember(plan(pip=("demo",)), tmp_path / "cache")
    assert not is_sure(plan(pip=("demo",)), tmp_path / "cache")
    assert not (tmp_path / "cache").exists()


def test_a_cache_that_cannot_be_written_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    remember(plan(), tmp_path / "cache")
    assert not is_sure(plan(), tmp_path / "cache")


async def test_a_kernel_that_was_broken_before_is_excused(tmp_path: Path) -> None:
    make(tmp_path, source=None)
    log = Heard()
    broken = await broken_kernels(tmp_path, os.environ)
    assert broken == {"python3"}
    await verify_kernels(tmp_path, os.environ, log, imports=True, excused=broken)
    assert "python3 did not work before" in "\n".join(log.lines)
    with pytest.raises(VerifyFailed):
        await verify_kernels(tmp_path, os.environ, log, imports=True)


async def test_a_kernel_that_works_needs_no_excuse(tmp_path: Path) -> None:
    make(tmp_path)
    assert await broken_kernels(tmp_path, os.environ) == frozenset()
