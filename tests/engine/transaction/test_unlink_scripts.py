from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from jupyter_envkernels.engine.transaction.staging import Staging
from jupyter_envkernels.engine.transaction.unlink_scripts import discard_copy, run_on_copy, with_scripts
from jupyter_envkernels.envs.trust_sources import trust_prefix
from jupyter_envkernels.errors import Forbidden
from jupyter_envkernels.system import system
from tests.engine.fakes import Heard
from tests.engine.transaction.test_transaction import Place, place

__all__ = ["place"]

JOB = "20260101-000000-0123abcd"


@pytest.fixture
def staging(tmp_path: Path) -> Staging:
    """An environment, and its copy."""
    there = Staging(tmp_path / "lesson", JOB, "5ec2e7")
    (there.prefix / "conda-meta").mkdir(parents=True)
    record = {"name": "a", "version": "1.0", "build": "0", "build_number": 0, "depends": []}
    (there.prefix / "conda-meta" / "a-1.0-0.json").write_text(json.dumps(record))
    there.begin()
    for folder, mark in ((there.prefix, "old"), (there.folder, "copy")):
        (folder / "bin").mkdir()
        (folder / mark).touch()
        (folder / "bin" / ".a-pre-unlink.sh").write_text('ls "$PREFIX" > "$PREFIX/seen"\n')
    return there


def test_packages_with_scripts(staging: Staging) -> None:
    (staging.prefix / "bin" / ".b-c-pre-unlink.sh").touch()
    (staging.prefix / "bin" / ".d-post-link.sh").touch()
    assert with_scripts(staging.prefix) == ["a", "b-c"]
    assert with_scripts(staging.prefix, {"a", "d"}) == ["a"]
    assert with_scripts(staging.prefix / "nowhere") == []


@pytest.mark.parametrize("in_one_step", [True, False])
async def test_the_copy_takes_the_place_for_a_while(
    staging: Staging, monkeypatch: pytest.MonkeyPatch, *, in_one_step: bool
) -> None:
    if not in_one_step:
        monkeypatch.setattr(system, "exchange", lambda *_: False)
    await run_on_copy(staging, ["a"], os.environ, Heard())
    assert (staging.prefix / "old").exists()
    assert not (staging.prefix / "seen").exists()
    assert "copy" in (staging.folder / "seen").read_text().split()
    assert staging.folder.stat().st_mode & 0o777 == 0o700
    assert not staging.previous.exists()
    discard_copy(staging)
    assert not staging.folder.exists()
    assert staging.empty_trash() == ""
    assert [path.name for path in staging.prefix.parent.iterdir()] == ["lesson"]


@pytest.fixture
def made(place: Place) -> Place:
    """With an environment whose scripts tell that they have run."""
    place.run(place.create())
    prefix = place.envs / "lesson"
    for script in (prefix / "bin/.demo-pre-unlink.sh", prefix / "etc/conda/activate.d/demo.sh"):
        script.parent.mkdir(parents=True, exist_ok=True)
        script.write_text(f"echo {script.name} >> {place.home}/ran\n")
    place.job = JOB
    return place


def ran(place: Place) -> set[str]:
    seen = place.home / "ran"
    return set(seen.read_text().split()) if seen.exists() else set()


def of_another_account(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment is one of the owner of the folder that it is in, who is trusted, and is not the user."""
    owner = os.geteuid() or 4242
    if os.geteuid() == 0:
        for path in (place.home, place.envs / "lesson", place.envs / "lesson/conda-meta"):
            os.chown(path, owner, -1)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: owner + 1)


@pytest.mark.parametrize("kind", ["update", "remove"])
def test_scripts_of_the_user_run(made: Place, kind: str) -> None:
    made.run(made.update("lesson", "demo=2.0") if kind == "update" else made.remove("lesson"))
    assert ran(made) == {".demo-pre-unlink.sh", "demo.sh"}


def test_a_removal_runs_no_script_of_another_account(made: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    of_another_account(made, monkeypatch)
    made.run(made.remove("lesson"))
    assert ran(made) == set()
    assert f"The pre-unlink scripts of demo do not run, as they would in your name: {made.envs}/lesson belongs to" in (
        "\n".join(made.heard.lines)
    )
    assert not (made.envs / "lesson").exists()


def test_a_removal_runs_no_script_that_others_can_change(made: Place) -> None:
    (made.envs / "lesson").chmod(0o777)
    made.run(made.remove("lesson"))
    assert ran(made) == set()
    assert "can be written by every account" in "\n".join(made.heard.lines)
    assert not (made.envs / "lesson").exists()


def test_an_update_runs_no_pre_unlink_script_of_another_account(made: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    of_another_account(made, monkeypatch)
    made.run(made.update("lesson", "demo=2.0"))
    assert ".demo-pre-unlink.sh" not in ran(made)
    assert "The pre-unlink scripts of demo do not run" in "\n".join(made.heard.lines)
    assert (made.envs / "lesson/bin/demo").read_text() == "# 2.0\n"


def test_no_copy_is_made_where_others_could_replace_it(made: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also of an environment that is trusted by name."""
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(made.home / "data"))
    trust_prefix(made.envs / "lesson")
    made.envs.chmod(0o777)
    with pytest.raises(Forbidden, match=f"Other accounts could replace what is made in {made.envs}: "):
        made.run(made.update("lesson", "demo=2.0"))
    made.run(made.remove("lesson"))
    assert ran(made) == set()
    assert "The pre-unlink scripts of demo did not run: Other accounts could replace" in "\n".join(made.heard.lines)
    assert not (made.envs / "lesson").exists()
