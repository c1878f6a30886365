"""What counts towards the limits of a user, wherever it is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from jupyter_envkernels.envs.quota_usage import read_quota_usage
from jupyter_envkernels.envs.usage import Footprints
from tests.prefixes import add_kernel, make_prefix

from .conftest import MakeCatalog


def test_environments_count_wherever_they_are(catalog_of: MakeCatalog, tmp_path: Path) -> None:
    for name in ("envs/lesson", "envs/hidden-one", "shared/course", "projects/tides/.pixi/envs/default", "far/away"):
        add_kernel(make_prefix(tmp_path / name))
    make_prefix(tmp_path / "home" / "miniforge3")
    (tmp_path / "home" / "miniforge3" / "condabin").mkdir()
    (tmp_path / "home" / ".conda").mkdir()
    (tmp_path / "home" / ".conda" / "environments.txt").write_text(f"{tmp_path}/far/away\n{tmp_path}/gone\n")
    catalog = catalog_of(
        shared_roots=(tmp_path / "shared",), contents_root=tmp_path / "projects", hidden_environments="hidden"
    )
    held = read_quota_usage(catalog)
    assert {environment.name for environment in held.environments} == {"lesson", "hidden-one", "tides", "away"}
    assert held.copies == ()


def test_versions_that_stand_beside_an_environment(catalog_of: MakeCatalog, tmp_path: Path) -> None:
    make_prefix(tmp_path / "far" / "away")
    (tmp_path / "home" / ".conda").mkdir()
    (tmp_path / "home" / ".conda" / "environments.txt").write_text(f"{tmp_path}/far/away\n")
    for folder in ("envs", "far", "shared", "elsewhere"):
        make_prefix(tmp_path / folder / ".lesson.envkernels-20261121-093000-1f2e3d4c.was")
    (tmp_path / "envs" / ".other").mkdir()
    held = read_quota_usage(catalog_of(shared_roots=(tmp_path / "shared",)))
    assert {copy.prefix.parent.name for copy in held.copies} == {"envs", "far"}


def test_those_of_others_do_not_count(catalog_of: MakeCatalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_prefix(tmp_path / "envs" / "theirs")
    make_prefix(tmp_path / "envs" / ".theirs.envkernels-20261121-093000-1f2e3d4c.was")
    make_prefix(tmp_path / "home" / ".conda" / "envs" / "mine")
    catalog = catalog_of()
    catalog.environments()
    me = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: me + 1)
    found = {environment.name for environment in read_quota_usage(catalog).environments}
    # as root shows it on some file servers: what is in the home folder and can be written is one's own
    assert found == ({"mine"} if me == 0 else set())
    assert read_quota_usage(catalog).copies == ()


def test_bytes_are_measured_when_they_are_not_known(catalog_of: MakeCatalog, tmp_path: Path) -> None:
    footprints = Footprints(tmp_path / "usage")
    prefix = make_prefix(tmp_path / "envs" / "lesson")
    (prefix / "data").write_bytes(os.urandom(300_000))
    copy = make_prefix(tmp_path / "envs" / ".lesson.envkernels-20261121-093000-1f2e3d4c.was")
    (copy / "data").write_bytes(os.urandom(500_000))
    held = read_quota_usage(catalog_of())
    assert held.known_bytes(footprints) == 0
    assert held.measured_bytes(footprints) == held.known_bytes(footprints) == pytest.approx(850_000, abs=50_000)


def test_a_version_that_is_kept_counts_once_with_its_environment(catalog_of: MakeCatalog, tmp_path: Path) -> None:
    footprints = Footprints(tmp_path / "usage")
    make_prefix(tmp_path / "envs" / "lesson")
    for name in ("lesson", "gone"):
        kept = make_prefix(tmp_path / "envs" / f".{name}.envkernels-20261121-093000-1f2e3d4c.kept")
        (kept / "data").write_bytes(os.urandom(300_000))
    held = read_quota_usage(catalog_of())
    assert [copy.name[:6] for copy in held.copies] == [".gone."], "of one without an environment, it counts for itself"
    assert held.measured_bytes(footprints) == pytest.approx(640_000, abs=40_000)
