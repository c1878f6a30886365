"""Prefixes copied by hard links: for updates, and as clones at another place."""

from __future__ import annotations

import hashlib
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from jupyter_envkernels.engine.link.clone import clone
from jupyter_envkernels.engine.link.snapshot import twin
from jupyter_envkernels.engine.progress import Tally
from jupyter_envkernels.errors import Forbidden, InvalidSpec


def make_source(folder: Path) -> Path:
    """An environment with a package of four files, one of them changed since, and one of pip's."""
    source = folder / "source"
    for name in ("conda-meta", "lib/deep", "bin", "lib/python3.12/site-packages/tool-1.dist-info"):
        (source / name).mkdir(parents=True)
    (source / "lib" / "deep" / "kept").write_text("kept")
    (source / "bin" / "script").write_text(f"#!{source}/bin/python\n")
    (source / "bin" / "script").chmod(0o755)
    padding = b"\0" * (256 - len(os.fsencode(source)))
    (source / "bin" / "program").write_bytes(b"\x7fELF\0" + os.fsencode(source) + padding + b"end")
    site = source / "lib" / "python3.12" / "site-packages"
    (site / "tool.py").write_text("x = 1\n")
    (site / "tool-1.dist-info" / "RECORD").write_text("tool.py,,\n")
    entries = [
        {"_path": "lib/deep/kept", "sha256": "0"},
        {"_path": "lib/deep/changed", "sha256": "0"},
        {"_path": "lib/gone"},
        {"_path": "bin/script", "prefix_placeholder": "/placeholder", "sha256_in_prefix": "old", "sha256": "0"},
        {"_path": "bin/program", "prefix_placeholder": "/placeholder", "sha256_in_prefix": "old", "sha256": "0"},
    ]
    record = {"name": "p", "paths_data": {"paths": entries, "paths_version": 1}}
    (source / "conda-meta" / "p-1.0-0.json").write_text(json.dumps(record))
    (source / "conda-meta" / "history").write_text("==> history of the source <==\n")
    (source / "lib" / "deep" / "changed").write_text("changed")
    later = time.time() + 10
    os.utime(source / "lib" / "deep" / "changed", (later, later))
    return source


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return make_source(tmp_path)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return tmp_path / ".clone.new"


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    """Where the clone will stand."""
    return tmp_path / "a-clone-with-a-longer-name"


def test_files_are_shared_unless_somebody_changed_them(source: Path, copy: Path, prefix: Path) -> None:
    assert clone(source, copy, prefix, Tally()) == ()
    shared = ["lib/deep/kept", "lib/python3.12/site-packages/tool.py"]
    assert all((copy / name).samefile(source / name) for name in shared)
    assert (copy / "lib" / "deep" / "changed").read_text() == "changed"
    assert not (copy / "lib" / "deep" / "changed").samefile(source / "lib" / "deep" / "changed")
    assert not (copy / "lib" / "gone").exists()


def test_what_holds_the_prefix_is_fitted_and_the_record_says_so(source: Path, copy: Path, prefix: Path) -> None:
    clone(source, copy, prefix, Tally())
    assert (copy / "bin" / "script").read_text() == f"#!{prefix}/bin/python\n"
    assert (copy / "bin" / "script").stat().st_mode & 0o777 == 0o755
    program = (copy / "bin" / "program").read_bytes()
    assert program.rstrip(b"end").rstrip(b"\0") == b"\x7fELF\0" + os.fsencode(prefix)
    assert len(program) == (source / "bin" / "program").stat().st_size
    entries = json.loads((copy / "conda-meta" / "p-1.0-0.json").read_text())["paths_data"]["paths"]
    hashes = {entry["_path"]: entry.get("sha256_in_prefix") for entry in entries}
    assert hashes["bin/program"] == hashlib.sha256(program).hexdigest()
    assert hashes["bin/script"] == hashlib.sha256((copy / "bin" / "script").read_bytes()).hexdigest()
    assert hashes["lib/deep/kept"] is None


def test_files_of_nobody_speak_of_the_new_prefix(source: Path, copy: Path, prefix: Path) -> None:
    script = source / "bin" / "cowsay"
    script.write_text(f"#!{source}/bin/python\nimport cowsay\n")
    (source / "lib" / "data.bin").write_bytes(b"\0" + os.fsencode(source))
    (source / "big.txt").write_bytes(os.fsencode(source) + b"\n" * (8 << 20))
    (source / "late.txt").write_bytes(os.fsencode(source) + b"x" * (1 << 17) + b"\0")
    (source / "bin" / "absolute").symlink_to(script)
    (source / "bin" / "relative").symlink_to("cowsay")
    (source / "share").symlink_to(source / "lib")
    clone(source, copy, prefix, Tally())
    assert (copy / "bin" / "cowsay").read_text() == f"#!{prefix}/bin/python\nimport cowsay\n"
    for name in ("lib/data.bin", "big.txt", "late.txt"):
        assert (copy / name).read_bytes() == (source / name).read_bytes()
        assert not (copy / name).samefile(source / name)
    assert (copy / "bin" / "absolute").readlink() == prefix / "bin" / "cowsay"
    assert (copy / "bin" / "relative").readlink() == Path("cowsay")
    assert (copy / "share").readlink() == prefix / "lib"


def test_a_script_of_pip_speaks_of_the_new_prefix(source: Path, copy: Path, prefix: Path) -> None:
    record = source / "lib" / "python3.12" / "site-packages" / "tool-1.dist-info" / "RECORD"
    (source / "bin" / "tool").write_text(f"#!{source}/bin/python\n")
    record.write_text("tool.py,,\n../../../bin/tool,,\n")
    clone(source, copy, prefix, Tally())
    assert (copy / "bin" / "tool").read_text() == f"#!{prefix}/bin/python\n"


def test_bytecode_goes_along(source: Path, copy: Path, prefix: Path) -> None:
    cache = source / "lib" / "deep" / "__pycache__"
    cache.mkdir()
    (cache / "kept.cpython-312.pyc").write_bytes(b"\0")
    clone(source, copy, prefix, Tally())
    assert (copy / "lib" / "deep" / "__pycache__" / "kept.cpython-312.pyc").samefile(cache / "kept.cpython-312.pyc")


def test_what_a_clone_does_not_take(source: Path, copy: Path, prefix: Path) -> None:
    (source / "envs" / "nested" / "conda-meta").mkdir(parents=True)
    (source / "work" / "nested" / "conda-meta").mkdir(parents=True)
    (source / "pkgs").mkdir()
    (source / "condabin").mkdir()
    (source / "condabin" / "conda").touch()
    (source / "conda-meta" / "frozen").write_text("{}")
    (source / "conda-meta" / "state").write_text('{"env_vars": {"A": "1"}}')
    clone(source, copy, prefix, Tally())
    names = {path.relative_to(copy).as_posix() for path in copy.rglob("*")}
    assert not names & {"envs", "pkgs", "work/nested", "conda-meta/history", "conda-meta/frozen"}
    assert json.loads((copy / "conda-meta" / "state").read_text()) == {"env_vars": {"A": "1"}}


def test_a_clone_is_not_what_its_source_s_job_has_made(source: Path, copy: Path, prefix: Path) -> None:
    (source / "conda-meta" / ".envkernels-committed").write_text("job")
    clone(source, copy, prefix, Tally())
    assert not (copy / "conda-meta" / ".envkernels-committed").exists()


def test_folders_that_only_the_base_keeps_for_others_are_a_person_s_own_elsewhere(
    source: Path, copy: Path, prefix: Path
) -> None:
    (source / "envs" / "nested" / "conda-meta").mkdir(parents=True)
    for name in ("envs/mine", "pkgs/mine"):
        (source / name).parent.mkdir(exist_ok=True)
        (source / name).write_text("data")
    clone(source, copy, prefix, Tally())
    assert (copy / "envs" / "mine").read_text() == (copy / "pkgs" / "mine").read_text() == "data"
    assert not (copy / "envs" / "nested").exists()


def test_a_source_without_write_bits(ordinary: Path) -> None:
    """As an administrator protects what others shall only read. The records of the copy are written into."""
    source = make_source(ordinary)
    for path in source.rglob("*"):
        if path.is_file():
            path.chmod(path.stat().st_mode & ~0o222)
    clone(source, ordinary / "copy", ordinary / "clone", Tally())
    twin(source, ordinary / "twin", Tally())
    for made in (ordinary / "copy", ordinary / "twin"):
        record = made / "conda-meta" / "p-1.0-0.json"
        record.write_text(record.read_text() + " ")
    assert '"old"' not in (ordinary / "copy" / "conda-meta" / "p-1.0-0.json").read_text()


def test_a_link_is_never_followed(tmp_path: Path, source: Path, copy: Path, prefix: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "file").write_text("mine")
    (source / "share").symlink_to(tmp_path / "elsewhere")
    clone(source, copy, prefix, Tally())
    assert (copy / "share").readlink() == tmp_path / "elsewhere"
    assert (tmp_path / "elsewhere" / "file").stat().st_nlink == 1


def test_the_source_is_untouched(source: Path, copy: Path, prefix: Path) -> None:
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in source.rglob("*") if path.is_file()}
    clone(source, copy, prefix, Tally())
    (copy / "bin" / "script").write_text("another")
    assert before == {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in source.rglob("*") if p.is_file()}


def test_sockets_and_pipes_are_left_out(
    source: Path, copy: Path, prefix: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(source / "pipe")
    monkeypatch.chdir(source)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("pg.sock")
        skipped = clone(source, copy, prefix, Tally())
    assert sorted(skipped) == [source / "pg.sock", source / "pipe"]
    assert not (copy / "pg.sock").exists()
    assert not (copy / "pipe").exists()


def test_a_record_that_is_none(source: Path, copy: Path, prefix: Path) -> None:
    (source / "conda-meta" / "q-1.0-0.json").write_bytes(b"\xff{")
    with pytest.raises(InvalidSpec, match=r"q-1\.0-0\.json cannot be read"):
        clone(source, copy, prefix, Tally())
    assert not copy.exists()


@pytest.mark.parametrize(("name", "mode"), [("lib", 0o000), ("lib", 0o311), ("bin/script", 0o000)])
def test_what_may_not_be_read_fails_the_clone(ordinary: Path, name: str, mode: int) -> None:
    source = make_source(ordinary)
    (source / name).chmod(mode)
    try:
        with pytest.raises(Forbidden, match=f"you may not read {source / name}"):
            clone(source, ordinary / "copy", ordinary / "clone", Tally())
    finally:
        (source / name).chmod(0o755)


@pytest.mark.parametrize("how", [twin, lambda source, copy, tally: clone(source, copy, copy.with_name("c"), tally)])
def test_files_that_cannot_be_linked_are_copied(
    source: Path, copy: Path, monkeypatch: pytest.MonkeyPatch, how: object
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refuse)
    assert callable(how)
    how(source, copy, Tally())
    copied = copy / "lib" / "deep" / "kept"
    assert copied.read_text() == "kept"
    assert not copied.samefile(source / "lib" / "deep" / "kept")


def test_a_file_of_a_moment_fails_nothing(
    source: Path, copy: Path, prefix: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.scandir

    @contextmanager
    def scandir(folder: str) -> Iterator[list[os.DirEntry[str]]]:
        moment = Path(folder, "was-there-just-now")
        moment.write_text("")
        with real(folder) as entries:
            found = list(entries)
        moment.unlink()
        yield found

    monkeypatch.setattr(os, "scandir", scandir)
    twin(source, copy, Tally())
    clone(source, copy.with_name("clone"), prefix, Tally())
    monkeypatch.undo()
    assert not [*copy.rglob("was-there-just-now"), *copy.with_name("clone").rglob("was-there-just-now")]


def test_bytecode_of_what_holds_the_prefix_is_left_behind(source: Path, copy: Path, prefix: Path) -> None:
    cache = source / "lib" / "__pycache__"
    cache.mkdir()
    (source / "lib" / "where.py").write_text(f"PREFIX = '{source}'\n")
    (source / "lib" / "plain.py").write_text("x = 1\n")
    for name in ("where", "plain"):
        (cache / f"{name}.cpython-312.pyc").write_bytes(b"\0")
    clone(source, copy, prefix, Tally())
    assert [path.name for path in (copy / "lib" / "__pycache__").iterdir()] == ["plain.cpython-312.pyc"]


def test_a_clone_of_a_clone_shares_no_edited_file(source: Path, copy: Path, prefix: Path, tmp_path: Path) -> None:
    clone(source, copy, prefix, Tally())
    copy.rename(prefix)
    clone(prefix, tmp_path / ".second", tmp_path / "second", Tally())
    assert not (tmp_path / ".second" / "lib" / "deep" / "changed").samefile(prefix / "lib" / "deep" / "changed")
    assert (tmp_path / ".second" / "lib" / "deep" / "kept").samefile(prefix / "lib" / "deep" / "kept")


def test_holes_stay_holes(source: Path, copy: Path, prefix: Path) -> None:
    size = 50 << 20
    with (source / "disk.img").open("wb") as file:
        file.write(b"\0begin")
        file.seek(size // 2)
        file.write(b"middle")
        file.truncate(size)
    os.utime(source / "disk.img", (1, 1))
    clone(source, copy, prefix, Tally())
    made = (copy / "disk.img").stat()
    assert (made.st_size, made.st_mtime) == (size, 1)
    assert made.st_blocks * 512 < 1 << 20
    assert (copy / "disk.img").read_bytes() == (source / "disk.img").read_bytes()


def test_names_of_one_file_are_of_one_file(source: Path, copy: Path, prefix: Path) -> None:
    (source / "data").write_bytes(b"\0data")
    (source / "lib" / "again").hardlink_to(source / "data")
    clone(source, copy, prefix, Tally())
    assert (copy / "lib" / "again").samefile(copy / "data")
    assert not (copy / "data").samefile(source / "data")
