from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from jupyter_envkernels.envs.prefix_data import (
    FilesRecord,
    PathData,
    PrefixRecord,
    is_in_records,
    read_record,
    read_records,
    record_path,
)
from jupyter_envkernels.errors import InvalidSpec


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    """A prefix with three records of some thousand bytes."""
    (tmp_path / "conda-meta").mkdir()
    for name in ("c", "a", "b"):
        content = {"name": name, "version": "1", "files": [f"lib/{name}", "x" * 1000], "paths_data": None}
        record_path(tmp_path, name, "1", "0").write_text(json.dumps(content))
    return tmp_path


def test_records_come_by_name_and_as_the_type_that_is_given(prefix: Path) -> None:
    assert [(path.name, record.version) for path, record in read_records(prefix, PrefixRecord)] == [
        (f"{name}-1-0.json", "1") for name in "abc"
    ]
    assert [record.paths for _, record in read_records(prefix, FilesRecord[PathData])] == [[], [], []]
    assert list(read_records(prefix / "gone", PrefixRecord)) == []


def test_the_paths_of_a_record(prefix: Path) -> None:
    path = record_path(prefix, "a", "1", "0")
    path.write_text('{"name": "a", "paths_data": {"paths": [{"_path": "bin/a", "path_type": "softlink"}]}}')
    (entry,) = read_record(path, FilesRecord[PathData]).paths
    assert (entry.path, entry.path_type, entry.original_path) == ("bin/a", "softlink", None)


def test_a_damaged_record_is_named(tmp_path: Path) -> None:
    record = tmp_path / "prompt-toolkit-1.0-0.json"
    record.write_text("{")
    with pytest.raises(InvalidSpec) as failed:
        read_record(record, PrefixRecord)
    assert str(record) in failed.value.message
    assert failed.value.remedy == "Delete this file, and install prompt-toolkit again."


def test_records_are_bounded_all_together(prefix: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jupyter_envkernels.envs.prefix_data._MAX_RECORDS_BYTES", 2500)
    with pytest.raises(InvalidSpec, match=r"c-1-0\.json cannot be read: .* more than"):
        list(read_records(prefix, PrefixRecord))


def test_a_pipe_is_no_record_and_does_not_block(prefix: Path) -> None:
    os.mkfifo(prefix / "conda-meta" / "b-2-0.json")
    with pytest.raises(InvalidSpec, match=r"b-2-0\.json cannot be read: .* not a regular file"):
        list(read_records(prefix, PrefixRecord))


def test_a_file_is_looked_for_in_all_records_that_can_be_read(prefix: Path) -> None:
    os.mkfifo(prefix / "conda-meta" / "a-2-0.json")
    assert is_in_records(prefix, "lib/c")
    assert not is_in_records(prefix, "lib")
