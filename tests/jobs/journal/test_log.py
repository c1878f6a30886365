"""However much is printed, the log stays small, begins with the first lines and ends with the last."""

from __future__ import annotations

import re
import threading
from pathlib import Path

import pytest

from jupyter_envkernels.jobs.journal import log
from jupyter_envkernels.jobs.journal.log import LogFile


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "HEAD", 1000)
    monkeypatch.setattr(log, "TAIL", 100)


def write(log: LogFile, first: int, last: int) -> None:
    """Lines of ten bytes."""
    for number in range(first, last):
        log.write(f"{number:09}\n".encode())


def test_what_is_short_is_written_as_it_comes(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "log.txt")
    for number in range(100):
        write(log, number, number + 1)
        assert (tmp_path / "log.txt").stat().st_size == 10 * (number + 1)
    log.close()
    assert (tmp_path / "log.txt").read_text().splitlines() == [f"{number:09}" for number in range(100)]


def test_of_much_output_the_beginning_and_the_end_are_kept(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "log.txt")
    write(log, 0, 100_000)
    size = (tmp_path / "log.txt").stat().st_size
    log.close()
    lines = (tmp_path / "log.txt").read_text().splitlines()
    assert size == 1000
    assert lines[:100] == [f"{number:09}" for number in range(100)]
    assert lines[100] == "... 998,900 bytes of output are omitted ..."
    assert lines[101:] == [f"{number:09}" for number in range(99_990, 100_000)]


def test_what_is_remembered_can_be_written_at_any_time(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "log.txt")
    write(log, 0, 150)
    assert "000000149" not in (tmp_path / "log.txt").read_text()
    log.flush()
    assert (tmp_path / "log.txt").read_text().endswith("000000149\n")
    log.flush()
    log.close()
    assert (tmp_path / "log.txt").read_text().count("000000149") == 1


def test_a_second_writer_goes_on_where_the_file_ends(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "log.txt")
    write(log, 0, 150)
    log.close()
    size = (tmp_path / "log.txt").stat().st_size
    log = LogFile(tmp_path / "log.txt")
    log.write(b"Interrupted.\n")
    log.close()
    assert (tmp_path / "log.txt").read_bytes()[size:] == b"Interrupted.\n"


def test_a_last_line_of_any_length_is_kept(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "log.txt")
    write(log, 0, 150)
    log.write(b"x" * 500 + b"\n")
    log.close()
    assert (tmp_path / "log.txt").read_text().endswith("omitted ...\n" + "x" * 500 + "\n")


def test_threads_may_flush_while_others_write(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "log.txt")
    writers = [threading.Thread(target=write, args=[log, 0, 2000]) for _ in range(3)]
    for thread in writers:
        thread.start()
    while any(thread.is_alive() for thread in writers):
        log.flush()
    log.close()
    assert all(
        re.fullmatch(r"[0-9]{9}|\.\.\. .* \.\.\.", line) for line in (tmp_path / "log.txt").read_text().splitlines()
    )
