"""Read the settings that a server would have, and open the catalog with them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ..config import load_traits
from ..envs.catalog import Catalog
from ..envs.conda_config.condarc import load_settings
from ..models import EngineOptions

if TYPE_CHECKING:
    from ..jobs.manager import ManagerOptions


def open_catalog() -> Catalog:
    """Return the catalog of this user's environments.

    Raises:
        InvalidRequest: the configuration is invalid.
    """
    return Catalog(load_traits().catalog_options(None), os.environ)


def engine_options() -> EngineOptions:
    """Return the options of the engine.

    Raises:
        InvalidRequest: the configuration is invalid.
    """
    return load_traits().engine_options(load_settings(os.environ))


def manager_options() -> ManagerOptions:
    """Return the options of the job manager.

    Raises:
        InvalidRequest: the configuration is invalid.
    """
    return load_traits().manager_options(load_settings(os.environ))
