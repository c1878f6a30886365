"""Twins of prefixes, and what becomes of their sources meanwhile."""

from __future__ import annotations

import os
from pathlib import Path

from jupyter_envkernels.engine.link.snapshot import catch_up, twin
from jupyter_envkernels.engine.progress import Tally

from .test_clone import copy, source

__all__ = ["copy", "source"]


def test_a_twin_is_the_same_files_but_for_its_records(source: Path, copy: Path) -> None:
    (source / "lib" / "link").symlink_to("deep/kept")
    (source / "lib" / "folder").symlink_to("deep")
    (source / "lib" / "deep").chmod(0o750)
    os.mkfifo(source / "lib" / "pipe")
    twin(source, copy, Tally())
    assert (copy / "lib" / "deep" / "changed").samefile(source / "lib" / "deep" / "changed")
    assert not (copy / "conda-meta" / "history").samefile(source / "conda-meta" / "history")
    assert (copy / "conda-meta" / "history").read_text() == "==> history of the source <==\n"
    assert (copy / "lib" / "link").readlink() == Path("deep/kept")
    assert (copy / "lib" / "folder").readlink() == Path("deep")
    assert (copy / "lib" / "deep").stat().st_mode & 0o777 == 0o750
    assert not (copy / "lib" / "pipe").exists()


def test_what_is_written_meanwhile_is_not_lost(source: Path, copy: Path) -> None:
    (source / "lib" / "notes").write_text("old")
    (source / "lib" / "saved.py").write_text("old")
    seen = twin(source, copy, Tally())
    (source / "new").mkdir()
    (source / "new" / "file").write_text("new")
    (source / "new" / "link").symlink_to("file")
    (source / "lib" / "notes").write_text("longer than before")
    (source / "lib" / "fresh").write_text("saved by a rename, as editors do")
    (source / "lib" / "fresh").replace(source / "lib" / "saved.py")
    (source / "conda-meta" / "late.json").write_text("{}")
    (source / "lib" / "deep" / "__pycache__").mkdir()
    (source / "lib" / "deep" / "__pycache__" / "x.pyc").write_text("")
    caught = catch_up(source, copy, seen)
    assert caught.count == 4
    assert (copy / "new" / "file").read_text() == "new"
    assert (copy / "new" / "link").readlink() == Path("file")
    assert (copy / "lib" / "notes").read_text() == "longer than before"
    assert (copy / "lib" / "saved.py").read_text() == "saved by a rename, as editors do"
    assert not (copy / "conda-meta" / "late.json").exists()
    assert not (copy / "lib" / "deep" / "__pycache__").exists()
    (copy / "lib" / "notes").write_text("changed here")
    (source / "lib" / "fresh").write_text("newer than that")
    (source / "lib" / "fresh").replace(source / "new" / "file")
    assert catch_up(source, copy, caught.seen).count == 1, "what has come since the last time"
    assert (copy / "new" / "file").read_text() == "newer than that"
    assert (copy / "lib" / "notes").read_text() == "changed here"


def test_what_a_package_has_brought_meanwhile_stays(source: Path, copy: Path) -> None:
    seen = twin(source, copy, Tally())
    for name in ("kept", "changed"):
        (source / "lib" / "deep" / "fresh").write_text("edited")
        (source / "lib" / "deep" / "fresh").replace(source / "lib" / "deep" / name)
    (copy / "lib" / "deep" / "kept").unlink()
    (copy / "lib" / "deep" / "kept").write_text("of the new package")
    assert catch_up(source, copy, seen).count == 1
    assert (copy / "lib" / "deep" / "kept").read_text() == "of the new package"
    assert (copy / "lib" / "deep" / "changed").read_text() == "edited"


def test_what_a_person_has_apart_from_packages_is_one_file_in_both(source: Path, copy: Path) -> None:
    (source / "work").mkdir()
    for name in ("work/log", "notes"):
        (source / name).write_text("one\n")
    with (source / "work" / "log").open("a") as log:
        seen = twin(source, copy, Tally())
        log.write("two\n")
        log.flush()
        assert catch_up(source, copy, seen).count == 0
        log.write("three\n")
    assert (copy / "work" / "log").read_text() == "one\ntwo\nthree\n"
    assert (copy / "notes").samefile(source / "notes")


def test_what_was_copied_is_one_file_in_both_in_the_end(source: Path, copy: Path) -> None:
    for name in ("log", "other"):
        (source / "lib" / name).write_text("old")
    (source / "lib" / "link").symlink_to("log")
    seen = twin(source, copy, Tally())
    assert not (copy / "lib" / "log").samefile(source / "lib" / "log")
    (copy / "lib" / "other").write_text("of the twin")
    caught = catch_up(source, copy, seen, for_good=True)
    assert (caught.count, caught.beside) == (0, []), "nothing has changed"
    assert (copy / "lib" / "log").samefile(source / "lib" / "log")
    assert (copy / "lib" / "other").read_text() == "of the twin"
    assert (copy / "lib" / "link").readlink() == Path("log")


def test_a_file_that_has_changed_in_both_stays_twice(source: Path, copy: Path) -> None:
    seen = twin(source, copy, Tally())
    (source / "lib" / "new.txt").write_text("of the source")
    (copy / "lib" / "new.txt").write_text("of the twin")
    caught = catch_up(source, copy, seen, for_good=True)
    assert (caught.count, caught.beside) == (0, ["lib/new.txt"])
    assert (copy / "lib" / "new.txt").read_text() == "of the twin"
    assert (copy / "lib" / "new.before-update.txt").read_text() == "of the source"
    assert catch_up(source, copy, caught.seen, for_good=True).beside == []


def test_what_was_deleted_renamed_or_protected_meanwhile_is_so(source: Path, copy: Path) -> None:
    work = source / "work"
    for name in ("old/deep", "gone", "kept"):
        (work / name).mkdir(parents=True)
    for name in ("old/deep/file", "gone/file", "deleted", "name", "link", "edited", "back"):
        (work / name).write_text(name)
    (source / "lib" / "deep" / "mine").write_text("mine")
    seen = twin(source, copy, Tally())
    (work / "deleted").unlink()
    (work / "name").rename(work / "renamed")
    (work / "old").rename(work / "new")
    (work / "gone" / "file").unlink()
    (work / "gone").rmdir()
    (work / "empty").mkdir(mode=0o750)
    (work / "edited").unlink()
    (copy / "work" / "edited").unlink()
    (copy / "work" / "edited").write_text("in the twin")
    (copy / "work" / "back").unlink()
    work.chmod(0o700)
    (source / "lib" / "deep" / "mine").chmod(0o600)
    (source / "lib" / "deep" / "kept").unlink()
    caught = catch_up(source, copy, seen)
    names = {path.relative_to(copy / "work").as_posix() for path in (copy / "work").rglob("*")}
    assert names == {"renamed", "new", "new/deep", "new/deep/file", "empty", "kept", "link", "edited"}
    assert (copy / "work" / "edited").read_text() == "in the twin"
    assert (copy / "work").stat().st_mode & 0o777 == 0o700
    assert (copy / "work" / "empty").stat().st_mode & 0o777 == 0o750
    assert (copy / "lib" / "deep" / "mine").stat().st_mode & 0o777 == 0o600
    assert (copy / "lib" / "deep" / "kept").exists(), "it is of a package"
    assert catch_up(source, copy, caught.seen).count == 0


def test_a_folder_that_is_a_link_now_and_the_other_way_round(source: Path, copy: Path, tmp_path: Path) -> None:
    for name in ("one/file", "elsewhere/one/file", "elsewhere/two/file"):
        folder = source if name == "one/file" else tmp_path
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_text("old")
    (source / "two").symlink_to(tmp_path / "elsewhere" / "two")
    seen = twin(source, copy, Tally())
    (source / "one" / "file").unlink()
    (source / "one").rmdir()
    (source / "one").symlink_to(tmp_path / "elsewhere" / "one")
    (source / "two").unlink()
    (source / "two").mkdir()
    (source / "two" / "file").write_text("new")
    assert catch_up(source, copy, seen).beside == []
    assert (copy / "one").readlink() == tmp_path / "elsewhere" / "one"
    assert (copy / "two" / "file").read_text() == "new"
    assert (tmp_path / "elsewhere" / "two" / "file").read_text() == "old"


def test_scripts_may_write_into_what_nobody_owns(source: Path, copy: Path) -> None:
    (source / "lib" / "loaders.cache").write_text("old")
    twin(source, copy, Tally())
    (copy / "lib" / "loaders.cache").write_text("new")
    assert (source / "lib" / "loaders.cache").read_text() == "old"


def test_folders_keep_their_group(source: Path, copy: Path) -> None:
    os.chown(source / "lib", -1, os.getgid())
    (source / "lib").chmod(0o2775)
    twin(source, copy, Tally())
    assert (copy / "lib").stat().st_mode & 0o7777 == 0o2775
    assert (copy / "lib").stat().st_gid == (source / "lib").stat().st_gid
