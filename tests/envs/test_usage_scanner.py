"""What is measured, when, and how much of it at once."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest

from jupyter_envkernels.documents import environment_json
from jupyter_envkernels.envs import usage_scanner as module
from jupyter_envkernels.envs.history import read_history
from jupyter_envkernels.envs.usage import MAX_TIME, Footprints
from jupyter_envkernels.envs.usage_scanner import UsageScanner
from jupyter_envkernels.models import Environment, Footprint, environment_id
from tests.prefixes import age, make_prefix

SITE = "lib/python3.12/site-packages"


@pytest.fixture
def footprints(tmp_path: Path) -> Footprints:
    return Footprints(tmp_path / "usage")


@pytest.fixture
def lesson(tmp_path: Path) -> Environment:
    """An environment that has not changed for a while."""
    return environment(tmp_path, "lesson")


def environment(folder: Path, name: str) -> Environment:
    prefix = make_prefix(folder / name)
    (prefix / SITE).mkdir(parents=True)
    age(prefix)
    return Environment(environment_id(prefix), name, prefix)


def add(environment: Environment, name: str = "share/data") -> None:
    """What no time stamp tells of."""
    (environment.prefix / name).parent.mkdir(exist_ok=True)
    (environment.prefix / name).write_bytes(os.urandom(50_000))


def own(footprints: Footprints, environment: Environment) -> int:
    usage = footprints.read()[environment.id].usage
    assert usage
    return usage.own


def test_measured_once_until_it_changes(footprints: Footprints, lesson: Environment) -> None:
    gauge = UsageScanner(footprints)
    gauge.measure([lesson])
    before = footprints.read()[lesson.id]
    assert before.usage
    assert before.usage.measured == pytest.approx(time.time(), abs=10)
    add(lesson)
    gauge.measure([lesson])
    assert footprints.read()[lesson.id] == before
    for folder in ("conda-meta", SITE):
        size = own(footprints, lesson)
        add(lesson, f"share/{folder.replace('/', '-')}")
        os.utime(lesson.prefix / folder, (time.time() - 60,) * 2)
        gauge.measure([lesson])
        assert own(footprints, lesson) > size + 40_000


def test_by_another_process_too(footprints: Footprints, lesson: Environment, tmp_path: Path) -> None:
    UsageScanner(Footprints(tmp_path / "usage")).measure([lesson])
    add(lesson)
    size = own(footprints, lesson)
    UsageScanner(footprints).measure([lesson])
    assert own(footprints, lesson) == size


def test_what_changes_just_now_is_left_until_it_has_settled(footprints: Footprints, lesson: Environment) -> None:
    gauge = UsageScanner(footprints)
    os.utime(lesson.prefix / "conda-meta")
    gauge.measure([lesson])
    size = own(footprints, lesson)
    add(lesson)
    os.utime(lesson.prefix / "conda-meta")
    gauge.measure([lesson])
    assert own(footprints, lesson) == size
    age(lesson.prefix / "conda-meta")
    gauge.measure([lesson])
    assert own(footprints, lesson) > size + 40_000


@pytest.mark.parametrize("shift", [8 * 86400, -3600])
def test_measured_again_after_a_week_or_when_the_clock_was_wrong(
    footprints: Footprints, lesson: Environment, monkeypatch: pytest.MonkeyPatch, shift: float
) -> None:
    UsageScanner(footprints).measure([lesson])
    size = own(footprints, lesson)
    add(lesson)
    now = time.time() + shift
    monkeypatch.setattr(time, "time", lambda: now)
    UsageScanner(footprints).measure([lesson])
    assert own(footprints, lesson) > size + 40_000


def test_a_little_at_a_time(footprints: Footprints, tmp_path: Path) -> None:
    environments = [environment(tmp_path, f"env{number}") for number in range(3)]
    gauge = UsageScanner(footprints)
    turns = 1
    while gauge.work(environments, 0):
        turns += 1
        assert turns < 1000
    assert set(footprints.read()) == {environment.id for environment in environments}
    assert turns > 3 * 7  # each has 7 folders
    assert gauge.work(environments, 60) is False


def test_what_comes_later_is_measured_in_the_next_round(footprints: Footprints, tmp_path: Path) -> None:
    gauge = UsageScanner(footprints)
    first, second = environment(tmp_path, "first"), environment(tmp_path, "second")
    assert gauge.work([first], 0)
    while gauge.work([first, second], 0):
        pass
    assert set(footprints.read()) == {first.id}
    assert gauge.work([first, second], 60) is False
    assert set(footprints.read()) == {first.id, second.id}


def test_one_that_goes_meanwhile_leaves_nothing(footprints: Footprints, lesson: Environment) -> None:
    gauge = UsageScanner(footprints)
    gauge.work([lesson], 0)
    lesson.prefix.rename(lesson.prefix.with_name("moved"))
    while gauge.work([], 0):
        pass
    assert footprints.read() == {}


def test_what_was_measured_before_a_fault_is_kept(
    footprints: Footprints, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = environment(tmp_path, "good"), environment(tmp_path, "bad")
    monkeypatch.setattr(module, "read_history", lambda prefix: 1 / 0 if prefix.name == "bad" else read_history(prefix))
    gauge = UsageScanner(footprints)
    with pytest.raises(ZeroDivisionError):
        gauge.work([good, bad], 60)
    assert set(footprints.read()) == {good.id}
    monkeypatch.undo()
    while gauge.work([good, bad], 60) or bad.id not in footprints.read():
        pass


def created(footprints: Footprints, lesson: Environment) -> float | None:
    age(lesson.prefix / "conda-meta", seconds=50)
    UsageScanner(footprints).measure([lesson])
    footprint: Footprint = footprints.read()[lesson.id]
    return footprint.created


def test_created_is_the_first_entry_of_the_history(footprints: Footprints, lesson: Environment) -> None:
    history = lesson.prefix / "conda-meta" / "history"
    history.write_text("==> 2026-01-02 03:04:05 <==\n+a-1-0\n==> 2026-02-02 03:04:05 <==\n+b-1-0\n")
    assert created(footprints, lesson) == time.mktime((2026, 1, 2, 3, 4, 5, 0, 0, -1))


def test_created_is_a_date_that_can_be_written(footprints: Footprints, lesson: Environment) -> None:
    (lesson.prefix / "conda-meta" / "history").write_text("==> 9999-12-31 23:59:59 <==\n+a-1-0\n")
    assert (created(footprints, lesson) or 0) <= MAX_TIME
    assert environment_json(lesson, footprints.read()[lesson.id])["created"] is not None


def test_created_is_that_of_the_oldest_record_without_a_history(footprints: Footprints, lesson: Environment) -> None:
    meta = lesson.prefix / "conda-meta"
    for name, seconds in (("a-1-0.json", 5000), ("b-1-0.json", 9000), ("state", 20000)):
        (meta / name).write_text("{}")
        os.utime(meta / name, (seconds, seconds))
    os.utime(meta, (time.time() - 50,) * 2)
    UsageScanner(footprints).measure([lesson])
    assert footprints.read()[lesson.id].created == 5000


def test_created_is_unknown_where_nothing_tells(footprints: Footprints, lesson: Environment) -> None:
    assert created(footprints, lesson) is None


def test_a_version_that_is_kept_is_part_of_the_size(footprints: Footprints, lesson: Environment) -> None:
    gauge = UsageScanner(footprints)
    gauge.measure([lesson])
    before = own(footprints, lesson)
    kept = make_prefix(lesson.prefix.with_name(".lesson.envkernels-20261121-093000-1f2e3d4c.kept"))
    (kept / "new").write_bytes(os.urandom(50_000))
    os.link(kept / "new", lesson.prefix / "shared")
    age(kept)
    gauge.measure([lesson])
    assert own(footprints, lesson) > before + 50_000, "also what is in both, which removal frees"
    shutil.rmtree(kept)
    (lesson.prefix / "shared").unlink()
    gauge.measure([lesson])
    assert own(footprints, lesson) == before
