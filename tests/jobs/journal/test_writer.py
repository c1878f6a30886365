"""Writing a journal."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from jupyter_envkernels.jobs.journal.reader import JobSpec, Journal, job_ids
from jupyter_envkernels.jobs.journal.writer import acquire, writing
from jupyter_envkernels.models import Problem, Progress


def test_an_entry_is_written_whole_or_not_at_all(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write

    def half(descriptor: int, data: bytes) -> int:
        return write(descriptor, data[: len(data) // 2])

    with writing(journal) as writer:
        with monkeypatch.context() as patch:
            patch.setattr(os, "write", half)
            writer.progress(1, 2, "packages")
            with pytest.raises(OSError, match="No space left"):
                writer.phase("linking", "Linking")
        writer.phase("linking", "Linking")
    told = journal.events()  # the progress that could not be told at first is told later
    assert [(event.seq, event.progress is not None) for event in told] == [(1, False), (2, True), (3, False)]


def test_a_new_job_is_stored_whole_and_private(tmp_path: Path, journal: Journal, order: JobSpec) -> None:
    assert job_ids(tmp_path / "jobs") == [journal.id]
    assert journal.order() == order
    job = journal.job()
    assert (job.state, job.seq, job.request) == ("queued", 1, order.request)
    assert [path.name for path in (tmp_path / "jobs").iterdir()] == [journal.id]
    assert journal.folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in journal.folder.iterdir()} == {0o600}


def test_events_count_without_gaps_over_several_writers(journal: Journal) -> None:
    for _ in range(2):
        with writing(journal) as writer:
            writer.phase("solving", "Choosing packages")
            writer.state("failed", "No", Problem("unsatisfiable", "No", "Loosen"))
    events = journal.events()
    assert [event.seq for event in events] == [1, 2, 3, 4, 5]
    assert [event.state for event in events] == ["queued", "running", "failed", "running", "failed"]
    assert journal.events(after=3) == events[3:]
    assert journal.job().error == Problem("unsatisfiable", "No", "Loosen")


def test_a_line_cut_by_a_crash_does_not_count_and_is_mended(journal: Journal) -> None:
    with journal.events_file.open("ab") as file:
        file.write(b'{"seq":2,"time":1')
    assert journal.job().seq == 1
    with writing(journal) as writer:
        writer.state("interrupted")
    assert [event.seq for event in journal.events()] == [1, 2]


def test_progress_is_rare_but_its_last_word_is_told(journal: Journal) -> None:
    with writing(journal) as writer:
        writer.phase("linking", "Linking 1000 packages")
        for done in range(1001):
            writer.progress(done, 1000, "packages")
        writer.phase("verifying", "Starting the kernel once")
    told = [event.progress for event in journal.events() if event.progress]
    assert told[-1] == Progress(1000, 1000, "packages")
    assert len(told) < 20


def test_no_time_is_left_when_more_is_done_than_was_known(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    with writing(journal) as writer:
        for second in range(5):
            now = float(second)
            writer.progress(10 * second, 9, "packages")
    told = [event.progress for event in journal.events() if event.progress]
    assert told[-1].seconds_left == 0.0


def test_progress_is_told_more_rarely_the_longer_a_job_takes(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    with writing(journal) as writer:
        for second in range(24 * 60 * 60):
            now = float(second)
            writer.progress(second, None, "bytes")
    told = [event.progress.done for event in journal.events() if event.progress]
    assert told[:100] == list(range(1, 101))
    assert len(told) < 10_000
    assert journal.events_file.stat().st_size < 2_000_000


def test_the_lock_tells_whether_the_writer_lives(journal: Journal) -> None:
    assert not journal.is_alive()
    lock = acquire(journal)
    assert lock is not None
    assert journal.is_alive()
    assert acquire(journal) is None
    os.close(lock)
    assert not journal.is_alive()


def test_no_secret_reaches_the_journal(journal: Journal) -> None:
    url = "https://user:pa55@conda.example/t/tk-1234/forge"
    with writing(journal) as writer:
        writer.phase("solving", f"Reading {url}")
        writer.state("failed", url, Problem("channel-failed", url, url))
        writer.log(url)
    stored = journal.events_file.read_text() + journal.log_file.read_text()
    assert "pa55" not in stored
    assert "tk-1234" not in stored
    assert "https://conda.example/forge" in stored


def test_a_writer_goes_on_where_the_clock_was_set_back(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    (first,) = journal.events()
    monkeypatch.setattr(time, "time", lambda: first.time - 3600)
    with writing(journal) as writer:
        writer.phase("solving", "Choosing packages")
    assert [event.time for event in journal.events()] == [first.time] * 2


def test_a_job_without_its_lock_file_can_be_held_all_the_same(journal: Journal) -> None:
    journal.lock_file.unlink()
    lock = acquire(journal)
    assert lock is not None
    assert journal.is_alive()
    os.close(lock)
    journal.folder.rename(journal.folder.with_name("elsewhere"))
    with pytest.raises(FileNotFoundError):
        acquire(journal)
