from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from jupyter_envkernels.errors import NotFound
from jupyter_envkernels.jobs.journal import LOG_CHUNK, Journal, Order, job_ids
from jupyter_envkernels.jobs.writer import acquire, create_journal, writing
from jupyter_envkernels.models import EngineOptions, EnvSpec, JobRequest, Problem, Progress


@pytest.fixture
def order(tmp_path: Path) -> Order:
    spec = EnvSpec("lesson", ("conda-forge",), ("python=3.12",), ("cowsay",), {"A": "1"})
    request = JobRequest("create", "lesson", tmp_path / "lesson", spec=spec)
    return Order(request, EngineOptions(("conda-forge",), tmp_path / "cache"), time.time())


@pytest.fixture
def journal(tmp_path: Path, order: Order) -> Journal:
    return create_journal(tmp_path / "jobs", order)


def test_a_new_job_is_stored_whole_and_private(tmp_path: Path, journal: Journal, order: Order) -> None:
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


def test_reading_on_from_an_offset(journal: Journal) -> None:
    first, offset = journal.read_events(0)
    assert [event.seq for event in first] == [1]
    assert journal.read_events(offset) == ([], offset)
    with writing(journal) as writer:
        writer.phase("checking", "Checking the place")
    following, _ = journal.read_events(offset)
    assert [event.seq for event in following] == [2]


def test_progress_is_rare_but_its_last_word_is_told(journal: Journal) -> None:
    with writing(journal) as writer:
        writer.phase("linking", "Linking 1000 packages")
        for done in range(1001):
            writer.progress(done, 1000, "packages")
        writer.phase("verifying", "Starting the kernel once")
    told = [event.progress for event in journal.events() if event.progress]
    assert told[-1] == Progress(1000, 1000, "packages")
    assert len(told) < 20


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


def test_the_lock_tells_whether_the_writer_lives(journal: Journal) -> None:
    assert not journal.is_alive()
    lock = acquire(journal)
    assert lock is not None
    assert journal.is_alive()
    assert acquire(journal) is None
    os.close(lock)
    assert not journal.is_alive()


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
