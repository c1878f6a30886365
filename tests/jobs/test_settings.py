"""What is in force, as users see it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from jupyter_envkernels.documents import settings_json
from jupyter_envkernels.engine.operations import Create
from jupyter_envkernels.envs.catalog import Catalog
from jupyter_envkernels.envs.usage import Footprints
from jupyter_envkernels.envs.usage_scanner import UsageScanner
from jupyter_envkernels.jobs.manager import ManagerOptions
from jupyter_envkernels.jobs.settings import read_setup
from jupyter_envkernels.models import CatalogOptions, EngineOptions, EnvSpec
from tests.prefixes import make_prefix


def options(*channels: str) -> ManagerOptions:
    return ManagerOptions(Path("/jobs"), EngineOptions(channels, Path("/cache")))


def test_conda_s_configuration_without_its_logins(tmp_path: Path) -> None:
    condarc = tmp_path / ".condarc"
    condarc.write_text(
        "channel_priority: strict\nchannel_alias: https://mirror.example/t/tk-secret/\n"
        "create_default_packages: [ipykernel, 'https://bob:hunter2@private.example/c::course']\n"
        "default_channels: ['https://repo.example/main']\n"
    )
    catalog = Catalog(CatalogOptions(roots=(tmp_path,)), {"CONDARC": str(condarc), "HOME": str(tmp_path)})
    setup = read_setup(catalog, options("https://bob:hunter2@private.example/c", "conda-forge", "defaults"))
    assert setup.channel_priority == "strict"
    assert setup.channels == ("https://private.example/c", "conda-forge", "defaults")
    assert setup.channel_urls == (
        "https://private.example/c",
        "https://mirror.example/conda-forge",
        "https://repo.example/main",
    )
    assert setup.default_packages == ("ipykernel", "https://private.example/c::course")
    assert not any(secret in repr(setup) for secret in ("tk-secret", "hunter2", "bob"))


def test_where_no_environment_can_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    catalog = Catalog(CatalogOptions(roots=(tmp_path / "file",), shared_roots=(tmp_path,)), {"HOME": str(tmp_path)})
    setup = read_setup(catalog, options("conda-forge"))
    assert (setup.root, setup.free_bytes) == (None, None)
    assert [(place.exists, place.is_shared) for place in setup.locations[:2]] == [(True, False), (True, True)]


def test_a_folder_that_may_not_be_looked_into(ordinary: Path) -> None:
    (ordinary / "closed" / "envs").mkdir(parents=True)
    (ordinary / "closed").chmod(0)
    catalog = Catalog(CatalogOptions(roots=(ordinary / "closed" / "envs",)), {"HOME": str(ordinary)})
    assert not read_setup(catalog, options("conda-forge")).locations[0].exists
    (ordinary / "closed").chmod(0o700)


def test_what_is_used_of_the_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    prefix = make_prefix(tmp_path / "envs" / "lesson")
    (prefix / "data").write_bytes(b"x" * 300_000)
    catalog = Catalog(CatalogOptions(roots=(tmp_path / "envs",)), {"HOME": str(tmp_path)})
    coming = [Create("next", tmp_path / "envs" / "next", spec=EnvSpec())]
    before = read_setup(catalog, options("conda-forge"), coming).usage
    assert (before.environments, before.bytes) == (2, 0)
    UsageScanner(Footprints()).measure(catalog.environments())
    after = read_setup(catalog, options("conda-forge")).usage
    assert (after.environments, after.bytes // 100_000) == (1, 3)
    assert after.free_bytes


def test_it_is_a_document(tmp_path: Path) -> None:
    setup = read_setup(Catalog(CatalogOptions(roots=(tmp_path,)), {"HOME": str(tmp_path)}), options("conda-forge"))
    document = json.loads(json.dumps(settings_json(setup, None)))
    assert (document["platform"], document["virtual_packages"]) == (None, None)
