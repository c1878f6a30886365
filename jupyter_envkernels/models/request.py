"""Define the base of all requests. The kinds are in ``engine.operations``, each with its plan and its run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar

import msgspec

from .spec import EnvSpec


@dataclass(frozen=True, slots=True)
class Edit:
    """How an environment is to change.

    Attributes:
        add: match specs to add; they replace those of the same package.
        remove: names of conda or pip packages to remove, with dependencies that only they needed.
        prune: remove also packages that neither the spec nor ``add`` requests.
        upgrade: prefer the newest packages to the installed ones.
        keep_channels: search the channels of the installed packages, too, after those of the spec.
    """

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    prune: bool = False
    upgrade: bool = False
    keep_channels: bool = False


class Request(msgspec.Struct, frozen=True, tag_field="kind"):
    """The request of a job; written once, before the job is queued."""

    done: ClassVar[str]
    """The message of a job that succeeded."""

    is_plan: ClassVar[bool] = False
    """Whether nothing is changed."""

    @property
    def kind(self) -> str:
        """Return the name of the kind, such as ``create``."""
        return str(type(self).__struct_config__.tag)

    @property
    def operation(self) -> Operation:
        """Return the operation that is run or planned."""
        raise NotImplementedError

    @property
    def environment(self) -> str:
        """Return the name of the environment, for messages."""
        return self.operation.environment

    @property
    def prefix(self) -> Path:
        """Return the absolute prefix that the job makes, changes or removes."""
        return self.operation.prefix

    @property
    def environment_id(self) -> str:
        """Return the id that the environment has or will have."""
        return self.operation.environment_id


class Operation(Request, frozen=True):
    """An operation on one environment.

    The checks of limits, channels and credentials use these properties; by default they are empty.

    Attributes:
        environment: its name.
        prefix: its prefix.
        environment_id: :func:`environment_id` of the prefix, stored because computing it reads files.
    """

    environment: str
    prefix: Path
    environment_id: str = ""

    is_additional: ClassVar[bool] = False
    """Whether it increases the number of environments."""

    is_new: ClassVar[bool] = False
    """Whether it creates an environment at its prefix."""

    @property
    def operation(self) -> Operation:
        """Return itself."""
        return self

    @property
    def own_spec(self) -> EnvSpec:
        """Return its spec; empty if it has none."""
        return EnvSpec()

    @property
    def added(self) -> tuple[str, ...]:
        """Return the match specs that it adds to an environment."""
        return ()

    @property
    def removed(self) -> tuple[str, ...]:
        """Return the names of packages that it removes from an environment."""
        return ()

    @property
    def folder(self) -> Path | None:
        """Return the base folder of relative paths in pip lines; None for text without a file."""
        return None

    @property
    def copied(self) -> Path | None:
        """Return the prefix of the environment that it copies; None if it copies none."""
        return None

    @property
    def changes(self) -> tuple[Path, ...]:
        """Return the prefixes that no other operation may use meanwhile."""
        return (self.prefix,)

    @property
    def reads(self) -> tuple[Path, ...]:
        """Return the prefixes that no other operation may change meanwhile."""
        return ()


class SolvingOperation(Operation, frozen=True, kw_only=True):
    """An operation for which packages of channels are chosen.

    Attributes:
        exclude_newer: packages that are newer are left out; None for the time of conda's configuration.
    """

    exclude_newer: datetime | None = None
