"""Real environments of the test channel, made once, and managers over them."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_envkernels.envs.catalog import Catalog
from jupyter_envkernels.models import CatalogOptions
from tests.channel.install import create_environment
from tests.prefixes import make_prefix


@pytest.fixture(scope="session")
def real_envs(channel_root: Path, channel_pythons: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in a difficult place with three environments.

    ``old`` and ``new`` are the oldest and the newest Python with a kernel, ``new`` with activation scripts as well;
    ``bare`` has a Python and no kernel.
    """
    folder = tmp_path_factory.mktemp("real") / "wïth space & #more"
    channels = [(channel_root / "main").as_uri()]
    specs = {
        "old": [f"python={channel_pythons[0]}", "ipykernel"],
        "new": [f"python={channel_pythons[-1]}", "ipykernel", "activate-demo"],
        "bare": [f"python={channel_pythons[-1]}"],
    }
    for name, wanted in specs.items():
        create_environment(folder / "envs" / name, channels=channels, specs=wanted, cache=folder / "cache")
    return folder / "envs"


@pytest.fixture
def real_catalog(real_envs: Path) -> Catalog:
    """The real environments."""
    return Catalog(CatalogOptions(roots=(real_envs,)))


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    """Two environments with kernels and one without, none of which can really start."""
    make_prefix(tmp_path / "envs/lesson", "python3", "ir")
    make_prefix(tmp_path / "envs/exam", "python3")
    make_prefix(tmp_path / "envs/bare")
    return Catalog(CatalogOptions(roots=(tmp_path / "envs",)))
