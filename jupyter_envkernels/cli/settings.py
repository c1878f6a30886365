"""The settings that a server would have, and the read door with them."""

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
    """Return the environments of this user.

    Raises:
        InvalidRequest: the configuration cannot be used.
    """
    return Catalog(load_traits().catalog_options(None), os.environ)


def engine_options() -> EngineOptions:
    """Return what the engine needs to know.

    Raises:
        InvalidRequest: the configuration cannot be used.
    """
    return load_traits().engine_options(load_settings(os.environ))


def manager_options() -> ManagerOptions:
    """Return what a job manager needs to know.

    Raises:
        InvalidRequest: the configuration cannot be used.
    """
    return load_traits().manager_options(load_settings(os.environ))
