from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from jupyter_envkernels.engine.overlay import carry_over, tracked_paths


def record(prefix: Path, files: dict[str, str | None]) -> None:
    """Write a package record: file -> placeholder, if any."""
    paths = [{"_path": name, **({"prefix_placeholder": old} if old else {})} for name, old in files.items()]
    (prefix / "conda-meta").mkdir(parents=True)
    content = {"name": "p", "files": list(files), "paths_data": {"paths": paths, "paths_version": 1}}
    (prefix / "conda-meta" / "p-1.0-0.json").write_text(json.dumps(content))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """An environment with one package of four files, and whatever a test adds to it."""
    source = tmp_path / "source"
    record(source, {"lib/kept.py": None, "lib/changed.py": None, "lib/gone.py": None, "bin/tool": "/placeholder"})
    (source / "lib").mkdir()
    (source / "bin").mkdir()
    (source / "lib" / "kept.py").write_text("kept")
    (source / "lib" / "changed.py").write_text("changed by pip")
    (source / "bin" / "tool").write_text(f"#!{source}/bin/python")
    return source


@pytest.fixture
def copy(tmp_path: Path, source: Path) -> Path:
    """The same package, freshly installed."""
    copy = tmp_path / ".clone.new"
    (copy / "lib").mkdir(parents=True)
    (copy / "bin").mkdir()
    (copy / "conda-meta").mkdir()
    os.link(source / "lib" / "kept.py", copy / "lib" / "kept.py")
    (copy / "lib" / "changed.py").write_text("as packaged")
    (copy / "lib" / "gone.py").write_text("taken away by pip")
    (copy / "bin" / "tool").write_text(f"#!{tmp_path}/clone/bin/python")
    return copy


def test_changed_and_removed_files_of_packages(tmp_path: Path, source: Path, copy: Path) -> None:
    assert carry_over(source, copy, tmp_path / "clone") == 2
    assert (copy / "lib" / "changed.py").read_text() == "changed by pip"
    assert not (copy / "lib" / "gone.py").exists()
    assert (copy / "bin" / "tool").read_text() == f"#!{tmp_path}/clone/bin/python"
    assert (copy / "lib" / "kept.py").samefile(source / "lib" / "kept.py")


def test_untracked_files_speak_of_the_new_prefix(tmp_path: Path, source: Path, copy: Path) -> None:
    script = source / "bin" / "cowsay"
    script.write_text(f"#!{source}/bin/python\nimport cowsay\n")
    script.chmod(0o755)
    (source / "lib" / "data.bin").write_bytes(b"\0" + os.fsencode(source))
    (source / "bin" / "absolute").symlink_to(source / "bin" / "cowsay")
    (source / "bin" / "relative").symlink_to("cowsay")
    carry_over(source, copy, tmp_path / "clone")
    assert (copy / "bin" / "cowsay").read_text() == f"#!{tmp_path}/clone/bin/python\nimport cowsay\n"
    assert (copy / "bin" / "cowsay").stat().st_mode & 0o777 == 0o755
    assert (copy / "lib" / "data.bin").read_bytes() == b"\0" + os.fsencode(source)
    assert (copy / "bin" / "absolute").readlink() == tmp_path / "clone" / "bin" / "cowsay"
    assert (copy / "bin" / "relative").readlink() == Path("cowsay")


def test_what_a_clone_does_not_take(tmp_path: Path, source: Path, copy: Path) -> None:
    (source / "lib" / "__pycache__").mkdir()
    (source / "lib" / "__pycache__" / "kept.pyc").write_bytes(b"")
    (source / "envs" / "nested" / "conda-meta").mkdir(parents=True)
    (source / "conda-meta" / "history").write_text("==> history of the source <==")
    (source / "conda-meta" / "state").write_text('{"env_vars": {"A": "1"}}')
    carry_over(source, copy, tmp_path / "clone")
    assert not (copy / "lib" / "__pycache__").exists()
    assert not (copy / "envs").exists()
    assert not (copy / "conda-meta" / "history").exists()
    assert json.loads((copy / "conda-meta" / "state").read_text()) == {"env_vars": {"A": "1"}}


def test_the_source_is_untouched(tmp_path: Path, source: Path, copy: Path) -> None:
    before = {path: path.read_bytes() for path in source.rglob("*") if path.is_file()}
    carry_over(source, copy, tmp_path / "clone")
    assert before == {path: path.read_bytes() for path in source.rglob("*") if path.is_file()}


def test_tracked_paths(source: Path) -> None:
    tracked = tracked_paths(source)
    assert tracked.paths == {"lib/kept.py", "lib/changed.py", "lib/gone.py", "bin/tool"}
    assert tracked.rewritten == {"bin/tool"}
