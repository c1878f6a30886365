"""Make the response to GET environments, again only when something in it has changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..documents import environment_json, environments_json
from ..envs.catalog import Catalog
from ..envs.usage import Footprints
from ..models import Environment, Footprint


@dataclass(frozen=True, slots=True)
class _Written:
    environments: tuple[Environment, ...]
    footprints: Mapping[str, Footprint]
    text: str


class Listing:
    """Environments with their size and use. Its methods read files, and are thread-safe.

    Args:
        catalog: the environments.
        footprints: their size and use, kept apart because starting a kernel does not change an environment.
    """

    def __init__(self, catalog: Catalog, footprints: Footprints) -> None:
        self._catalog = catalog
        self._footprints = footprints
        self._written: _Written | None = None

    def text(self) -> str:
        """Return all environments as JSON. Catalog and footprints return the same objects while nothing changes."""
        found, footprints = self._catalog.environments(), self._footprints.read()
        written = self._written
        if written is None or written.environments is not found or written.footprints is not footprints:
            document = environments_json(found, footprints)
            written = self._written = _Written(found, footprints, json.dumps(document))
        return written.text

    def one(self, environment: Environment) -> dict[str, Any]:
        """Return one environment as a JSON document."""
        return environment_json(environment, self._footprints.read().get(environment.id))
