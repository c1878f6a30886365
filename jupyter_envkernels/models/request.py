"""What all requests share. The kinds are classes of ``engine.operations``, each with its plan and its run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import msgspec

from .spec import EnvSpec


@dataclass(frozen=True, slots=True)
class Edit:
    """How an environment is to change.

    Attributes:
        add: match specs to add, or to take the place of those of the same package.
        remove: names of conda or pip packages that shall go, with what only they needed.
        prune: remove also what neither the spec nor ``add`` requests.
        upgrade: prefer the newest packages to those that are installed.
    """

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    prune: bool = False
    upgrade: bool = False


class Request(msgspec.Struct, frozen=True, tag_field="kind"):
    """What a job is to do; written once, before it is queued."""

    done: ClassVar[str]
    """The message of a job that succeeded."""

    is_plan: ClassVar[bool] = False
    """Nothing is changed."""

    @property
    def kind(self) -> str:
        """Return the name of the kind, such as ``create``."""
        return str(type(self).__struct_config__.tag)

    @property
    def operation(self) -> Operation:
        """Return what is done to an environment, or only planned."""
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
    """What is done to one environment.

    The rules of limits, channels and logins ask any operation; what a kind does not have is empty here.

    Attributes:
        environment: its name.
        prefix: its prefix.
        environment_id: :func:`environment_id` of the prefix, which takes file reads to find out.
    """

    environment: str
    prefix: Path
    environment_id: str = ""

    is_additional: ClassVar[bool] = False
    """Afterwards there is one environment more."""

    is_new: ClassVar[bool] = False
    """It makes an environment at its prefix."""

    asks_channels: ClassVar[bool] = False
    """It chooses packages from channels."""

    @property
    def operation(self) -> Operation:
        """Return itself."""
        return self

    @property
    def own_spec(self) -> EnvSpec:
        """Return the spec that it brings; an empty one where it brings none."""
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
        """Return the folder against which relative pip lines resolve; None for text without a file."""
        return None

    @property
    def copied(self) -> Path | None:
        """Return the prefix of the environment that it copies; None where it copies none."""
        return None

    @property
    def changes(self) -> tuple[Path, ...]:
        """Return the prefixes that no other operation may use meanwhile."""
        return (self.prefix,)

    @property
    def reads(self) -> tuple[Path, ...]:
        """Return the prefixes that no other operation may change meanwhile."""
        return ()
