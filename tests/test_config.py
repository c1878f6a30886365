"""The configuration: what it gives to the parts below it, and what its help texts promise."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_envkernels.config import EnvKernels
from jupyter_envkernels.envs.conda_config.condarc import Settings
from jupyter_envkernels.envs.kernel_ids import DEFAULT_TEMPLATE


def test_paths_are_absolute_and_have_no_dots() -> None:
    traits = EnvKernels(roots=["~/a/../envs"], templates_dirs=["templates"])
    assert traits.catalog_options(None).roots == (Path.home() / "envs",)
    assert traits.template_folders() == (Path.cwd() / "templates",)


def test_packages_are_cached_where_the_system_keeps_caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def cache(**configured: str) -> Path:
        return EnvKernels(**configured).engine_options(Settings()).package_cache

    assert cache() == Path.home() / ".cache" / "jupyter-envkernels"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache() == tmp_path / "jupyter-envkernels"
    assert cache(package_cache="~/packages") == Path.home() / "packages"


def test_lost_jobs_are_looked_for_where_new_environments_go() -> None:
    settings = Settings(envs_dirs=(Path("/opt/envs"),))
    assert EnvKernels().manager_options(settings).folders == (Path("/opt/envs"),)
    assert EnvKernels(roots=["/srv/envs"]).manager_options(settings).folders == (Path("/srv/envs"),)


def test_the_help_tells_the_default_names_of_kernels() -> None:
    assert f"'{DEFAULT_TEMPLATE}'" in EnvKernels.display_name.help
