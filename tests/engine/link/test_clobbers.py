from __future__ import annotations

import json
from pathlib import Path

import pytest

from jupyter_envkernels.engine.link.clobbers import PathConflict, conflicts, keep_aside, settle
from jupyter_envkernels.errors import LinkFailed


def record(prefix: Path, name: str, files: list[str], displaced: list[str]) -> None:
    paths = [{"_path": path} for path in files]
    paths += [{"_path": f"__clobbers__/{name}/{path}", "original_path": path} for path in displaced]
    content = {"name": name, "files": [path["_path"] for path in paths], "paths_data": {"paths": paths}}
    (prefix / "conda-meta").mkdir(parents=True, exist_ok=True)
    (prefix / "conda-meta" / f"{name}-1-0.json").write_text(json.dumps(content))
    for path in displaced:
        kept = prefix / "__clobbers__" / name / path
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.touch()


def test_each_pair_is_one_sentence(tmp_path: Path) -> None:
    paths = [f"bin/{number}" for number in range(7)]
    record(tmp_path, "a", paths, [])
    record(tmp_path, "b", ["bin/b"], paths)
    record(tmp_path, "c", [], ["bin/0"])
    assert PathConflict("a", "c", "bin/0") in conflicts(tmp_path)
    assert settle(tmp_path, (), prevent=False) == [
        "Path conflict: a and b both contain bin/0, bin/1, bin/2, bin/3, bin/4 and 2 more; that of a is used.",
        "Path conflict: a and c both contain bin/0; that of a is used.",
    ]
    assert settle(tmp_path, conflicts(tmp_path), prevent=True) == []
    with pytest.raises(LinkFailed, match="a and b both contain"):
        settle(tmp_path, (), prevent=True)
    assert (tmp_path / "__clobbers__/c/bin/0").exists()


def test_folders_of_former_conflicts_go(tmp_path: Path) -> None:
    record(tmp_path, "a", ["x"], [])
    (tmp_path / "__clobbers__" / "b" / "bin").mkdir(parents=True)
    assert settle(tmp_path, (), prevent=False) == []
    assert not (tmp_path / "__clobbers__").exists()
    assert conflicts(tmp_path / "nowhere") == set()


@pytest.fixture
def versions(tmp_path: Path) -> tuple[Path, Path]:
    """An environment and its new version: with package a, and in the new one with b, which brings a lot."""
    old, new = tmp_path / "old", tmp_path / "new"
    places = ["bin/a", "share/mine.bin", "share/same", "share/link", "share/new", "share/x.pyc"]
    for prefix in (old, new):
        record(prefix, "a", ["bin/a"], [])
        for place in places:
            (prefix / place).parent.mkdir(exist_ok=True)
            (prefix / place).write_text(place if "same" in place else prefix.name)
    record(new, "b-c", places, [])
    (old / "share" / "link").unlink()
    (old / "share" / "link").symlink_to("same")
    (old / "share" / "new").unlink()
    return old, new


def test_a_file_of_a_person_is_kept(versions: tuple[Path, Path]) -> None:
    old, new = versions
    (told,) = keep_aside(old, new, prevent=False)
    assert told.startswith("Path conflict: b-c contains share/link, share/mine.bin, where you had files; yours are")
    kept = new / "share"
    assert sorted(path.name for path in kept.glob("*before*")) == ["link.before-update", "mine.before-update.bin"]
    assert (kept / "mine.before-update.bin").samefile(old / "share" / "mine.bin")
    assert (kept / "link.before-update").readlink() == Path("same")
    assert (kept / "mine.bin").read_text() == "new"
    keep_aside(old, new, prevent=False)
    assert (kept / "mine.before-update-2.bin").exists(), "one that is kept already is not replaced"


def test_a_file_of_a_person_may_prevent_the_change(versions: tuple[Path, Path]) -> None:
    old, new = versions
    with pytest.raises(LinkFailed, match=r"b-c contains share/link, share/mine\.bin, but no package owns"):
        keep_aside(old, new, prevent=True)
    assert not list(new.glob("*/*before*"))
