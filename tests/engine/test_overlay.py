from __future__ import annotations

import hashlib
import json
import os
import socket
from pathlib import Path

import pytest

from jupyter_envkernels.engine.overlay import Carried, carry_over, tracked_paths
from jupyter_envkernels.errors import Forbidden, InvalidSpec


def record(prefix: Path, files: dict[str, str | None]) -> None:
    """Write a package record: file -> placeholder, if any."""
    paths = [{"_path": name, **({"prefix_placeholder": old} if old else {})} for name, old in files.items()]
    (prefix / "conda-meta").mkdir(parents=True)
    content = {"name": "p", "files": list(files), "paths_data": {"paths": paths, "paths_version": 1}}
    (prefix / "conda-meta" / "p-1.0-0.json").write_text(json.dumps(content))


def make_source(folder: Path) -> Path:
    """An environment with one package of four files, and whatever a test adds to it."""
    source = folder / "source"
    record(source, {"lib/kept.py": None, "lib/changed.py": None, "lib/gone.py": None, "bin/tool": "/placeholder"})
    (source / "lib").mkdir()
    (source / "bin").mkdir()
    (source / "lib" / "kept.py").write_text("kept")
    (source / "lib" / "changed.py").write_text("changed by pip")
    (source / "bin" / "tool").write_text(f"#!{source}/bin/python")
    return source


def make_copy(folder: Path) -> Path:
    """The same package, freshly installed."""
    copy = folder / ".clone.new"
    (copy / "lib").mkdir(parents=True)
    (copy / "bin").mkdir()
    (copy / "conda-meta").mkdir()
    os.link(folder / "source" / "lib" / "kept.py", copy / "lib" / "kept.py")
    (copy / "lib" / "changed.py").write_text("as packaged")
    (copy / "lib" / "gone.py").write_text("taken away by pip")
    (copy / "bin" / "tool").write_text(f"#!{folder}/clone/bin/python")
    return copy


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return make_source(tmp_path)


@pytest.fixture
def copy(tmp_path: Path, source: Path) -> Path:
    assert source.is_dir()
    return make_copy(tmp_path)


def test_changed_and_removed_files_of_packages(tmp_path: Path, source: Path, copy: Path) -> None:
    assert carry_over(source, copy, tmp_path / "clone") == Carried(2, ())
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
    assert tracked.rewritten == {"bin/tool": ""}


def write_record(prefix: Path, content: object) -> None:
    """A second package's record."""
    (prefix / "conda-meta" / "q-1.0-0.json").write_text(json.dumps(content))


def test_names_that_lead_out_are_not_of_the_prefix(tmp_path: Path, source: Path, copy: Path) -> None:
    precious = tmp_path / "precious.txt"
    precious.write_text("mine")
    names = ["../precious.txt", str(precious), "lib/../../precious.txt", "", "."]
    write_record(source, {"files": names, "paths_data": {"paths": [{"_path": name} for name in names]}})
    assert tracked_paths(source).paths == {"lib/kept.py", "lib/changed.py", "lib/gone.py", "bin/tool"}
    carry_over(source, copy, tmp_path / "clone")
    assert precious.read_text() == "mine"


@pytest.mark.parametrize(
    "content", [[], {"files": 5}, {"paths_data": {"paths": [{}]}}, {"paths_data": {"paths": ["lib/x"]}}]
)
def test_a_record_that_is_none(source: Path, content: object) -> None:
    write_record(source, content)
    with pytest.raises(InvalidSpec, match=r"q-1\.0-0\.json cannot be read"):
        tracked_paths(source)


def test_a_record_that_is_not_json(source: Path) -> None:
    (source / "conda-meta" / "q-1.0-0.json").write_bytes(b"\xff{")
    with pytest.raises(InvalidSpec, match=r"q-1\.0-0\.json cannot be read"):
        tracked_paths(source)


def test_a_folder_that_was_replaced_by_a_link_takes_nothing_away_elsewhere(
    tmp_path: Path, source: Path, copy: Path
) -> None:
    write_record(source, {"files": ["share/data/file", "share/data/other"]})
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "file").write_text("mine")
    (source / "share").mkdir()
    (source / "share" / "data").symlink_to(tmp_path / "elsewhere")
    (copy / "share" / "data").mkdir(parents=True)
    (copy / "share" / "data" / "file").write_text("as packaged")
    carry_over(source, copy, tmp_path / "clone")
    assert (copy / "share" / "data").readlink() == tmp_path / "elsewhere"
    assert (tmp_path / "elsewhere" / "file").read_text() == "mine"


def test_nothing_is_taken_away_through_a_link_that_leads_out(tmp_path: Path, source: Path, copy: Path) -> None:
    write_record(source, {"files": ["share/data", "share/data/file"]})
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "file").write_text("mine")
    (copy / "share").mkdir()
    (copy / "share" / "data").symlink_to(tmp_path / "elsewhere")
    carry_over(source, copy, tmp_path / "clone")
    assert (tmp_path / "elsewhere" / "file").read_text() == "mine"


def test_a_link_that_was_replaced_by_a_folder(tmp_path: Path, source: Path, copy: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (source / "share" / "data").mkdir(parents=True)
    (source / "share" / "data" / "file").write_text("own")
    (copy / "share").mkdir()
    (copy / "share" / "data").symlink_to(tmp_path / "elsewhere")
    carry_over(source, copy, tmp_path / "clone")
    assert (copy / "share" / "data" / "file").read_text() == "own"
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_folder_that_a_record_names(tmp_path: Path, source: Path, copy: Path) -> None:
    write_record(source, {"paths_data": {"paths": [{"_path": "var/empty", "path_type": "directory"}]}})
    (copy / "var" / "empty").mkdir(parents=True)
    carry_over(source, copy, tmp_path / "clone")
    assert (copy / "var" / "empty").is_dir()


def test_only_the_prefix_itself_is_replaced(tmp_path: Path, source: Path, copy: Path) -> None:
    text = "{0}\n{0}/lib:{0};'{0}' {0}. {0}-tools {0}tools {0}.bak/x {0}_2 {0}\N{LATIN SMALL LETTER E WITH ACUTE}\n"
    (source / "lib" / "x.pth").write_text(text.format(source), encoding="utf-8")
    carry_over(source, copy, tmp_path / "clone")
    new, old = tmp_path / "clone", source
    expected = f"{new}\n{new}/lib:{new};'{new}' {new}. {old}-tools {old}tools {old}.bak/x {old}_2 {old}\u00e9\n"
    assert (copy / "lib" / "x.pth").read_text(encoding="utf-8") == expected


def test_sockets_and_pipes_are_left_out(
    tmp_path: Path, source: Path, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(source / "pipe")
    monkeypatch.chdir(source)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("pg.sock")
        carried = carry_over(source, copy, tmp_path / "clone")
    assert sorted(carried.skipped) == [source / "pg.sock", source / "pipe"]
    assert not (copy / "pg.sock").exists()
    assert not (copy / "pipe").exists()


@pytest.mark.parametrize(("name", "mode"), [("lib", 0o000), ("lib", 0o311), ("lib/changed.py", 0o000)])
def test_what_may_not_be_read_fails_the_clone(ordinary: Path, name: str, mode: int) -> None:
    source, copy = make_source(ordinary), make_copy(ordinary)
    (source / name).chmod(mode)
    try:
        with pytest.raises(Forbidden, match=f"you may not read {source / name}"):
            carry_over(source, copy, ordinary / "clone")
    finally:
        (source / name).chmod(0o755)
    assert (copy / "lib" / "gone.py").exists()


def test_a_big_file_is_copied_as_it_is(tmp_path: Path, source: Path, copy: Path) -> None:
    (source / "big.txt").write_bytes(os.fsencode(source) + b"\n" * (8 << 20))
    (source / "late.txt").write_bytes(os.fsencode(source) + b"x" * (1 << 17) + b"\0")
    carry_over(source, copy, tmp_path / "clone")
    for name in ("big.txt", "late.txt"):
        assert (copy / name).read_bytes() == (source / name).read_bytes()


def test_an_edited_file_that_holds_the_prefix(tmp_path: Path, source: Path, copy: Path) -> None:
    (source / "bin" / "tool").write_text(f"#!{source}/bin/python\n# edited\n")
    assert carry_over(source, copy, tmp_path / "clone").files == 3
    assert (copy / "bin" / "tool").read_text() == f"#!{tmp_path}/clone/bin/python\n# edited\n"


def test_an_edited_file_that_holds_the_prefix_no_more(tmp_path: Path, source: Path, copy: Path) -> None:
    (source / "bin" / "tool").write_text("#!/bin/sh\n")
    carry_over(source, copy, tmp_path / "clone")
    assert (copy / "bin" / "tool").read_text() == "#!/bin/sh\n"


def test_a_program_that_holds_the_prefix_is_the_copy_s_own(tmp_path: Path, source: Path, copy: Path) -> None:
    (source / "bin" / "tool").write_bytes(b"\0" + os.fsencode(source))
    (copy / "bin" / "tool").write_bytes(b"\0" + os.fsencode(tmp_path / "clone"))
    carry_over(source, copy, tmp_path / "clone")
    assert (copy / "bin" / "tool").read_bytes() == b"\0" + os.fsencode(tmp_path / "clone")


@pytest.mark.parametrize(
    "kind",
    [
        {"prefix_placeholder": "/placeholder", "sha256_in_prefix": "{hash}", "sha256": "0"},
        {"path_type": "unix_python_entry_point", "sha256": "{hash}"},
    ],
)
def test_an_unchanged_file_that_the_installer_wrote_otherwise(
    tmp_path: Path, source: Path, copy: Path, kind: dict[str, str]
) -> None:
    """A prefix that is too long for a shebang gets another one."""
    content = f"#!{source}/bin/python\n".encode()
    digest = hashlib.sha256(content).hexdigest()
    entry = {"_path": "bin/entry", **{key: value.replace("{hash}", digest) for key, value in kind.items()}}
    write_record(source, {"paths_data": {"paths": [entry]}})
    (source / "bin" / "entry").write_bytes(content)
    (copy / "bin" / "entry").write_text("#!/usr/bin/env python\n")
    assert carry_over(source, copy, tmp_path / "clone").files == 2
    assert (copy / "bin" / "entry").read_text() == "#!/usr/bin/env python\n"
