from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_envkernels.errors import NotFound
from jupyter_envkernels.jobs.journal import reader as module
from jupyter_envkernels.jobs.journal.reader import LOG_CHUNK, Journal, _read, fold
from jupyter_envkernels.jobs.journal.writer import writing
from jupyter_envkernels.models import Problem


def test_reading_on_from_an_offset(journal: Journal) -> None:
    first, offset = journal.read_events(0)
    assert [event.seq for event in first] == [1]
    assert journal.read_events(offset) == ([], offset)
    with writing(journal) as writer:
        writer.phase("checking", "Checking the location")
    following, _ = journal.read_events(offset)
    assert [event.seq for event in following] == [2]


def test_a_long_journal_is_read_from_its_end(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a client polls costs as much with ten thousand events as with ten."""
    with writing(journal) as writer:
        for number in range(10_000):
            writer.phase("downloading", f"Downloading {number}")
    size = journal.events_file.stat().st_size
    whole, _ = journal.read_events(0)
    read: list[int] = []

    def counted(path: Path, offset: int, length: int = -1) -> bytes:
        data = _read(path, offset, length)
        read.append(len(data))
        return data

    monkeypatch.setattr(module, "_read", counted)
    for after in (0, 1, 2, 4_000, 9_990, 10_000, 10_001, 10_002):
        assert journal.events(after) == [event for event in whole if event.seq > after]
    read.clear()
    assert journal.events(9_990) == whole[9_990:]
    assert journal.job() == fold(journal.id, journal.order(), whole)
    assert sum(read) < size / 10


def test_an_endless_log_is_read_to_its_end(journal: Journal) -> None:
    """By who follows it while it grows, each time from where the last answer ended."""
    text, offset = "", 0
    with writing(journal) as writer:
        for number in range(300):
            writer.log("\n".join(f"{number:03} {line:04} {'x' * 80}" for line in range(1000)))
            while part := journal.read_log(offset)[0]:
                text += part
                offset += len(part)
        writer.state("failed", "No", Problem("pip-failed", "No", ""))
    text += journal.read_log(offset)[0]
    assert text == journal.log_file.read_text()
    assert len(text) < 8_000_000
    assert " 000 0000 " in text.splitlines()[0]
    assert " 299 0999 " in text.splitlines()[-1]


def test_job_times(journal: Journal) -> None:
    assert journal.job().started is None
    with writing(journal) as writer:
        writer.phase("checking", "Checking")
        running = journal.job()
        writer.state("succeeded", "Done")
    done = journal.job()
    assert running.started is not None
    assert running.finished is None
    assert done.started == running.started
    assert done.finished is not None
    assert done.finished >= running.started


def test_the_log_is_cut_between_characters(journal: Journal) -> None:
    journal.log_file.write_bytes(b"a" + "é".encode() * LOG_CHUNK)
    text = ""
    offset = 0
    while True:
        part, offset = journal.read_log(offset)
        if not part:
            break
        text += part
    assert text == "a" + "é" * LOG_CHUNK
    assert offset == journal.log_file.stat().st_size


@pytest.mark.parametrize("job_id", ["", "..", "20260101-000000-0000000g", "20260101-000000-00000000/..", "x" * 300])
def test_what_is_no_id_is_not_found(tmp_path: Path, job_id: str) -> None:
    with pytest.raises(NotFound):
        Journal(tmp_path, job_id)


def test_an_unknown_job_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        Journal(tmp_path, "20260101-000000-00000000").job()
