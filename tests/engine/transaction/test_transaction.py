"""The frame of every operation, with a package manager of a few lines."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from jupyter_envkernels.engine.link import conda_meta
from jupyter_envkernels.engine.link.clone import clone
from jupyter_envkernels.engine.link.permissions import make_folder
from jupyter_envkernels.engine.operations import Clone, Create, JobRequest, PlanOnly, Remove, Update
from jupyter_envkernels.engine.transaction.staging import Staging
from jupyter_envkernels.engine.transaction.transaction import Transaction
from jupyter_envkernels.engine.variable_expansion import Variables
from jupyter_envkernels.envs.conda_config.condarc import Settings
from jupyter_envkernels.envs.trust import account_name
from jupyter_envkernels.envs.usage import Footprints
from jupyter_envkernels.errors import (
    AlreadyExists,
    Busy,
    EnvKernelsError,
    Forbidden,
    InvalidRequest,
    InvalidSpec,
    LinkFailed,
    NotFound,
    Outdated,
    PipFailed,
    SolveFailed,
    VerifyFailed,
)
from jupyter_envkernels.models import (
    PENDING_MARK,
    UPDATE_MARK,
    Edit,
    EngineOptions,
    EnvSpec,
    JobPhase,
    LockedPackage,
    Plan,
    environment_id,
)
from jupyter_envkernels.specs.secrets import Secrets
from jupyter_envkernels.system import system
from tests.accounts import Account
from tests.engine.fakes import CHANNEL, Heard, SmallBackend, link, planned

JOB = "20260101-000000-00000000"
TOKEN = "5ec2e7"


@dataclass
class Place:
    """A home folder with environments in it."""

    home: Path
    backend: SmallBackend = field(default_factory=SmallBackend)
    heard: Heard = field(default_factory=Heard)
    plans: list[Plan] = field(default_factory=list)
    job: str = JOB
    channels: tuple[str, ...] = ("https://conda.example/main",)
    variables: Variables = field(default_factory=Variables)

    @property
    def envs(self) -> Path:
        return self.home / "envs"

    @property
    def roots(self) -> tuple[Path, ...]:
        """Those that are shared."""
        return ()

    @property
    def listing(self) -> Path:
        return self.home / ".conda" / "environments.txt"

    def staging(self, name: str = "lesson", job: str = "") -> Staging:
        """The places of a job, as a process that finds its journal knows them."""
        return Staging(self.envs / name, job or self.job, TOKEN)

    def create(self, name: str = "lesson", *, pip: tuple[str, ...] = ()) -> Create:
        return Create(name, self.envs / name, spec=EnvSpec(dependencies=("demo",), pip=pip))

    def clone(self, source: str, name: str) -> Clone:
        return Clone(name, self.envs / name, source=self.envs / source)

    def remove(self, name: str) -> Remove:
        return Remove(name, self.envs / name)

    def update(self, name: str, *add: str, remove: tuple[str, ...] = ()) -> Update:
        return Update(name, self.envs / name, edit=Edit(add, remove))

    def run(self, request: JobRequest, plan: Plan | None = None, settings: Settings | None = None) -> None:
        transaction = Transaction(
            request=request,
            staging=Staging(request.prefix, self.job, TOKEN),
            backend=self.backend,
            options=EngineOptions(self.channels, self.home / "cache", shared_roots=self.roots),
            report=self.heard,
            environ={"PATH": "/usr/bin:/bin", "HOME": str(self.home)},
            keep_plan=self.plans.append,
            settings=settings or Settings(),
            plan=plan,
            variables=self.variables,
        )
        asyncio.run(transaction.run())

    def everything(self) -> dict[str, bytes]:
        """All files of the home, and all folders; a lock and the package cache may come to stay."""
        return {
            str(path.relative_to(self.home)): path.read_bytes() if path.is_file() else b""
            for path in self.home.rglob("*")
            if path.name != ".environments.txt.lock" and not path.is_relative_to(self.home / "cache")
        }


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A home with something of its owner's in it."""
    home = tmp_path / "home"
    (home / ".conda").mkdir(parents=True)
    (home / ".conda" / "environments.txt").write_bytes(b"/home/m\xfcller/envs/x\n")
    (home / "envs" / ".lesson.notes").mkdir(parents=True)
    (home / "envs" / ".lesson.notes" / "mine").write_text("mine")
    monkeypatch.setenv("HOME", str(home))
    return Place(home)


def fail(error: BaseException) -> Callable[..., None]:
    def raise_it(*_: object) -> None:
        raise error

    return raise_it


def test_create(place: Place) -> None:
    place.run(place.create())
    prefix = place.envs / "lesson"
    assert place.heard.phases == ["checking", "solving", "linking", "verifying"]
    assert (prefix / "bin" / "demo").read_text() == f"#!{prefix}/bin/sh\n"
    assert "# update specs: ['demo']" in (prefix / "conda-meta" / "history").read_text()
    assert not (prefix / PENDING_MARK).exists()
    assert sorted(path.name for path in place.envs.iterdir()) == [".lesson.notes", "lesson"]
    assert place.listing.read_bytes() == b"/home/m\xfcller/envs/x\n" + os.fsencode(prefix) + b"\n"
    assert [package.name for package in place.plans[0].packages] == ["demo"]


def test_conda_wants_no_list_of_environments(place: Place) -> None:
    before = place.listing.read_bytes()
    place.run(place.create(), settings=Settings(register_envs=False))
    assert (place.envs / "lesson" / "bin" / "demo").exists()
    assert place.listing.read_bytes() == before


def test_a_plan_tells_of_the_terms_of_configured_channels(place: Place) -> None:
    place.channels = ("defaults",)
    place.run(place.create())
    place.run(place.create("mirrored"), settings=Settings(default_channels=("https://conda.example.org/main",)))
    place.channels = ("conda-forge",)
    place.run(place.create("other"))
    assert [[warning.code for warning in plan.warnings] for plan in place.plans] == [["terms-of-service"], [], []]


def test_a_package_from_a_channel_that_is_not_allowed_is_never_installed(place: Place) -> None:
    before = place.everything()
    settings = Settings(allowlist_channels=(CHANNEL,))
    nothing = fail(AssertionError("nothing is to be installed"))
    place.backend = SmallBackend(address="https://evil.example/main", after_install=nothing)
    with pytest.raises(Forbidden, match=r"The channel https://evil\.example/main/noarch must not be used"):
        place.run(place.create(), settings=settings)
    assert place.everything() == before
    place.backend = SmallBackend()
    place.run(place.create(), settings=settings)


def test_clone(place: Place) -> None:
    place.run(place.create("source"))
    (place.envs / "source" / "notes.txt").write_text(f"see {place.envs}/source/bin\n")
    os.mkfifo(place.envs / "source" / "pipe")
    place.run(place.clone("source", "copy"))
    assert (place.envs / "copy" / "bin" / "demo").read_text() == f"#!{place.envs}/copy/bin/sh\n"
    assert (place.envs / "copy" / "notes.txt").read_text() == f"see {place.envs}/copy/bin\n"
    assert f"Skipped {place.envs}/source/pipe: it is a socket, a pipe or a device." in place.heard.lines
    assert conda_meta.is_registered(place.envs / "copy", place.home)
    assert place.heard.amounts["linking"][-1] == (5, 5, "files")


def test_a_clone_of_a_base_is_an_environment_like_any_other(place: Place) -> None:
    base = place.home / "miniforge3"
    for folder in ("conda-meta", "condabin", "pkgs"):
        (base / folder).mkdir(parents=True)
    (base / "conda-meta" / "history").touch()
    place.run(Clone("copy", place.home / "copy", source=base))
    assert not (place.home / "copy" / "pkgs").exists()
    place.run(Update("copy", place.home / "copy", edit=Edit(("demo",))))
    assert (place.home / "copy" / "bin" / "demo").exists()
    place.run(Remove("copy", place.home / "copy"))
    assert not (place.home / "copy").exists()


def test_remove(place: Place) -> None:
    before = place.everything()
    place.run(place.create())
    place.heard.phases.clear()
    place.run(place.remove("lesson"))
    assert place.heard.phases == ["checking", "removing"]
    assert place.everything() == before


def test_a_plan_that_leaves_nothing_to_solve(place: Place) -> None:
    place.backend.at_solve = fail(AssertionError("nothing is to be solved"))
    spec = EnvSpec(locked=(LockedPackage("https://conda.example/main/noarch/demo-1.0-0.conda"),))
    place.run(Create("lesson", place.envs / "lesson", spec=spec))
    assert (place.envs / "lesson" / "bin" / "demo").exists()


def write(name: str, text: str) -> Callable[[Path], None]:
    def write_it(folder: Path) -> None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)

    return write_it


@pytest.mark.parametrize(
    ("backend", "failure", "message"),
    [
        (SmallBackend(at_solve=fail(SolveFailed("No."))), SolveFailed, "No"),
        (SmallBackend(after_install=fail(LinkFailed("No."))), LinkFailed, "No"),
        (SmallBackend(after_install=fail(OSError(5, "Input/output error", "x"))), LinkFailed, "Input/output error"),
        (SmallBackend(after_install=write("bin/.demo-post-link.sh", "echo no; exit 3")), LinkFailed, "failed: no"),
        (SmallBackend(after_install=lambda folder: (folder / "bin" / "demo").unlink()), VerifyFailed, "does not exist"),
    ],
    ids=["solve", "link", "disk", "post-link", "verify"],
)
def test_a_failure_leaves_nothing(
    place: Place, backend: SmallBackend, failure: type[EnvKernelsError], message: str
) -> None:
    before = place.everything()
    place.backend = backend
    with pytest.raises(failure, match=message):
        place.run(place.create())
    assert place.everything() == before


def test_an_activation_script_that_fails_is_no_failure(place: Place) -> None:
    """Log and listing name it, without what variables of the request hold."""
    script = place.envs / "lesson" / "etc" / "conda" / "activate.d" / "demo.sh"
    place.variables = Variables(secrets=Secrets({"TOKEN": "long-and-secret"}))
    place.backend.after_install = write(
        "etc/conda/activate.d/demo.sh", "echo no license for long-and-secret; exec true\n"
    )
    place.run(place.create())
    assert (place.envs / "lesson" / "bin" / "demo").exists()
    [problem] = Footprints().read()[environment_id(place.envs / "lesson")].activation_problems
    assert problem.message.startswith(f"{script} ended the shell")
    assert problem.message.endswith("no license for ${TOKEN}")
    assert [line for line in place.heard.lines if line.startswith(f"{script} ended the shell")]
    place.backend.after_install = write("etc/conda/activate.d/demo.sh", "export A=1\n")
    place.run(place.update("lesson", "more"))
    assert environment_id(place.envs / "lesson") not in Footprints().read()


def test_a_failure_of_pip_leaves_nothing(place: Place) -> None:
    before = place.everything()
    with pytest.raises(PipFailed):
        place.run(place.create(pip=("something",)))
    assert place.everything() == before
    assert place.heard.phases[-2:] == ["pip", "rolling-back"]


@pytest.mark.parametrize("phase", ["solving", "linking", "verifying"])
def test_a_report_that_fails_leaves_nothing(place: Place, phase: JobPhase) -> None:
    before = place.everything()
    place.heard = Heard(fails_at=phase)
    with pytest.raises(EnvKernelsError, match="No space is left"):
        place.run(place.create())
    assert place.everything() == before


def test_a_rollback_needs_no_report(place: Place) -> None:
    before = place.everything()
    place.heard = Heard(fails_at="rolling-back")
    place.backend.after_install = fail(LinkFailed("the first failure"))
    with pytest.raises(LinkFailed, match="the first failure"):
        place.run(place.create())
    assert place.heard.phases[-1] == "rolling-back"
    assert place.everything() == before


@pytest.mark.parametrize("kind", ["folder", "file", "dangling link"])
def test_the_place_is_taken(place: Place, kind: str) -> None:
    prefix = place.envs / "lesson"
    if kind == "folder":
        prefix.mkdir()
    elif kind == "file":
        prefix.touch()
    else:
        prefix.symlink_to("nowhere")
    before = place.everything()
    with pytest.raises(AlreadyExists, match="exists already"):
        place.run(place.create())
    assert place.everything() == before
    assert os.path.lexists(prefix)


@pytest.mark.parametrize("content", [{}, {"mine": "mine"}])
def test_the_place_is_taken_meanwhile(place: Place, content: dict[str, str]) -> None:
    prefix = place.envs / "lesson"

    def appear(_: Path) -> None:
        prefix.mkdir()
        for name, text in content.items():
            (prefix / name).write_text(text)

    place.backend.after_install = appear
    with pytest.raises(AlreadyExists, match="was created by another program"):
        place.run(place.create())
    assert {path.name: path.read_text() for path in prefix.iterdir()} == content
    assert sorted(path.name for path in place.envs.iterdir()) == [".lesson.notes", "lesson"]


def test_a_rename_that_fails_otherwise_keeps_its_reason(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    before = place.everything()
    monkeypatch.setattr(system, "rename_to_free", fail(PermissionError(13, "Permission denied", "x")))
    with pytest.raises(LinkFailed, match="Permission denied"):
        place.run(place.create())
    assert place.everything() == before


def test_a_name_that_is_too_long(place: Place) -> None:
    with pytest.raises(InvalidRequest, match="is too long for a folder"):
        place.run(place.create("x" * 256))
    assert place.heard.phases == ["checking"]


def test_a_long_name(place: Place) -> None:
    before = place.everything()
    place.run(place.create("x" * 255))
    place.run(place.remove("x" * 255))
    assert place.everything() == before


def test_a_parent_that_is_a_file(place: Place) -> None:
    with pytest.raises(Forbidden, match="is not a folder"):
        place.run(Create("x", place.envs / ".lesson.notes" / "mine" / "x", spec=EnvSpec()))


def test_a_source_that_is_gone(place: Place) -> None:
    before = place.everything()
    with pytest.raises(NotFound):
        place.run(place.clone("absent", "copy"))
    assert place.everything() == before


def test_a_source_whose_record_is_damaged(place: Place) -> None:
    place.run(place.create("source"))
    (place.envs / "source" / "conda-meta" / "demo-1.0-0.json").write_text('{"name": "demo", "files": 5}')
    before = place.everything()
    with pytest.raises(InvalidSpec, match="cannot be read"):
        place.run(place.clone("source", "copy"))
    assert place.everything() == before


def test_a_list_that_cannot_be_written_fails_nothing(place: Place) -> None:
    place.listing.unlink()
    place.listing.parent.rename(place.home / "conda")
    place.listing.parent.write_text("not a folder")
    place.run(place.create())
    assert (place.envs / "lesson" / "bin" / "demo").exists()
    assert any(line.startswith("The list of environments") for line in place.heard.lines)
    place.run(place.remove("lesson"))
    assert not (place.envs / "lesson").exists()


def test_what_must_not_be_removed(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.run(place.create())
    before = place.everything()
    monkeypatch.setattr(sys, "prefix", str(place.envs / "lesson"))
    with pytest.raises(Forbidden):
        place.run(place.remove("lesson"))
    assert place.everything() == before


@pytest.fixture
def attacked(place: Place, accounts: tuple[Account, Account], monkeypatch: pytest.MonkeyPatch) -> Place:
    """A person with a secret, who makes environments in a shared folder where everybody may make some."""
    victim, _ = accounts
    # all that is imported on the way: another account may not be able to read the Python that runs the tests
    for request in (place.create(), place.update("lesson", "more"), place.remove("lesson")):
        place.run(request)
    shared = victim.home.parent / "shared"
    shared.mkdir()
    shared.chmod(0o1777 if os.geteuid() == 0 else 0o755)
    monkeypatch.setenv("HOME", str(victim.home))
    with victim.acting():
        (victim.home / ".ssh").mkdir(mode=0o700)
        (victim.home / ".ssh" / "id_rsa").write_text("secret")
        (victim.home / ".ssh" / "id_rsa").chmod(0o600)
    return Shared(victim.home)


class Shared(Place):
    """Environments are in a root that is shared."""

    @property
    def envs(self) -> Path:
        return self.home.parent / "shared"

    @property
    def roots(self) -> tuple[Path, ...]:
        return (self.envs,)


def secret(place: Place) -> dict[str, tuple[int, bytes]]:
    """What others must neither see nor change."""
    ssh = place.home / ".ssh"
    return {
        path.name: (path.stat().st_mode & 0o7777, path.read_bytes() if path.is_file() else b"")
        for path in (ssh, *ssh.rglob("*"))
    }


def plant(path: Path, kind: str, target: Path) -> None:
    """Put something under a name."""
    if kind == "link":
        path.symlink_to(target)
    elif kind == "folder":
        path.mkdir()
        path.chmod(0o777)
    else:
        path.write_text("planted")


@pytest.mark.parametrize("kind", ["link", "folder", "file"])
@pytest.mark.parametrize("where", ["folder", "previous", "trash"])
@pytest.mark.parametrize("what", ["create", "update", "remove"])
def test_nothing_is_done_with_what_others_have_planted(
    attacked: Place, accounts: tuple[Account, Account], what: str, where: str, kind: str
) -> None:
    """Even if they knew the names."""
    victim, attacker = accounts
    before = secret(attacked)
    with victim.acting():
        if what != "create":
            attacked.run(attacked.create())
    attacked.job = "20260101-000001-00000000"
    planted: Path = getattr(attacked.staging(), where)
    with attacker.acting():
        plant(planted, kind, victim.home / ".ssh")
    there = planted.lstat()
    requests: dict[str, JobRequest] = {
        "create": attacked.create(),
        "update": attacked.update("lesson", "more"),
        "remove": attacked.remove("lesson"),
    }
    with victim.acting(), suppress(EnvKernelsError):
        attacked.run(requests[what])
    assert secret(attacked) == before
    if os.geteuid() == 0:  # what is one's own under a name that only the job knows is the job's
        assert planted.lstat().st_ino == there.st_ino
        assert planted.lstat().st_mode == there.st_mode
    prefix = attacked.envs / "lesson"
    assert not prefix.exists() or os.geteuid() != 0 or prefix.stat().st_uid == victim.uid


def test_who_knows_the_id_of_a_job_can_do_nothing_with_it(attacked: Place, accounts: tuple[Account, Account]) -> None:
    victim, attacker = accounts
    before = secret(attacked)
    with attacker.acting():
        for word in ("new", "was", "old"):
            plant(attacked.envs / f".lesson.envkernels-{JOB}.{word}", "link", victim.home / ".ssh")
    with victim.acting():
        attacked.run(attacked.create())
        attacked.run(attacked.update("lesson", "more"))
    assert (attacked.envs / "lesson" / "bin" / "more").stat().st_mode & 0o777 == 0o755
    with victim.acting():
        attacked.run(attacked.remove("lesson"))
    assert secret(attacked) == before


@pytest.mark.parametrize("what", ["create", "update", "plan"])
def test_nothing_is_made_where_others_could_replace_it(place: Place, what: str) -> None:
    place.run(place.create("source"))
    before = place.everything()
    place.envs.chmod(0o777)
    requests: dict[str, JobRequest] = {
        "create": place.create(),
        "update": place.update("source", "more"),
        "plan": PlanOnly(place.create()),
    }
    place.backend.at_solve = fail(AssertionError("nothing is to be solved"))
    with pytest.raises(Forbidden, match=r"can be written by every account|can change"):
        place.run(requests[what])
    assert place.everything() == before


def test_a_folder_that_others_make_meanwhile_is_not_used(
    attacked: Place, accounts: tuple[Account, Account], monkeypatch: pytest.MonkeyPatch
) -> None:
    victim, attacker = accounts
    before = secret(attacked)
    real = make_folder

    def plant_first(folder: Path, root: Path | None) -> None:
        plant(attacked.envs / "team", "link", victim.home / ".ssh")
        if os.geteuid() == 0:
            os.chown(attacked.envs / "team", attacker.uid, attacker.uid, follow_symlinks=False)
        real(folder, root)

    monkeypatch.setattr("jupyter_envkernels.engine.transaction.transaction.make_folder", plant_first)
    request = Create("lesson", attacked.envs / "team" / "lesson", spec=EnvSpec(dependencies=("demo",)))
    if os.geteuid() == 0:
        with pytest.raises(Forbidden, match=r"Other accounts could replace environments in"):
            attacked.run(request)
    assert secret(attacked) == before


def of_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pending marks belong to another account."""
    real = Path.lstat

    def lstat(path: Path) -> os.stat_result:
        found = real(path)
        return os.stat_result((*found[:4], 23456, *found[5:10])) if path.name == PENDING_MARK.name else found

    monkeypatch.setattr(Path, "lstat", lstat)


@pytest.mark.parametrize("what", ["clone", "update", "remove"])
def test_what_another_person_s_job_has_not_finished_is_left_alone(
    place: Place, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    place.run(place.create("source"))
    (place.envs / "source" / PENDING_MARK).write_text(f"20260101-000001-00000000\n{UPDATE_MARK}")
    before = place.everything()
    of_another(monkeypatch)
    requests: dict[str, JobRequest] = {
        "clone": place.clone("source", "copy"),
        "update": place.update("source", "more"),
        "remove": Remove("source", place.envs / "source", force=True),
    }
    with pytest.raises(Busy, match=rf"A job of {re.escape(account_name(23456))} is changing {place.envs}/source"):
        place.run(requests[what])
    assert place.everything() == before


def test_a_source_that_changes_while_it_is_cloned(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a person whose folder it is, while this one may only read it."""
    place.run(place.create("source"))
    real = clone

    def change_meanwhile(source: Path, *arguments: Any) -> tuple[Path, ...]:
        left_out = real(source, *arguments)
        link(planned("more", CHANNEL), source, source)
        return left_out

    monkeypatch.setattr("jupyter_envkernels.engine.transaction.transaction.clone", change_meanwhile)
    with pytest.raises(Outdated, match=r"source has changed since"):
        place.run(place.clone("source", "copy"))
    assert not (place.envs / "copy").exists()


@pytest.mark.parametrize("what", ["create", "plan", "clone", "update"])
def test_a_package_cache_that_others_can_write_is_not_used(place: Place, what: str) -> None:
    place.run(place.create("source"))
    (place.home / "cache" / "pkgs").mkdir()
    (place.home / "cache" / "pkgs").chmod(0o777)
    before = place.everything()
    place.backend.at_solve = fail(AssertionError("nothing is to be solved"))
    requests: dict[str, JobRequest] = {
        "create": place.create(),
        "plan": PlanOnly(place.create()),
        "clone": place.clone("source", "copy"),
        "update": place.update("source", "more"),
    }
    with pytest.raises(Forbidden, match=r"Other accounts could put packages into the package cache"):
        place.run(requests[what])
    assert place.everything() == before
    place.run(place.remove("source"))
