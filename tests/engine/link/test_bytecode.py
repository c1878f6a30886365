from __future__ import annotations

import importlib.util
import json
import py_compile
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from jupyter_envkernels.engine.link.bytecode import compile_later, compile_now, drop_stale

SITE = Path("lib", f"python3.{sys.version_info.minor}", "site-packages")


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    """A prefix whose Python is this one."""
    prefix = tmp_path / "env"
    (prefix / "bin").mkdir(parents=True)
    (prefix / SITE / "package").mkdir(parents=True)
    (prefix / "bin" / "python").symlink_to(sys.executable)
    for name in ("one.py", "two.py", "package/three.py"):
        (prefix / SITE / name).write_text(f"NAME = {name!r}\n")
    return prefix


def compiled(prefix: Path) -> set[str]:
    return {path.name.split(".")[0] for path in (prefix / SITE).rglob("*.pyc")}


def add_record(prefix: Path, name: str, *modules: str) -> Path:
    """Have a package of conda bring modules; its record."""
    record = prefix / "conda-meta" / f"{name}-1.0-0.json"
    record.parent.mkdir(exist_ok=True)
    files = [(SITE / module).as_posix() for module in modules]
    paths = [{"_path": file, "path_type": "hardlink"} for file in files]
    record.write_text(json.dumps({"name": name, "files": files, "paths_data": {"paths_version": 1, "paths": paths}}))
    return record


def bytecode_in(record: Path) -> set[str]:
    """The modules whose bytecode a record names."""
    return {Path(name).name.split(".")[0] for name in json.loads(record.read_text())["files"] if name.endswith(".pyc")}


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_everything_that_compiles_is_compiled(prefix: Path) -> None:
    (prefix / SITE / "broken.py").write_text("def broken(:\n")
    process = compile_later(prefix)
    assert process is not None
    assert process.wait(30) == 0
    assert compiled(prefix) == {"one", "two", "three"}


def test_it_is_entered_into_the_records_of_packages(prefix: Path) -> None:
    (prefix / SITE / "broken.py").write_text("def broken(:\n")
    record = add_record(prefix, "one", "one.py", "package/three.py", "broken.py", "gone.py")
    process = compile_later(prefix)
    assert process is not None
    assert process.wait(30) == 0
    assert compiled(prefix) == {"one", "two", "three"}
    assert bytecode_in(record) == {"one", "three"}  # and two is of pip


def test_each_package_is_entered_when_it_is_compiled(prefix: Path) -> None:
    names = [f"module{number}.py" for number in range(3000)]
    for name in names:
        (prefix / SITE / name).write_text("X = 1\n" * 50)
    records = [add_record(prefix, "many", *names), add_record(prefix, "ipykernel", "one.py")]
    process = compile_later(prefix)
    assert process is not None
    wait_for(lambda: len(compiled(prefix)) > 10)
    (compiler,) = psutil.Process(process.pid).children()
    assert [bytecode_in(record) for record in records] == [set(), {"one"}]
    process.kill()
    process.wait(10)
    compiler.wait(10)  # it does not go on alone
    assert len(compiled(prefix)) < 3000
    again = compile_later(prefix)
    assert again is not None
    again.wait(60)
    assert len(bytecode_in(records[0])) == 3000


def test_folders_of_packages_that_others_remove_do_not_come_back(prefix: Path) -> None:
    names = [f"module{number}.py" for number in range(3000)]
    for name in names:
        (prefix / SITE / "package" / name).write_text("X = 1\n" * 50)
    record = add_record(prefix, "many", *(f"package/{name}" for name in names))
    process = compile_later(prefix)
    assert process is not None
    wait_for(lambda: len(compiled(prefix)) > 10)
    record.unlink()
    while (prefix / SITE / "package").exists():
        shutil.rmtree(prefix / SITE / "package", ignore_errors=True)
    process.wait(30)
    assert not (prefix / SITE / "package").exists()
    assert list(record.parent.iterdir()) == []


def test_python_takes_what_was_compiled(prefix: Path) -> None:
    process = compile_later(prefix)
    assert process is not None
    process.wait(30)
    source = prefix / SITE / "one.py"
    spec = importlib.util.spec_from_file_location("one", source)
    assert spec is not None
    assert spec.loader is not None
    assert spec.cached is not None
    before = Path(spec.cached).stat().st_mtime_ns
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.NAME == "one.py"
    assert Path(spec.cached).stat().st_mtime_ns == before


def compiling(prefix: Path) -> subprocess.Popen[bytes]:
    """The process in the middle of 3000 modules."""
    for number in range(3000):
        (prefix / SITE / f"module{number}.py").write_text("X = 1\n" * 50)
    process = compile_later(prefix)
    assert process is not None
    deadline = time.monotonic() + 20
    while not compiled(prefix):
        assert time.monotonic() < deadline
    return process


def test_it_stops_when_the_environment_goes(prefix: Path, tmp_path: Path) -> None:
    process = compiling(prefix)
    prefix.rename(tmp_path / "trash")
    assert process.wait(10) == 0
    assert not prefix.exists()
    assert len(compiled(tmp_path / "trash")) < 3000


def test_it_stops_when_files_vanish(prefix: Path) -> None:
    process = compiling(prefix)
    for source in (prefix / SITE).glob("module*.py"):
        source.unlink()
    assert process.wait(10) == 0
    assert len(compiled(prefix)) < 3000


def test_without_python_there_is_nothing_to_do(tmp_path: Path) -> None:
    assert compile_later(tmp_path) is None


async def test_what_others_use_is_compiled_at_once(prefix: Path) -> None:
    await compile_now(prefix)
    assert compiled(prefix) == {"one", "two", "three"}


async def test_an_environment_without_python_is_none_to_compile(tmp_path: Path) -> None:
    await compile_now(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_bytecode_without_its_source_goes(prefix: Path) -> None:
    process = compile_later(prefix)
    assert process is not None
    process.wait(30)
    (prefix / SITE / "package" / "three.py").unlink()
    (prefix / SITE / "two.py").write_text("NAME = 'another, and longer'\n")
    drop_stale(prefix)
    assert compiled(prefix) == {"one"}
    assert not (prefix / SITE / "package").exists()  # which could still be imported, as an empty package


def test_bytecode_that_is_known_by_a_hash_stays(prefix: Path) -> None:
    source = prefix / SITE / "one.py"
    py_compile.compile(str(source), invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
    (prefix / SITE / "mine").mkdir()
    drop_stale(prefix)
    assert compiled(prefix) == {"one"}
    assert (prefix / SITE / "mine").is_dir()
