"""Records of packages are as conda writes them, and bytecode is entered only into those that are still the same."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from jupyter_envkernels.engine.link.package_records import complete_records, enter_bytecode, modules_of
from jupyter_envkernels.system import system

CODE = "lib/python3.12/site-packages/a/__pycache__/one.cpython-312.pyc"


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    prefix = tmp_path / "lesson"
    (prefix / "conda-meta").mkdir(parents=True)
    return prefix


@pytest.fixture
def record(prefix: Path) -> Path:
    """The record of a package with a module that has bytecode, and one that has none any more."""
    site = "lib/python3.12/site-packages/a"
    modules, gone = [f"{site}/one.py", f"{site}/two.py"], f"{site}/__pycache__/two.cpython-312.pyc"
    (prefix / CODE).parent.mkdir(parents=True)
    for name in (*modules, f"{site}/other.py", CODE, CODE.replace("one", "other")):
        (prefix / name).touch()
    paths = [{"_path": name, "path_type": "hardlink", "sha256": "ab"} for name in modules]
    return write(prefix, [*modules, gone], [*paths, {"_path": gone, "path_type": "pyc_file"}])


def write(prefix: Path, files: list[str], paths: list[dict[str, Any]]) -> Path:
    record = prefix / "conda-meta" / "a-1.0-0.json"
    content = {"name": "a", "files": files, "paths_data": {"paths_version": 1, "paths": paths}}
    record.write_text(json.dumps(content))
    return record


def paths_of(record: Path) -> dict[str, dict[str, Any]]:
    content = json.loads(record.read_text())
    paths = {entry.pop("_path"): entry for entry in content["paths_data"]["paths"]}
    assert content["files"] == list(paths)
    return paths


def test_records_may_be_read_by_others(prefix: Path) -> None:
    record = prefix / "conda-meta" / "a-1.0-0.json"
    record.write_text("{}")
    record.chmod(0o600)
    umask = os.umask(0o022)
    try:
        complete_records(prefix)
    finally:
        os.umask(umask)
    assert record.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("https://user:sEcret@conda.example/forge/noarch/a.conda", "https://conda.example/forge/noarch/a.conda"),
        ("https://conda.example/t/tk-sEcret/forge/noarch/a.conda", "https://conda.example/forge/noarch/a.conda"),
    ],
)
def test_records_hold_no_credentials(prefix: Path, written: str, kept: str) -> None:
    record = prefix / "conda-meta" / "a-1.0-0.json"
    content = {"name": "a", "url": written, "channel": written, "requested_specs": [f"{written}::a"], "files": ["t/x"]}
    record.write_text(json.dumps(content))
    complete_records(prefix)
    assert json.loads(record.read_text()) == {
        "name": "a",
        "url": kept,
        "channel": kept,
        "requested_specs": [f"{kept}::a"],
        "files": ["t/x"],
    }


def test_a_record_without_credentials_stays_as_it_is(prefix: Path) -> None:
    record = prefix / "conda-meta" / "a-1.0-0.json"
    record.write_text('{"url":  "https://conda.example/forge/noarch/a.conda"}')
    complete_records(prefix)
    assert record.read_text() == '{"url":  "https://conda.example/forge/noarch/a.conda"}'


def test_hashes_are_those_that_conda_compares(prefix: Path) -> None:
    paths = {
        "plain": {"path_type": "hardlink", "sha256": "ab"},
        "fitted": {"path_type": "hardlink", "sha256": "ab", "sha256_in_prefix": "cd", "prefix_placeholder": "/x"},
        "link": {"path_type": "softlink", "sha256": "ab", "sha256_in_prefix": "ef"},
        "entry": {"path_type": "unix_python_entry_point", "sha256": "ab"},
    }
    record = write(prefix, list(paths), [{"_path": name, **entry} for name, entry in paths.items()])
    complete_records(prefix)
    assert paths_of(record) == {
        **paths,
        "plain": {"path_type": "hardlink", "sha256": "ab", "sha256_in_prefix": "ab"},
        "link": {"path_type": "softlink", "sha256": "ab"},
    }


def test_bytecode_in_a_record_is_what_is_there(prefix: Path, record: Path) -> None:
    complete_records(prefix)
    paths = paths_of(record)
    assert [name for name in paths if name.endswith(".pyc")] == [CODE]
    assert paths[CODE] == {"path_type": "pyc_file"}
    before = record.read_bytes()
    complete_records(prefix)
    assert record.read_bytes() == before


def test_bytecode_that_a_package_brings_is_its_file(prefix: Path, record: Path) -> None:
    entry = {"path_type": "hardlink", "sha256": "ab", "sha256_in_prefix": "ab"}
    write(prefix, [CODE.replace("__pycache__/one.cpython-312.pyc", "one.py"), CODE], [])
    complete_records(prefix)
    assert json.loads(record.read_text())["files"].count(CODE) == 1
    write(prefix, [CODE], [{"_path": CODE, **entry}])
    (prefix / CODE).unlink()
    complete_records(prefix)
    assert paths_of(record) == {CODE: entry}


def test_a_record_that_bytecode_is_entered_into_keeps_time_and_mode(prefix: Path, record: Path) -> None:
    record.chmod(0o640)
    os.utime(record, ns=(10**18, 10**18))
    enter_bytecode(prefix, record)
    assert CODE in paths_of(record)
    assert (record.stat().st_mtime_ns, record.stat().st_mode & 0o777) == (10**18, 0o640)
    assert [path.name for path in record.parent.iterdir()] == [record.name]


def before_the_exchange(monkeypatch: pytest.MonkeyPatch, work: Any) -> None:
    """Do something at the last moment before a record is replaced."""
    calls, exchange = [work], system.exchange

    def late(left: Path, right: Path) -> bool:
        if calls:
            calls.pop()()
        return exchange(left, right)

    monkeypatch.setattr(system, "exchange", late)


@pytest.mark.usefixtures("renaming")
def test_a_record_that_others_replace_meanwhile_stays_theirs(
    prefix: Path, record: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = record.with_name("fresh")
    fresh.write_text("of conda")
    before_the_exchange(monkeypatch, lambda: fresh.replace(record))
    enter_bytecode(prefix, record)
    assert record.read_text() == "of conda"
    assert [path.name for path in record.parent.iterdir()] == [record.name]


@pytest.mark.usefixtures("renaming")
def test_a_record_that_others_remove_meanwhile_is_not_there_again(
    prefix: Path, record: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before_the_exchange(monkeypatch, record.unlink)
    with pytest.raises(FileNotFoundError):
        enter_bytecode(prefix, record)
    assert list((prefix / "conda-meta").iterdir()) == []


def test_what_a_crash_left_goes(prefix: Path, record: Path) -> None:
    left = record.with_name(f".{record.name}.4711")
    left.write_text("half")
    complete_records(prefix)
    assert [path.name for path in record.parent.iterdir()] == [record.name]


def test_modules_of_a_package(prefix: Path, record: Path) -> None:
    assert [Path(name).name for name in modules_of(record)] == ["one.py", "two.py"]
    record.write_text("{")
    assert modules_of(record) == []
    assert modules_of(prefix / "gone") == []
