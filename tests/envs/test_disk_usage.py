"""Bytes as du(1) counts them, told apart by who else has the file."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_envkernels.envs.disk_usage import DiskUsage, free_bytes


def measured(prefix: Path) -> tuple[int, int]:
    usage = DiskUsage(os.path.realpath(prefix))
    for _ in usage.steps():
        pass
    return usage.own, usage.shared


def du(*paths: Path) -> int:
    """What du finds below a path, hard links once; of several, what is only below the last."""
    done = subprocess.run(["du", "-s", "-B1", *map(str, paths)], capture_output=True, text=True, check=True)
    return int(done.stdout.splitlines()[-1].split()[0])


def fill(folder: Path, *names: str) -> None:
    for number, name in enumerate(names, 1):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(os.urandom(10_000 * number))


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    fill(tmp_path / "lesson", "bin/python", "lib/a/b/c.py", "lib/a/d.py", "empty/x")
    return tmp_path / "lesson"


def test_without_links_all_is_its_own(prefix: Path) -> None:
    (prefix / "lib" / "link.py").symlink_to("/usr/bin")
    assert measured(prefix) == (du(prefix), 0)


def test_what_is_shared_counts_by_parts(prefix: Path, tmp_path: Path) -> None:
    """The package cache has a link, and counts for nothing; a file counts once however many environments have it."""

    def charged(*names: str) -> list[int]:
        usages = [DiskUsage(os.path.realpath(tmp_path / name)) for name in names]
        for usage in usages:
            for _ in usage.steps():
                pass
        return [usage.charged for usage in usages]

    whole = du(prefix)
    assert charged("lesson") == [whole]
    shutil.copytree(prefix, tmp_path / "cache", copy_function=os.link)
    assert charged("lesson") == [whole], "in the cache, and in one environment"
    folders = whole - sum(os.lstat(path).st_blocks * 512 for path in prefix.rglob("*") if path.is_file())
    for number in (2, 3):
        shutil.copytree(prefix, tmp_path / f"clone{number}", copy_function=os.link)
        found = charged("lesson", *(f"clone{other}" for other in range(2, number + 1)))
        assert sum(found) == pytest.approx(whole + (number - 1) * folders, abs=100)
        assert len(set(found)) == 1
    os.link(prefix / "bin" / "python", prefix / "bin" / "python3")
    assert charged("lesson")[0] > found[0], "two of its links are here"


def test_links_inside_the_prefix_count_once_and_as_its_own(prefix: Path) -> None:
    before = measured(prefix)
    os.link(prefix / "bin" / "python", prefix / "bin" / "python3")
    os.link(prefix / "bin" / "python", prefix / "lib" / "python3.12")
    assert measured(prefix) == before == (du(prefix), 0)


def test_what_the_cache_has_too_is_shared(prefix: Path, tmp_path: Path) -> None:
    whole = du(prefix)
    os.link(prefix / "bin" / "python", prefix / "bin" / "python3")
    (tmp_path / "pkgs").mkdir()
    os.link(prefix / "bin" / "python", tmp_path / "pkgs" / "python")
    size = (prefix / "bin" / "python").stat().st_blocks * 512
    assert size
    assert measured(prefix) == (whole - size, size)


def test_own_is_what_removal_frees(prefix: Path, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    subprocess.run(["cp", "-al", str(prefix), str(clone)], check=True)
    fill(clone, "lib/only-here.py")
    own, shared = measured(clone)
    assert own == du(prefix, clone)  # du names of the second only what the first has not
    assert own + shared == du(clone)
    shutil.rmtree(prefix)
    assert measured(clone) == (own + shared, 0)


def test_of_a_root_the_environments_and_the_cache_do_not_count(prefix: Path) -> None:
    (prefix / "condabin").mkdir()
    before = measured(prefix)
    fill(prefix, "pkgs/a", "envs/other/b")
    assert measured(prefix) == before
    (prefix / "condabin").rmdir()
    assert measured(prefix) == (du(prefix), 0)


def test_a_large_folder_takes_several_steps(prefix: Path) -> None:
    for number in range(450):
        (prefix / "empty" / str(number)).touch()
    usage = DiskUsage(str(prefix))
    assert sum(1 for _ in usage.steps()) > 6  # its folders are 5


def test_what_cannot_be_read_does_not_count(prefix: Path) -> None:
    steps = (usage := DiskUsage(str(prefix))).steps()
    next(steps)
    shutil.rmtree(prefix / "lib")
    assert list(steps)
    assert 0 < usage.own < 200_000


def test_no_prefix_no_bytes(tmp_path: Path) -> None:
    assert measured(tmp_path / "gone") == (0, 0)


def test_what_is_free(tmp_path: Path) -> None:
    free = free_bytes(tmp_path / "a" / "b")
    assert free is not None
    assert free == pytest.approx(shutil.disk_usage(tmp_path).free, rel=0.2)


@pytest.mark.skipif(sys.platform != "linux", reason="there is no file system without blocks")
def test_what_is_free_is_not_always_known() -> None:
    assert free_bytes(Path("/proc/lesson")) is None
