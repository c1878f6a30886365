from __future__ import annotations

import errno

import pytest

from jupyter_envkernels.engine.link import conda_meta, folders
from jupyter_envkernels.engine.transaction import staging
from jupyter_envkernels.engine.transaction.rollback import named, roll_back
from jupyter_envkernels.engine.transaction.staging import Staging
from jupyter_envkernels.errors import EnvKernelsError, LinkFailed, VerifyFailed
from tests.engine.fakes import Heard, SmallBackend
from tests.engine.transaction.test_transaction import Place, fail, place

__all__ = ["place"]


def test_a_rollback_that_fails_does_not_hide_why(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.backend.after_install = fail(LinkFailed("the first failure"))
    monkeypatch.setattr(Staging, "discard", fail(OSError(16, "Device or resource busy", "x")))
    with pytest.raises(LinkFailed, match="the first failure"):
        place.run(place.create())
    assert place.heard.lines[-1] == "Device or resource busy (x)."


def test_a_full_disk_is_that_of_the_copy() -> None:
    full = named(OSError(errno.ENOSPC, "No space left on device", "/source/file", None, "/copy/file"))
    assert full.message == "No space is left on the disk (/copy/file)."
    other = named(OSError(errno.EIO, "Input/output error", "/source/file", None, "/copy/file"))
    assert other.message == "Input/output error (/source/file)."


def test_a_rollback_by_another_process_names_its_failure(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.staging().folder.mkdir()
    monkeypatch.setattr(Staging, "discard", fail(OSError(16, "Device or resource busy", "x")))
    with pytest.raises(LinkFailed, match="Device or resource busy"):
        roll_back("create", place.staging())


def test_what_a_rollback_cannot_delete_is_out_of_sight_and_swept_later(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = place.everything()
    place.staging().folder.mkdir()
    with monkeypatch.context() as patch:
        patch.setattr(folders, "remove_tree", fail(OSError(16, "Device or resource busy", "x")))
        assert roll_back("create", place.staging()).startswith(
            "Not all files could be deleted: Device or resource busy (x)"
        )
    staging.sweep(place.envs)
    assert place.everything() == before


def test_a_line_of_the_user_survives_a_rollback(place: Place) -> None:
    """An environment on a disk that is not mounted is no reason to forget it."""
    place.listing.write_text(f"{place.envs}/lesson\n")
    place.backend.after_install = fail(LinkFailed("No."))
    with pytest.raises(LinkFailed):
        place.run(place.create())
    assert place.listing.read_text() == f"{place.envs}/lesson\n"
    place.backend = SmallBackend(after_install=lambda folder: (folder / "bin" / "demo").unlink())
    with pytest.raises(VerifyFailed):
        place.run(place.create())
    assert place.listing.read_text() == f"{place.envs}/lesson\n"


@pytest.mark.parametrize("is_listed", [False, True])
def test_a_death_between_registration_and_commit(
    place: Place, monkeypatch: pytest.MonkeyPatch, is_listed: bool
) -> None:
    if is_listed:
        place.listing.write_text(f"{place.envs}/lesson\n")
    before = place.everything()
    with monkeypatch.context() as patch:
        patch.setattr(Staging, "commit", fail(KeyboardInterrupt()))
        patch.setattr("jupyter_envkernels.engine.transaction.transaction.roll_back", lambda *_: "")
        with pytest.raises(KeyboardInterrupt):
            place.run(place.create())
    assert conda_meta.is_registered(place.envs / "lesson", place.home)
    assert roll_back("create", place.staging()) == ""
    assert place.everything() == before
    assert roll_back("create", place.staging()) == ""


def test_a_removal_says_so_before_it_is_done(place: Place) -> None:
    place.run(place.create())
    there: list[bool] = []
    place.heard = Heard(at_phase=lambda phase: there.append((place.envs / "lesson").exists()))
    place.run(place.remove("lesson"))
    assert place.heard.phases == ["checking", "removing"]
    assert there == [True, True]


def test_a_removal_that_cannot_say_so_is_not_done(place: Place) -> None:
    place.run(place.create())
    before = place.everything()
    place.heard = Heard(fails_at="removing")
    with pytest.raises(EnvKernelsError, match="No space is left"):
        place.run(place.remove("lesson"))
    assert place.everything() == before
    assert roll_back("remove", place.staging()) == ""
    assert place.everything() == before


def test_a_removal_that_died_after_its_rename_is_finished(place: Place) -> None:
    before = place.everything()
    place.run(place.create())
    (place.envs / "lesson").rename(place.staging().trash)
    assert roll_back("remove", place.staging()) == ""
    assert place.everything() == before


def test_a_removal_whose_files_stay_is_a_removal(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.run(place.create())
    with monkeypatch.context() as patch:
        patch.setattr(folders, "remove_tree", fail(OSError(16, "Device or resource busy", "x")))
        place.run(place.remove("lesson"))
        warning = "Not all files could be deleted: Device or resource busy (x). The others are deleted later."
        assert place.heard.lines[-2:] == [warning, f"Removed {place.envs}/lesson."]
        assert roll_back("remove", place.staging()) == warning
    assert not (place.envs / "lesson").exists()
    assert not conda_meta.is_registered(place.envs / "lesson", place.home)
    staging.sweep(place.envs)
    assert [path.name for path in place.envs.iterdir()] == [".lesson.notes"]
