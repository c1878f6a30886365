"""Bytecode goes from one environment to another where the source is the same."""

from __future__ import annotations

import os
import py_compile
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_envkernels.engine.link.shared_bytecode import add_donor, donors, share_bytecode, trusted_donors
from jupyter_envkernels.envs.trust import Trust

SITE = Path("lib", f"python3.{sys.version_info.minor}", "site-packages")


@pytest.fixture
def giver(tmp_path: Path) -> Path:
    """A prefix with compiled modules."""
    folder = tmp_path / "giver" / SITE / "package"
    folder.mkdir(parents=True)
    for name in ("one", "two", "changed"):
        (folder / f"{name}.py").write_text(f"NAME = {name!r}\n")
        py_compile.compile(str(folder / f"{name}.py"), doraise=True)
    return tmp_path / "giver"


@pytest.fixture
def taker(giver: Path, tmp_path: Path) -> Path:
    """A prefix of the same files, one of them a copy, and one another."""
    source, folder = giver / SITE / "package", tmp_path / "taker" / SITE / "package"
    folder.mkdir(parents=True)
    os.link(source / "one.py", folder / "one.py")
    shutil.copy2(source / "two.py", folder / "two.py")
    (folder / "changed.py").write_text("NAME = 'another'\n")
    return tmp_path / "taker"


def test_the_same_source_has_the_same_bytecode(giver: Path, taker: Path, tmp_path: Path) -> None:
    assert share_bytecode([tmp_path / "gone", giver], taker) == 1
    caches = [prefix / SITE / "package" / "__pycache__" for prefix in (giver, taker)]
    names = sorted(path.name.split(".")[0] for path in caches[1].iterdir())
    assert names == ["one"]  # a copy may hold another prefix of the same length
    assert all((caches[0] / path.name).samefile(path) for path in caches[1].iterdir())


def test_python_takes_it(giver: Path, taker: Path) -> None:
    share_bytecode([giver], taker)
    code = "import package.one as m; print(m.__cached__); print(m.__file__); print((lambda: 0).__code__.co_filename)"
    taken = taker / SITE / "package" / "__pycache__" / f"one.{sys.implementation.cache_tag}.pyc"
    before = taken.stat()
    environ = {**os.environ, "PYTHONPATH": str(taker / SITE)}
    said = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True).stdout
    assert str(giver) not in said
    assert (taken.stat().st_ino, taken.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_what_is_there_stays(giver: Path, taker: Path) -> None:
    cache = taker / SITE / "package" / "__pycache__"
    cache.mkdir()
    own = cache / f"one.{sys.implementation.cache_tag}.pyc"
    own.write_bytes(b"mine")
    assert share_bytecode([giver], taker) == 0
    assert own.read_bytes() == b"mine"


def test_what_one_giver_lacks_another_has(giver: Path, taker: Path, tmp_path: Path) -> None:
    tag = sys.implementation.cache_tag
    (taker / SITE / "package" / "two.py").unlink()
    os.link(giver / SITE / "package" / "two.py", taker / SITE / "package" / "two.py")
    shutil.copytree(giver, tmp_path / "first", copy_function=os.link)
    cache = tmp_path / "first" / SITE / "package" / "__pycache__"
    (cache / f"two.{tag}.pyc").unlink()
    (cache / f"one.{tag}.pyc").unlink()
    (cache / f"one.{tag}.pyc").write_bytes(b"of the first")
    assert share_bytecode([tmp_path / "first", giver], taker) == 2
    shared = taker / SITE / "package" / "__pycache__"
    assert (shared / f"one.{tag}.pyc").samefile(cache / f"one.{tag}.pyc")
    assert (shared / f"two.{tag}.pyc").samefile(giver / SITE / "package" / "__pycache__" / f"two.{tag}.pyc")


def test_the_newest_donors_are_remembered(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    assert donors(cache) == ()
    add_donor(cache, tmp_path)  # without a folder it cannot, and need not
    assert donors(cache) == ()
    cache.mkdir()
    for number in range(20):
        add_donor(cache, tmp_path / str(number))
    add_donor(cache, tmp_path / "15")
    known = [path.name for path in donors(cache)]
    assert known[:3] == ["15", "19", "18"]
    assert len(known) == 10
    assert [path.name for path in cache.iterdir()] == ["bytecode-donors.txt"]


def test_a_donor_that_others_can_change_gives_nothing(tmp_path: Path) -> None:
    mine, open_to_all = tmp_path / "mine", tmp_path / "open"
    for prefix in (mine, open_to_all):
        prefix.mkdir()
        add_donor(tmp_path, prefix)
    open_to_all.chmod(0o777)
    assert trusted_donors(tmp_path, Trust((str(tmp_path),))) == [mine]
