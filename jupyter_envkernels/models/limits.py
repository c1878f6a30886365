"""What an administrator allows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What an administrator allows. 0 and empty stand for no limit.

    Attributes:
        allowed_channels: names or URLs; packages come from no other channel.
        denied_packages: names of packages of conda and of pip that no environment may have; with ``*`` for any text.
        allow_pip: specs may have a ``pip:`` section.
        max_environments: in the folder that a new one goes into.
        max_packages: of conda, in one environment.
        max_environment_bytes: about what one environment may take on disk, without what pip installs.
        min_free_bytes: what has to stay free on the file system of a new or changed environment.
    """

    allowed_channels: tuple[str, ...] = ()
    denied_packages: tuple[str, ...] = ()
    allow_pip: bool = True
    max_environments: int = 0
    max_packages: int = 0
    max_environment_bytes: int = 0
    min_free_bytes: int = 0
