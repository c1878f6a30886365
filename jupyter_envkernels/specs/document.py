"""A spec with the position of each part, as ``environment_yml`` reads it and ``lint`` checks it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..models import EnvSpec
from .match_specs import Dependency
from .yaml_nodes import Scalar


@dataclass(frozen=True, slots=True)
class Document:
    """The readable parts of an environment.yml with their positions, and all ``lines`` of the text."""

    name: Scalar | None = None
    prefix: Scalar | None = None
    channels: tuple[Scalar, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    pip: tuple[Scalar, ...] = ()
    pip_sections: tuple[Scalar, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    lines: Sequence[str] = ()

    def spec(self) -> EnvSpec:
        """Return the spec without positions."""
        return EnvSpec(
            name=self.name.text if self.name is not None else None,
            channels=tuple(channel.text for channel in self.channels),
            dependencies=tuple(dependency.text for dependency in self.dependencies),
            pip=tuple(line.text.strip() for line in self.pip),
            variables=dict(self.variables),
        )
