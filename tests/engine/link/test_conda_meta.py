from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from jupyter_envkernels.engine.link import conda_meta
from jupyter_envkernels.models import Plan, PlannedPackage


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    prefix = tmp_path / "lesson"
    (prefix / "conda-meta").mkdir(parents=True)
    return prefix


def package(name: str, channel: str = "https://conda.example/forge/") -> PlannedPackage:
    return PlannedPackage(
        name=name,
        version="1.0",
        build="0",
        channel=channel,
        subdir="noarch",
        url=f"{channel}noarch/{name}-1.0-0.conda",
        sha256="00" * 32,
        size=1,
        cached=False,
        record="{}",
    )


def test_history_is_one_revision_as_conda_writes_it(prefix: Path) -> None:
    plan = Plan(packages=(package("b"), package("a")), requested=("a", "python=3.12"))
    conda_meta.write_history(prefix, plan, "jupyter envkernels create")
    first, *rest = (prefix / "conda-meta" / "history").read_text().splitlines()
    assert first.startswith("==> 20")
    assert rest == [
        "# cmd: jupyter envkernels create",
        "+https://conda.example/forge/noarch::a-1.0-0",
        "+https://conda.example/forge/noarch::b-1.0-0",
        "# update specs: ['a', 'python=3.12']",
    ]


def test_variables_are_where_conda_keeps_them(prefix: Path) -> None:
    conda_meta.write_variables(prefix, {"LESSON": "two words"})
    state = json.loads((prefix / "conda-meta" / "state").read_text())
    assert state["env_vars"] == {"LESSON": "two words"}


def test_no_variables_no_file(prefix: Path) -> None:
    conda_meta.write_variables(prefix, {})
    assert not (prefix / "conda-meta" / "state").exists()


def test_registering_twice_gives_one_line(tmp_path: Path) -> None:
    listing = tmp_path / ".conda" / "environments.txt"
    listing.parent.mkdir()
    listing.write_text("/opt/other\n")
    conda_meta.register(tmp_path / "lesson", tmp_path)
    conda_meta.register(tmp_path / "lesson", tmp_path)
    assert listing.read_text() == f"/opt/other\n{tmp_path}/lesson\n"
    conda_meta.unregister(tmp_path / "lesson", tmp_path)
    assert listing.read_text() == "/opt/other\n"


def test_history_holds_no_credentials(prefix: Path) -> None:
    plan = Plan(
        packages=(package("a", "https://user:sEcret@conda.example/forge/"),),
        requested=("https://conda.example/t/tk-sEcret/forge::a",),
    )
    conda_meta.write_history(prefix, plan, "jupyter envkernels create")
    history = (prefix / "conda-meta" / "history").read_text()
    assert "sEcret" not in history
    assert "+https://conda.example/forge/noarch::a-1.0-0" in history
    assert "['https://conda.example/forge::a']" in history


def test_history_of_a_prefix_whose_path_is_not_text(prefix: Path) -> None:
    conda_meta.write_history(
        prefix, Plan(packages=()), f"create -p {os.fsdecode(b'/home/m' + bytes([0xFC]) + b'ller')}"
    )
    assert b"/home/m\xfcller" in (prefix / "conda-meta" / "history").read_bytes()


@pytest.fixture
def listing(tmp_path: Path) -> Path:
    """Conda's list of environments, with a line that is not UTF-8 and no end of the last one."""
    listing = tmp_path / ".conda" / "environments.txt"
    listing.parent.mkdir()
    listing.write_bytes(b"/home/m\xfcller/envs/x\n\n  /indented\n/opt/last")
    return listing


def test_the_lines_of_others_stay_as_they_are(listing: Path, tmp_path: Path) -> None:
    assert conda_meta.register(tmp_path / "lesson", tmp_path) == ""
    others = b"/home/m\xfcller/envs/x\n\n  /indented\n/opt/last\n"
    assert listing.read_bytes() == others + os.fsencode(tmp_path / "lesson") + b"\n"
    assert conda_meta.is_registered(tmp_path / "lesson", tmp_path)
    assert conda_meta.unregister(tmp_path / "lesson", tmp_path) == ""
    assert listing.read_bytes() == others
    assert not conda_meta.is_registered(tmp_path / "lesson", tmp_path)
    assert sorted(path.name for path in listing.parent.iterdir()) == [".environments.txt.lock", "environments.txt"]


def test_a_prefix_whose_path_is_not_text(listing: Path, tmp_path: Path) -> None:
    prefix = tmp_path / os.fsdecode(b"caf\xe9")
    assert conda_meta.register(prefix, tmp_path) == ""
    assert listing.read_bytes().endswith(b"/caf\xe9\n")


def test_a_list_that_is_a_link_stays_one(listing: Path, tmp_path: Path) -> None:
    real = tmp_path / "dotfiles" / "environments.txt"
    real.parent.mkdir()
    listing.rename(real)
    real.chmod(0o600)
    listing.symlink_to(real)
    assert conda_meta.register(tmp_path / "lesson", tmp_path) == ""
    assert listing.is_symlink()
    assert conda_meta.is_registered(tmp_path / "lesson", tmp_path)
    assert real.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in real.parent.iterdir()] == ["environments.txt"]


def test_the_list_keeps_its_mode(listing: Path, tmp_path: Path) -> None:
    listing.chmod(0o640)
    conda_meta.register(tmp_path / "lesson", tmp_path)
    assert listing.stat().st_mode & 0o777 == 0o640


def test_no_home_yet(tmp_path: Path) -> None:
    assert conda_meta.register(tmp_path / "lesson", tmp_path / "new" / "home") == ""
    assert conda_meta.is_registered(tmp_path / "lesson", tmp_path / "new" / "home")


def test_a_list_that_cannot_be_written_is_a_warning(tmp_path: Path) -> None:
    (tmp_path / ".conda").write_text("not a folder")
    warning = conda_meta.register(tmp_path / "lesson", tmp_path)
    assert warning == f"The list of environments {tmp_path}/.conda/environments.txt cannot be changed: File exists."
    assert not conda_meta.is_registered(tmp_path / "lesson", tmp_path)
    assert conda_meta.unregister(tmp_path / "lesson", tmp_path) == ""


def test_a_list_that_is_a_folder_is_a_warning(tmp_path: Path) -> None:
    (tmp_path / ".conda" / "environments.txt").mkdir(parents=True)
    assert "cannot be changed: Is a directory" in conda_meta.register(tmp_path / "lesson", tmp_path)
