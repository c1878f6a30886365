from __future__ import annotations

import sys
from pathlib import Path

import pytest

from jupyter_envkernels.envs.conda_config.condarc import load_settings
from jupyter_envkernels.envs.locations import Location, home_of_plain_names, locations, nearest_existing
from jupyter_envkernels.models import CatalogOptions
from tests.prefixes import environ_of


def found(home: Path, variables: dict[str, str], options: CatalogOptions | None = None) -> dict[str, Location]:
    environ = environ_of(home, **variables)
    return {place.path: place for place in locations(options or CatalogOptions(), load_settings(environ), environ)}


@pytest.mark.parametrize(
    ("variables", "path", "kind"),
    [
        ({"CONDA_ENVS_PATH": "/e"}, "/e", "folder"),
        ({"CONDA_ENVS_DIRS": "/e"}, "/e", "folder"),
        ({"MAMBA_ROOT_PREFIX": "/m"}, "/m", "prefix"),
        ({"MAMBA_ROOT_PREFIX": "/m"}, "/m/envs", "folder"),
        ({"CONDA_ROOT": "/c"}, "/c/envs", "folder"),
        ({"CONDA_EXE": "/c/bin/conda"}, "/c", "prefix"),
        ({"CONDA_PREFIX": "/p"}, "/p", "prefix"),
        ({}, "/opt/conda", "prefix"),
        ({}, "/usr/local/miniforge3/envs", "folder"),
        ({}, sys.prefix, "prefix"),
    ],
)
def test_what_variables_and_habit_name(tmp_path: Path, variables: dict[str, str], path: str, kind: str) -> None:
    assert found(tmp_path, variables)[path].kind == kind


def test_places_in_the_home_folder(tmp_path: Path) -> None:
    places = found(tmp_path, {})
    for name in ("miniconda3", "miniforge3", "mambaforge", "anaconda3", "micromamba"):
        assert places[f"{tmp_path}/{name}"].is_root
        assert places[f"{tmp_path}/{name}/envs"].kind == "folder"
    assert places[f"{tmp_path}/.conda/envs"].kind == "folder"
    assert places[f"{tmp_path}/.conda/environments.txt"].kind == "list"


def test_what_the_administrator_names_comes_first(tmp_path: Path) -> None:
    options = CatalogOptions(
        roots=(Path("/r1"), Path("/r2")),
        shared_roots=(Path("/shared"),),
        homes=(Path("/home/teacher"),),
        contents_root=Path("/work-folder"),
    )
    places = found(tmp_path, {}, options)
    assert list(places)[:3] == ["/r1", "/r2", "/shared"]
    assert places["/shared"].is_shared
    assert not places["/r1"].is_shared
    assert places["/home/teacher/.conda/environments.txt"].kind == "list"
    assert places["/work-folder"].kind == "projects"


def test_each_place_once(tmp_path: Path) -> None:
    environ = environ_of(tmp_path, CONDA_ROOT="/opt/conda", MAMBA_ROOT_PREFIX="/opt/conda")
    options = CatalogOptions(roots=(Path("/opt/conda/envs"),))
    places = locations(options, load_settings(environ), environ)
    assert len({(place.path, place.kind) for place in places}) == len(places)
    assert [place.origin for place in places if place.path == "/opt/conda/envs"] == ["c.EnvKernels.roots"]


def test_the_home_of_plain_names(tmp_path: Path) -> None:
    environ = environ_of(tmp_path, CONDA_ENVS_DIRS="/configured", CONDA_ROOT="/conda")
    configured = load_settings(environ)
    assert home_of_plain_names(CatalogOptions(roots=(Path("/r"),)), configured, environ) == "/r"
    assert home_of_plain_names(CatalogOptions(), configured, environ) == "/configured"
    root_only = environ_of(tmp_path, CONDA_ROOT="/conda")
    assert home_of_plain_names(CatalogOptions(), load_settings(root_only), root_only) == "/conda/envs"
    bare = environ_of(tmp_path)
    assert home_of_plain_names(CatalogOptions(), load_settings(bare), bare) == f"{tmp_path.resolve()}/.conda/envs"


def test_the_nearest_folder_that_there_is(ordinary: Path) -> None:
    (ordinary / "closed" / "envs").mkdir(parents=True)
    assert nearest_existing(ordinary / "closed" / "envs") == ordinary / "closed" / "envs"
    assert nearest_existing(ordinary / "absent" / "envs") == ordinary
    (ordinary / "closed").chmod(0)
    assert nearest_existing(ordinary / "closed" / "envs" / "lesson") == ordinary / "closed"
    (ordinary / "closed").chmod(0o700)
