"""The read door, with the settings that a server would have."""

from __future__ import annotations

import os

from ..config import load_traits
from ..envs.catalog import Catalog


def open_catalog() -> Catalog:
    """The environments of this user.

    Raises:
        InvalidRequest: the configuration cannot be used.
    """
    return Catalog(load_traits().catalog_options(None), os.environ)
