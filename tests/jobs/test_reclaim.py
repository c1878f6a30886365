"""What is deleted to free disk space, and what never is."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import replace
from pathlib import Path

from jupyter_envkernels.engine.fetch.cache_lock import held
from jupyter_envkernels.engine.operations import Create
from jupyter_envkernels.jobs.journal.reader import JobSpec, Journal, encode
from jupyter_envkernels.jobs.journal.writer import acquire, create_journal
from jupyter_envkernels.jobs.reclaim import Reclaimer
from jupyter_envkernels.models import EnvSpec, JobEvent, JobState, ReclaimKind


def reclaimer(folder: Path) -> Reclaimer:
    return Reclaimer(folder / "cache", folder / "jobs", [folder / "envs"])


def names(found: Reclaimer, kind: ReclaimKind) -> list[str]:
    return [item.path.name for item in found.find(kind)]


def package(folder: Path, name: str) -> Path:
    """Make a package of the cache, with two names of one of its files; return another file of it."""
    entry = folder / "cache" / "pkgs" / name
    entry.mkdir(parents=True)
    entry.with_name(f"{name}.lock").write_bytes(b"x" * 40)
    (entry / "twice").write_bytes(b"x" * 10_000)
    (entry / "again").hardlink_to(entry / "twice")
    (entry / "empty").touch()
    return entry / "empty"


def test_packages_that_no_environment_uses(tmp_path: Path) -> None:
    package(tmp_path, "unused-1.0-0")
    late = package(tmp_path, "late-1.0-0")
    (tmp_path / "linked").hardlink_to(package(tmp_path, "used-1.0-0"))
    other = tmp_path / "other"
    other.mkdir()
    packages = tmp_path / "cache" / "pkgs"
    (packages / "link-1.0-0").symlink_to(other)
    (packages / ".half").mkdir()
    (packages / "unused-1.0-0" / "outside").symlink_to(other)
    found = reclaimer(tmp_path)
    items = found.find("packages")
    assert [item.path.name for item in items] == ["late-1.0-0", "unused-1.0-0"]
    assert all(10_000 < item.bytes < 40_000 for item in items)
    (tmp_path / "also linked").hardlink_to(late)
    assert found.delete("packages", items) == items[1:]
    left = {".cache.lock", ".half", "late-1.0-0", "late-1.0-0.lock", "link-1.0-0", "used-1.0-0", "used-1.0-0.lock"}
    assert {path.name for path in packages.iterdir()} == left
    assert other.is_dir()


def test_an_installation_is_waited_for(tmp_path: Path) -> None:
    package(tmp_path, "unused-1.0-0")
    found = reclaimer(tmp_path)
    deleting = threading.Thread(target=found.delete, args=["packages", found.find("packages")])
    with held(tmp_path / "cache" / "pkgs"):
        deleting.start()
        deleting.join(0.2)
        assert names(found, "packages") == ["unused-1.0-0"]
    deleting.join(10)
    assert names(found, "packages") == []


def test_indexes_without_what_jobs_may_hold(tmp_path: Path) -> None:
    shards = tmp_path / "cache" / "repodata" / "shards"
    shards.mkdir(parents=True)
    for path in (shards / "a.msgpack", shards / ".tmpA", shards.parent / "b.json", shards.parent / "b.lock"):
        path.write_text("x")
    found = reclaimer(tmp_path)
    items = found.find("index_cache")
    assert len(found.delete("index_cache", items)) == 2
    assert {path.name for path in shards.parent.rglob("*")} == {"shards", ".tmpA", "b.lock"}
    assert reclaimer(tmp_path / "absent").find("index_cache") == []


def test_journals_of_old_jobs_alone(tmp_path: Path, order: JobSpec) -> None:
    def job(seconds: float, state: JobState = "succeeded") -> Journal:
        journal = create_journal(tmp_path / "jobs", order)
        if state != "queued":
            event = JobEvent(2, time.time() - seconds, state=state)
            with journal.events_file.open("ab") as events:
                events.write(encode(event) + b"\n")
        return journal

    hour, day = 3700.0, 86500.0
    old = [job(hour), job(day, "failed")]
    kept = [job(0), job(hour, "failed"), job(day, "running"), job(day, "queued"), job(day)]
    staging = kept[-1].staging(order.request.prefix)
    staging.previous.mkdir(parents=True)
    found = reclaimer(tmp_path)
    items = found.find("jobs")
    assert {item.path for item in items} == {journal.folder for journal in old}
    lock = acquire(old[0])
    assert lock is not None
    assert [item.path for item in found.delete("jobs", items)] == [old[1].folder]
    os.close(lock)
    assert {path.name for path in (tmp_path / "jobs").iterdir()} == {journal.id for journal in (old[0], *kept)}


def test_versions_that_were_rolled_back(tmp_path: Path, order: JobSpec) -> None:
    beside = replace(order, request=Create("lesson", tmp_path / "elsewhere" / "lesson", spec=EnvSpec()))
    places = [create_journal(tmp_path / "jobs", each).staging(each.request.prefix).kept for each in (order, beside)]
    for place in places:
        place.mkdir(parents=True)
    (tmp_path / "envs").mkdir()
    away = tmp_path / "envs" / places[0].name
    away.symlink_to(tmp_path / "elsewhere")
    found = reclaimer(tmp_path)
    items = found.find("rolled_back")
    assert {item.path for item in items} == {*places}
    assert len(found.delete("rolled_back", items)) == 2
    assert away.is_symlink()
    assert (tmp_path / "elsewhere").is_dir()
