"""Catalogs of small worlds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jupyter_envkernels.envs.catalog import Catalog
from jupyter_envkernels.models import CatalogOptions
from tests.prefixes import environ_of

MakeCatalog = Callable[..., Catalog]


@pytest.fixture
def catalog_of(tmp_path: Path) -> MakeCatalog:
    """A catalog for somebody whose home is ``tmp_path/home``, with one root ``tmp_path/envs``, and these options."""
    (tmp_path / "home").mkdir()

    def make(variables: dict[str, str] | None = None, **options: Any) -> Catalog:
        options.setdefault("roots", (tmp_path / "envs",))
        return Catalog(CatalogOptions(**options), environ_of(tmp_path / "home", **variables or {}))

    return make
