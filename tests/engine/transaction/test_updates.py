"""An environment is exchanged for another version of itself, or stays as it is, whatever happens."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import structs

from jupyter_envkernels.engine.operations import Clone, PlanOnly, Rollback, Update
from jupyter_envkernels.engine.transaction import staging
from jupyter_envkernels.engine.transaction.rollback import forget_replaced, is_committed, roll_back
from jupyter_envkernels.engine.transaction.staging import Staging
from jupyter_envkernels.envs.conda_config.condarc import Settings
from jupyter_envkernels.envs.history import read_history
from jupyter_envkernels.envs.inventory import read_inventory
from jupyter_envkernels.envs.prefixes import read_prefix
from jupyter_envkernels.errors import (
    EnvKernelsError,
    Forbidden,
    LinkFailed,
    NotFound,
    Outdated,
    PipFailed,
    VerifyFailed,
)
from jupyter_envkernels.files import read_file
from jupyter_envkernels.models import COMMITTED_MARK, PENDING_MARK, EnvSpec
from jupyter_envkernels.system import system

from .test_transaction import Place, place

__all__ = ["place"]

UPDATE = "20260101-000001-00000000"


@pytest.fixture
def made(place: Place) -> Place:
    """With the environment lesson, which has demo 1.0 and a file of its owner's."""
    place.run(place.create())
    (place.envs / "lesson" / "mine.txt").write_text("mine")
    place.heard.phases.clear()
    place.job = UPDATE
    return place


def state(prefix: Path) -> dict[str, str]:
    """Every file but bytecode."""
    return {
        str(path.relative_to(prefix)): path.read_text()
        for path in prefix.rglob("*")
        if path.is_file() and path.relative_to(prefix) != COMMITTED_MARK
    }


def test_an_update(made: Place) -> None:
    prefix = made.envs / "lesson"
    made.run(made.update("lesson", "demo=2.0", "more"))
    assert made.heard.phases == ["checking", "solving", "copying", "linking", "verifying"]
    assert made.heard.amounts["copying"][-1] == (6, 6, "files")
    assert (prefix / "bin" / "demo").read_text() == "# 2.0\n"
    assert (prefix / "bin" / "more").exists()
    assert (prefix / "mine.txt").read_text() == "mine"
    assert not (prefix / PENDING_MARK).exists()
    assert sorted(path.name for path in made.envs.iterdir()) == [".lesson.notes", "lesson"]
    first, second = read_history(prefix)
    assert (first.number, first.specs) == (0, ("demo",))
    assert second.specs == ("demo=2.0", "more")
    assert second.removed == ("https://conda.example/main/noarch::demo-1.0-0",)
    assert second.packages == {f"https://conda.example/main/noarch::{name}-0" for name in ("demo-2.0", "more-1.0")}
    changes = {change.name: (change.change, change.before, change.after) for change in made.plans[-1].changes}
    assert changes == {"demo": ("upgraded", "1.0 0", "2.0 0"), "more": ("added", None, "1.0 0")}


def test_channels_of_an_environment_are_asked_as_they_were(made: Place) -> None:
    """What looks like a variable in the URL of a package has not been one, or it would have been replaced."""
    (record,) = (made.envs / "lesson" / "conda-meta").glob("demo-*.json")
    record.write_text(record.read_text().replace("conda.example/main", "conda.example/$HOME"))
    made.run(made.update("lesson", "more"))
    (more,) = [package for package in made.plans[-1].packages if package.name == "more"]
    assert "/$HOME/" in more.url


def test_an_update_of_variables_is_no_empty_revision(made: Place) -> None:
    prefix = made.envs / "lesson"
    made.run(Update("lesson", prefix, spec=EnvSpec(variables={"LESSON": "two"})))
    first, second = read_history(prefix)
    assert first.packages == second.packages != frozenset()
    assert read_inventory(prefix).variables == {"LESSON": "two"}


def test_a_rollback_to_a_revision(made: Place) -> None:
    prefix = made.envs / "lesson"
    made.run(made.update("lesson", "demo=2.0", "more"))
    made.run(Rollback("lesson", prefix, revision=0))
    assert (prefix / "bin" / "demo").read_text() == f"#!{prefix}/bin/sh\n"
    assert not (prefix / "bin" / "more").exists()
    assert (prefix / "mine.txt").exists()
    assert [revision.packages for revision in read_history(prefix)][2] == read_history(prefix)[0].packages
    with pytest.raises(NotFound, match="no packages in revision 7"):
        made.run(Rollback("lesson", prefix, revision=7))


def test_what_nobody_wants_changed_is_not(made: Place) -> None:
    prefix = made.envs / "lesson"
    before = (prefix.stat().st_ino, state(prefix))
    made.run(made.update("lesson", "demo"))
    assert (prefix.stat().st_ino, state(prefix)) == before
    assert made.heard.lines[-1] == "Nothing to change."


def test_a_plan_is_carried_out_without_solving(made: Place) -> None:
    request = made.update("lesson", "demo=2.0")
    made.run(PlanOnly(request))
    plan = made.plans[-1]
    assert state(request.prefix)["bin/demo"] != "# 2.0\n"

    def solved() -> None:
        raise AssertionError

    made.backend.at_solve = solved
    made.run(request, plan)
    assert state(request.prefix)["bin/demo"] == "# 2.0\n"


def test_a_plan_for_another_state_is_refused(made: Place) -> None:
    request = made.update("lesson", "demo=2.0")
    made.run(PlanOnly(request))
    plan = made.plans[-1]
    made.run(made.update("lesson", "demo=3.0"))
    before = state(request.prefix)
    with pytest.raises(Outdated):
        made.run(request, plan)
    assert state(request.prefix) == before


def test_what_others_can_change_is_neither_changed_nor_copied(made: Place) -> None:
    prefix = made.envs / "lesson"
    prefix.chmod(0o777)
    before = state(prefix)
    for request in (made.update("lesson", "demo=2.0"), made.clone("lesson", "copy")):
        with pytest.raises(Forbidden, match="can be written by every account"):
            made.run(request)
    assert state(prefix) == before
    assert not (made.envs / "copy").exists()


def break_verification(folder: Path) -> None:
    (folder / "bin" / "demo").unlink()


def break_linking(folder: Path) -> None:
    raise LinkFailed(f"{folder} is broken.")


def take_away_history(folder: Path) -> None:
    (folder / "conda-meta" / "history").unlink()
    (folder / "conda-meta" / "history").mkdir()


@pytest.mark.parametrize("atomic", [True, False])
@pytest.mark.parametrize(
    ("fault", "kind"),
    [(break_verification, VerifyFailed), (break_linking, LinkFailed), (take_away_history, LinkFailed)],
)
def test_a_failure_leaves_the_old_state(
    made: Place,
    monkeypatch: pytest.MonkeyPatch,
    fault: Callable[[Path], None],
    kind: type[EnvKernelsError],
    *,
    atomic: bool,
) -> None:
    if not atomic:
        without_exchange(monkeypatch)
    before = made.everything()
    made.backend.after_install = fault
    with pytest.raises(kind):
        made.run(made.update("lesson", "demo=2.0"))
    shutil.rmtree(made.staging(job=UPDATE).kept, ignore_errors=True)
    assert made.everything() == before


def without_exchange(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a file system whose folders cannot change places in one step."""
    monkeypatch.setattr(system, "exchange", lambda *_: False)


class Death(BaseException):
    """The process is no more."""


@pytest.mark.parametrize("atomic", [True, False])
def test_a_death_at_any_step_leaves_the_old_state_or_the_new_one(
    made: Place, monkeypatch: pytest.MonkeyPatch, *, atomic: bool
) -> None:
    """The worker dies at its n-th change of the disk, and so does the first who cleans up after it, for every n."""
    prefix = made.envs / "lesson"
    backup = made.home / "backup"
    shutil.copytree(prefix, backup, symlinks=True)
    old = state(prefix)
    request = made.update("lesson", "demo=2.0", "more")
    seen: set[str] = set()
    for number in range(1000):
        with monkeypatch.context() as patch:
            if not atomic:
                without_exchange(patch)
            patch.setattr("jupyter_envkernels.engine.transaction.transaction.roll_back", lambda *_: "")
            ended = count_steps(patch, number, lambda: made.run(request))
        for later in range(1000):
            with monkeypatch.context() as patch:
                if not atomic:
                    without_exchange(patch)
                if count_steps(patch, later, lambda: roll_back("update", made.staging(job=UPDATE))):
                    break
        committed = is_committed(request.kind, made.staging(job=UPDATE), "verifying")
        now = {name: text for name, text in state(prefix).items() if name != "conda-meta/history"}
        if committed:
            assert now["bin/demo"] == "# 2.0\n", number
        else:
            assert state(prefix) == old, number
        seen.add("new" if committed else "old" if not is_kept(made) else "old, with the new one kept")
        shutil.rmtree(made.staging(job=UPDATE).kept, ignore_errors=True)
        assert sorted(path.name for path in made.envs.iterdir()) == [".lesson.notes", "lesson"], number
        if ended:
            break
        shutil.rmtree(prefix)
        shutil.copytree(backup, prefix, symlinks=True)
    assert seen == {"old", "old, with the new one kept", "new"}


def is_kept(made: Place) -> bool:
    """Whether the new version is kept, whole."""
    kept = made.staging(job=UPDATE).kept
    return kept.exists() and (kept / "bin" / "demo").read_text() == "# 2.0\n"


def count_steps(patch: pytest.MonkeyPatch, last: int, work: Callable[[], object]) -> bool:
    """Do some work, and die before its change of the disk with this number; whether it came to its end."""
    left = [last]

    def counted(real: Callable[..., object]) -> Callable[..., object]:
        def step(*args: object, **kwargs: object) -> object:
            if left[0] == 0:
                raise Death
            left[0] -= 1
            return real(*args, **kwargs)

        return step

    for name in ("rename", "replace", "unlink", "mkdir", "write_text"):
        patch.setattr(Path, name, counted(getattr(Path, name)))
    patch.setattr(os, "link", counted(os.link))
    patch.setattr(system, "exchange", counted(system.exchange))
    patch.setattr(shutil, "rmtree", counted(shutil.rmtree))
    try:
        work()
    except Death:
        return False
    return True


def test_what_is_updated_is_seen_as_such(made: Place) -> None:
    prefix = made.envs / "lesson"
    seen = []
    made.heard.at_phase = lambda phase: seen.append(read_prefix(str(prefix)).problem) if phase == "verifying" else None
    made.run(made.update("lesson", "demo=2.0"))
    assert [problem.code for problem in seen if problem] == ["being-updated"]
    assert read_prefix(str(prefix)).problem is None


def test_a_committed_update_is_never_taken_back(made: Place) -> None:
    made.run(made.update("lesson", "demo=2.0"))
    before = state(made.envs / "lesson")
    assert roll_back("update", made.staging(job=UPDATE)) == ""
    assert state(made.envs / "lesson") == before
    assert made.staging(job=UPDATE).is_committed()


@pytest.mark.parametrize("step", ["rename", "fsync"])
def test_what_goes_wrong_after_the_commit_is_told_and_no_failure(
    made: Place, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    prefix, previous = made.envs / "lesson", made.staging(job=UPDATE).previous
    request = made.update("lesson", "demo=2.0")
    rename, sync = Path.rename, staging._sync

    def refuse_rename(path: Path, target: Path) -> Path:
        if step == "rename" and path == previous and target.suffix == ".old":
            raise OSError(5, "Input/output error", str(path))
        return rename(path, target)

    def refuse_sync(path: Path) -> None:
        if step == "fsync" and path.is_relative_to(prefix):
            raise OSError(5, "Input/output error", str(path))
        sync(path)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", refuse_rename)
        patch.setattr(staging, "_sync", refuse_sync)
        made.run(request)
        told, last = made.heard.lines[-2:]
        assert told.startswith("Completed with warnings: [Errno 5] Input/output error")
        assert last == f"Changed {prefix}."
        assert roll_back(request.kind, made.staging(job=UPDATE)).startswith(
            "The previous version cannot be deleted yet: Input/output"
        )
    assert state(prefix)["bin/demo"] == "# 2.0\n"
    assert (previous / "mine.txt").exists(), "before the commit is safe, nothing is deleted"
    forget_replaced(request.kind, made.staging(job=UPDATE), succeeded=False)
    assert sorted(path.name for path in made.envs.iterdir()) == [".lesson.notes", "lesson"]


def test_what_is_not_known_to_be_replaced_stays(made: Place) -> None:
    previous = made.staging(job=UPDATE).previous
    request = made.update("lesson", "demo=2.0")
    previous.mkdir()
    forget_replaced(request.kind, made.staging(job=UPDATE), succeeded=False)
    assert previous.exists(), "the environment bears the mark of another job"
    forget_replaced(request.kind, made.staging(job=UPDATE), succeeded=True)
    assert not previous.exists(), "that of a later one"


def test_files_written_during_an_update_are_in_the_new_one(made: Place) -> None:
    prefix = made.envs / "lesson"

    def write(_: Path) -> None:
        (prefix / "meanwhile.txt").write_text("mine")

    made.backend.after_install = write
    made.run(made.update("lesson", "demo=2.0"))
    assert (prefix / "meanwhile.txt").read_text() == "mine"


def test_what_was_deleted_renamed_or_protected_during_an_update(made: Place) -> None:
    prefix = made.envs / "lesson"
    add(prefix, {"work/del.txt": "1", "work/ren.txt": "2", "work/olddir/file": "3"})

    def tidy(_: Path) -> None:
        (prefix / "work" / "del.txt").unlink()
        (prefix / "work" / "ren.txt").rename(prefix / "work" / "renamed.txt")
        (prefix / "work" / "olddir").rename(prefix / "newdir")
        (prefix / "newempty").mkdir()
        (prefix / "work").chmod(0o700)

    made.backend.after_install = tidy
    made.run(made.update("lesson", "demo=2.0"))
    assert [path.name for path in (prefix / "work").iterdir()] == ["renamed.txt"]
    assert (prefix / "newdir" / "file").read_text() == "3"
    assert (prefix / "newempty").is_dir()
    assert (prefix / "work").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("atomic", [True, False])
def test_files_written_at_the_last_moment_are_in_the_new_one(
    made: Place, monkeypatch: pytest.MonkeyPatch, *, atomic: bool
) -> None:
    """When all has been looked at, and the two have not changed places yet."""
    if not atomic:
        without_exchange(monkeypatch)
    prefix = made.envs / "lesson"
    real = Staging.exchange

    def write_and_exchange(staging: Staging) -> None:
        (prefix / "saved.txt").write_text("changed by its owner")
        (prefix / "saved.txt").replace(prefix / "mine.txt")
        (prefix / "late").mkdir()
        (prefix / "late" / "meanwhile.txt").write_text("mine")
        real(staging)

    monkeypatch.setattr(Staging, "exchange", write_and_exchange)
    made.run(made.update("lesson", "demo=2.0"))
    assert (prefix / "late" / "meanwhile.txt").read_text() == "mine"
    assert (prefix / "mine.txt").read_text() == "changed by its owner"
    assert (prefix / "bin" / "demo").read_text() == "# 2.0\n"
    assert f"2 files that changed in {prefix} meanwhile were copied to the new version." in made.heard.lines


def test_a_file_of_its_owner_s_where_a_package_brings_one(made: Place) -> None:
    prefix = made.envs / "lesson"
    add(prefix, {"bin/more": "MINE"})
    before = made.everything()
    with pytest.raises(LinkFailed, match="more contains bin/more, but no package owns"):
        made.run(made.update("lesson", "more"), settings=Settings(path_conflict="prevent"))
    assert made.everything() == before
    made.run(made.update("lesson", "more"))
    assert (prefix / "bin" / "more.before-update").read_text() == "MINE"
    assert (prefix / "bin" / "more").read_text() != "MINE"
    assert any(line.startswith("Path conflict: more contains bin/more") for line in made.heard.lines)


def at_the_check(work: Callable[[], None]) -> Callable[[str], None]:
    """Does it when the new version stands in its place."""
    return lambda phase: work() if phase == "verifying" else None


def test_what_is_written_into_open_files_is_in_the_new_one(made: Place) -> None:
    prefix, names = made.envs / "lesson", ("work/log.txt", "bin/log.txt")
    for name in names:
        add(prefix, {name: "one\n"})
    with contextlib.ExitStack() as stack:
        logs = [stack.enter_context((prefix / name).open("a")) for name in names]
        made.run(made.update("lesson", "demo=2.0"))
        for log in logs:
            log.write("two\n")
    assert [(prefix / name).read_text() for name in names] == ["one\ntwo\n"] * 2
    assert not any("meanwhile" in line for line in made.heard.lines), "they have not changed while it ran"


@pytest.mark.parametrize("died", [True, False])
@pytest.mark.parametrize("atomic", [True, False])
def test_a_new_version_that_is_rolled_back_is_kept(
    made: Place, monkeypatch: pytest.MonkeyPatch, *, atomic: bool, died: bool
) -> None:
    """With what others have written into it while it stood in the place of the environment."""
    if not atomic:
        without_exchange(monkeypatch)
    prefix, kept = made.envs / "lesson", made.staging(job=UPDATE).kept
    add(prefix, {"work/nb.ipynb": "v1"})
    before = state(prefix)
    files = {"data/mine.csv": "1", "work/nb.ipynb": "v2"}

    def write_and_fail(phase: str) -> None:
        if phase == "verifying":
            add(prefix, {"data/mine.csv": "1", "work/nb.tmp": "v2"})
            (prefix / "work" / "nb.tmp").replace(prefix / "work" / "nb.ipynb")
            raise Death

    made.heard.at_phase = write_and_fail
    request = made.update("lesson", "demo=2.0")
    with monkeypatch.context() as patch:
        if died:
            patch.setattr("jupyter_envkernels.engine.transaction.transaction.roll_back", lambda *_: "")
        with pytest.raises(Death):
            made.run(request)
    told = roll_back(request.kind, made.staging(job=UPDATE)) if died else made.heard.lines[-1]
    assert told.startswith(f"The new version is kept in {kept} for a day, with all files that were written into it.")
    assert state(prefix) == before
    assert sorted(path.name for path in made.envs.iterdir()) == sorted([kept.name, ".lesson.notes", "lesson"])
    assert {name: text for name, text in state(kept).items() if name in files} == files
    assert (kept / "bin" / "demo").read_text() == "# 2.0\n"
    assert kept.stat().st_mode & 0o777 == 0o700
    assert not (kept / "conda-meta" / "history").exists(), "conda would list it"
    assert roll_back(request.kind, made.staging(job=UPDATE)) == told
    assert kept.exists()


def test_a_version_that_never_stood_in_the_place_is_not_kept(made: Place) -> None:
    made.backend.after_install = break_linking
    with pytest.raises(LinkFailed):
        made.run(made.update("lesson", "demo=2.0"))
    assert sorted(path.name for path in made.envs.iterdir()) == [".lesson.notes", "lesson"]


def test_with_the_environment_go_versions_that_are_kept(made: Place) -> None:
    made.backend.after_install = break_verification
    with pytest.raises(VerifyFailed):
        made.run(made.update("lesson", "demo=2.0"))
    assert made.staging(job=UPDATE).kept.exists()
    made.job = "20260101-000002-00000000"
    made.run(made.remove("lesson"))
    assert [path.name for path in made.envs.iterdir()] == [".lesson.notes"]


def add(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def test_a_package_that_others_install_meanwhile_stops_the_update(made: Place) -> None:
    prefix = made.envs / "lesson"
    record = prefix / "conda-meta" / "other-1.0-0.json"

    def install(_: Path) -> None:
        record.write_text('{"name": "other", "version": "1.0"}')

    made.backend.after_install = install
    with pytest.raises(Outdated):
        made.run(made.update("lesson", "demo=2.0"))
    assert record.exists()
    assert state(prefix)["bin/demo"] != "# 2.0\n"


def test_variables_that_were_set_after_the_plan_are_kept(made: Place) -> None:
    request = made.update("lesson", "demo=2.0")
    made.run(PlanOnly(request))
    (request.prefix / "conda-meta" / "state").write_text('{"env_vars": {"A": "1"}}')
    with pytest.raises(Outdated):
        made.run(request, made.plans[-1])


def test_a_clone_is_of_the_state_that_was_planned(made: Place) -> None:
    prefix = made.envs / "lesson"
    request = Clone("copy", made.envs / "copy", source=prefix)
    made.run(PlanOnly(request))
    plan = made.plans[-1]
    made.run(made.update("lesson", "demo=2.0"))
    with pytest.raises(Outdated):
        made.run(request, plan)
    assert not (made.envs / "copy").exists()


def test_a_history_that_conda_wrote_goes_on_in_its_words(made: Place) -> None:
    prefix = made.envs / "lesson"
    (prefix / "conda-meta" / "history").write_text(
        "==> 2026-01-01 10:00:00 <==\n# cmd: conda create\n+main/noarch::demo-1.0-0\n# update specs: ['demo']\n"
    )
    made.run(made.update("lesson", "demo=2.0"))
    second = read_history(prefix)[1]
    assert second.removed == ("main/noarch::demo-1.0-0",)
    assert second.packages == {"https://conda.example/main/noarch::demo-2.0-0"}


def died(made: Place, monkeypatch: pytest.MonkeyPatch) -> Update:
    """An update that failed, and whose worker died before it could roll back."""
    request = made.update("lesson", "demo=2.0")
    monkeypatch.setattr("jupyter_envkernels.engine.transaction.transaction.roll_back", lambda *_: "")
    made.backend.after_install = break_verification
    with pytest.raises(VerifyFailed):
        made.run(request)
    return request


def test_a_mark_that_cannot_be_read_is_not_taken_for_another_s(made: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when no file can be opened any more: nothing is deleted, and it is tried again."""
    prefix = made.envs / "lesson"
    old = state(prefix)
    request = died(made, monkeypatch)
    with monkeypatch.context() as patch:
        real = read_file

        def refuse(path: Path, limit: int) -> bytes:
            if path.name == PENDING_MARK.name:
                raise OSError(24, "Too many open files", str(path))
            return real(path, limit)

        patch.setattr(staging, "read_file", refuse)
        with pytest.raises(LinkFailed, match="Too many open files"):
            roll_back(request.kind, made.staging(job=UPDATE))
    roll_back(request.kind, made.staging(job=UPDATE))
    assert state(prefix) == old
    kept = made.staging(job=UPDATE).kept.name
    assert sorted(path.name for path in made.envs.iterdir()) == sorted([kept, ".lesson.notes", "lesson"])


def test_a_mark_that_a_power_cut_has_emptied_deletes_nothing(made: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    prefix = made.envs / "lesson"
    old = state(prefix)
    request = died(made, monkeypatch)
    (prefix / PENDING_MARK).write_text("")
    with pytest.raises(LinkFailed, match="previous version is kept"):
        roll_back(request.kind, made.staging(job=UPDATE))
    assert state(made.staging(job=UPDATE).previous) == old


def with_pip(made: Place) -> Path:
    """Python 3.11, for which pip has installed tool, and a person's own file; returns the folder of both."""
    prefix = made.envs / "lesson"
    made.run(made.update("lesson", "python=3.11"))
    made.job = "20260101-000002-00000000"
    site = prefix / "lib" / "python3.11" / "site-packages"
    info = site / "tool-1.0.dist-info"
    info.mkdir(parents=True)
    (site / "tool.py").touch()
    (site / "mine.py").touch()
    (info / "METADATA").write_text("Name: tool\nVersion: 1.0\n")
    (info / "RECORD").write_text("tool.py,,\ntool-1.0.dist-info/METADATA,,\ntool-1.0.dist-info/RECORD,,\n")
    return site


def test_with_another_python_go_the_packages_of_pip(made: Place) -> None:
    site = with_pip(made)
    request = made.update("lesson", "python=3.12")
    made.run(structs.replace(request, edit=replace(request.edit, remove=("tool",))))
    assert [path.name for path in site.iterdir()] == ["mine.py"]
    message = "Python 3.11 changes to 3.12, so the packages that pip installed for it are removed (tool)."
    assert message in [warning.message for warning in made.plans[-1].warnings]
    assert "Kept, because no pip package owns them: lib/python3.11/site-packages/mine.py." in made.heard.lines


def test_they_are_back_where_the_change_is_taken_back(made: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    site = with_pip(made)
    before = state(made.envs / "lesson")

    async def fail(*_: object, **__: object) -> None:
        raise PipFailed("It cannot be installed for this Python.")

    monkeypatch.setattr("jupyter_envkernels.engine.pip.installer.install", fail)
    with pytest.raises(PipFailed):
        made.run(made.update("lesson", "python=3.12"))
    assert made.plans[-1].pip == ("tool==1.0",)
    assert state(made.envs / "lesson") == before
    assert (site / "tool.py").exists()
