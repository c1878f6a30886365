"""What is known of environments survives the process, and no damage to it does harm."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from jupyter_envkernels.envs.usage import Footprints, UsageRecord, record_activation, record_start
from jupyter_envkernels.models import Environment, Footprint, Problem, Usage, environment_id
from tests.prefixes import make_prefix

KEY = "0123456789ab"
ENTRY = b'{"0123456789ab": {"prefix":"Lw==","folders":[],"stamp":"","shared_bytes":0,"charged_bytes":0,%b}}'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data" / "usage"


def record(prefix: Path | str = "/", own: int = 1, created: float | None = 900.0) -> UsageRecord:
    return UsageRecord(os.fsencode(prefix), ("conda-meta",), "stamp", own, 2, 3, 1000.0, created)


def listed(*keys: str) -> list[Environment]:
    return [Environment(key, "lesson", Path("/")) for key in keys]


def settle(folder: Path) -> None:
    """Make the folder look as if nothing had changed for a while."""
    then = time.time() - 3600
    os.utime(folder, (then, then))


def test_what_was_saved_is_read_by_another(folder: Path) -> None:
    footprints = Footprints(folder)
    assert footprints.read() == {}
    footprints.save({KEY: record()}, listed(KEY))
    expected = {KEY: Footprint(Usage(1, 2, 3, 1000.0), 900.0, None)}
    assert footprints.read() == expected
    assert Footprints(folder).read() == expected
    assert Footprints(folder).records() == {KEY: record()}


def test_it_is_private(folder: Path) -> None:
    Footprints(folder).save({KEY: record()}, listed(KEY))
    record_start(Path("/somewhere"), folder)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert {path.name for path in folder.iterdir()} == {"sizes.json", environment_id(Path("/somewhere"))}


def test_two_writers_keep_what_the_other_wrote(folder: Path, tmp_path: Path) -> None:
    first, second = Footprints(folder), Footprints(folder)
    first.read(), second.read()
    first.save({"a" * 12: record(make_prefix(tmp_path / "lesson"))}, listed("a" * 12))
    second.save({"b" * 12: record(own=5)}, listed("b" * 12))
    assert set(first.read()) == {"a" * 12, "b" * 12}


def test_a_start_is_the_last_use(folder: Path, tmp_path: Path) -> None:
    footprints = Footprints(folder)
    footprints.read()
    before = time.time()
    record_start(tmp_path / "lesson", folder)
    found = footprints.read()[environment_id(tmp_path / "lesson")]
    assert found.usage is None
    assert found.last_used == pytest.approx(before, abs=5)


def test_a_later_start_takes_its_place(folder: Path, tmp_path: Path) -> None:
    key = environment_id(tmp_path)
    record_start(tmp_path, folder)
    os.utime(folder / key, (1000, 1000))
    settle(folder)
    footprints = Footprints(folder)
    assert footprints.read()[key].last_used == 1000
    record_start(tmp_path, folder)
    assert (footprints.read()[key].last_used or 0) > 1000


def test_a_start_before_there_were_computers_is_none(folder: Path, tmp_path: Path) -> None:
    record_start(tmp_path, folder)
    os.utime(folder / environment_id(tmp_path), (-1000, -1000))
    assert Footprints(folder).read() == {}


def test_what_has_not_changed_is_not_read_again(folder: Path) -> None:
    footprints = Footprints(folder)
    footprints.save({KEY: record()}, listed(KEY))
    settle(folder)
    assert footprints.read() is footprints.read()


def test_use_of_an_earlier_environment_in_the_same_place_does_not_count(folder: Path, tmp_path: Path) -> None:
    key = environment_id(tmp_path)
    record_start(tmp_path, folder)
    now = time.time()
    for created, is_counted in ((now + 2 * 86400, False), (now - 2 * 86400, True)):
        Footprints(folder).save({key: record(tmp_path, created=created)}, listed(key))
        assert (Footprints(folder).read()[key].last_used is not None) == is_counted


def test_environments_that_are_gone_are_forgotten(folder: Path, tmp_path: Path) -> None:
    here = make_prefix(tmp_path / "here")
    Footprints(folder).save({"a" * 12: record(here), "b" * 12: record(tmp_path / "gone")}, ())
    assert set(Footprints(folder).read()) == {"a" * 12}


def test_old_starts_and_leftovers_are_swept(folder: Path) -> None:
    folder.mkdir(parents=True)
    for name, days in ((KEY, 400), ("a" * 12, 400), ("b" * 12, 300), (".draft", 2), (".new", 0), ("notes", 400)):
        (folder / name).touch()
        os.utime(folder / name, (time.time() - days * 86400,) * 2)
    Footprints(folder).save({}, listed(KEY))
    assert {path.name for path in folder.iterdir()} == {KEY, "b" * 12, ".new", "notes", "sizes.json"}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"0123456789ab": {}}',
        ENTRY % b'"own_bytes":-1,"measured":0',
        ENTRY % b'"own_bytes":1,"measured":1e300',
    ],
)
def test_damage_is_as_if_nothing_were_known(folder: Path, content: bytes) -> None:
    folder.mkdir(parents=True)
    (folder / "sizes.json").write_bytes(content)
    footprints = Footprints(folder)
    assert footprints.read() == {}
    footprints.save({KEY: record()}, listed(KEY))
    assert set(Footprints(folder).read()) == {KEY}


@pytest.mark.parametrize("inside", ["folder", "sizes", "start"])
def test_something_else_in_its_place(folder: Path, tmp_path: Path, inside: str) -> None:
    if inside == "folder":
        folder.parent.mkdir()
        folder.write_text("mine")
    else:
        (folder / ("sizes.json" if inside == "sizes" else environment_id(tmp_path)) / "x").mkdir(parents=True)
    footprints = Footprints(folder)
    record_start(tmp_path, folder)
    footprints.save({KEY: record()}, listed(KEY))
    assert KEY in footprints.read()


PROBLEM = Problem("activation-script", "/x/a.sh failed.", "Correct it.")


def test_scripts_that_failed_are_known_until_they_go_well(folder: Path, tmp_path: Path) -> None:
    key, other = environment_id(tmp_path / "lesson"), environment_id(tmp_path / "other")
    record_activation({tmp_path / "lesson": [PROBLEM, PROBLEM], tmp_path / "other": [PROBLEM]}, folder)
    footprints = Footprints(folder)
    assert footprints.read()[key] == Footprint(activation_problems=(PROBLEM, PROBLEM))
    record_activation({tmp_path / "lesson": ()}, folder)
    assert set(footprints.read()) == {other}
    record_start(tmp_path / "other", folder)
    assert footprints.read()[other].activation_problems == (PROBLEM,)
    assert footprints.read()[other].last_used is not None


@pytest.mark.parametrize("damage", [b"", b"[", b'[{"code": 1}]', b"[" * 100_000])
def test_damage_counts_as_no_failed_script(folder: Path, tmp_path: Path, damage: bytes) -> None:
    record_activation({tmp_path: [PROBLEM]}, folder)
    [file] = folder.iterdir()
    file.write_bytes(damage)
    assert Footprints(folder).read()[environment_id(tmp_path)] == Footprint()


def test_failed_scripts_of_environments_that_are_long_gone_go(folder: Path, tmp_path: Path) -> None:
    record_activation({tmp_path / "gone": [PROBLEM], tmp_path / "here": [PROBLEM]}, folder)
    for file in folder.iterdir():
        os.utime(file, (0, 0))
    here = environment_id(tmp_path / "here")
    Footprints(folder).save({}, listed(here))
    assert set(Footprints(folder).read()) == {here}


def test_what_cannot_be_written_is_known_to_this_process() -> None:
    folder = Path("/proc/self/usage")  # nobody can make one there
    footprints = Footprints(folder)
    record_start(Path("/somewhere"), folder)
    record_activation({Path("/somewhere"): [PROBLEM], Path("/else"): ()}, folder)
    footprints.save({KEY: record()}, listed(KEY))
    assert footprints.read()[KEY].usage == Usage(1, 2, 3, 1000.0)
    footprints.save({"a" * 12: record()}, listed(KEY))
    assert set(footprints.read()) == {KEY, "a" * 12}
    assert Footprints(folder).read() == {}


def test_a_path_that_is_not_text(folder: Path) -> None:
    prefix = os.fsencode("/home/m") + b"\xfcller"
    Footprints(folder).save({KEY: UsageRecord(prefix, (), "", 1, 2, 3, 1000.0)}, listed(KEY))
    assert Footprints(folder).records()[KEY].prefix == prefix


def test_in_jupyters_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path))
    record_start(Path("/somewhere"))
    assert [path.relative_to(tmp_path).parts[:2] for path in tmp_path.rglob("?" * 12)] == [("envkernels", "usage")]
    assert Footprints().read()
