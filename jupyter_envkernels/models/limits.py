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
        max_environments: of one person, wherever they are.
        max_total_bytes: that all environments of one person may take on disk; files that several share count once.
        max_packages: of conda, in one environment.
        max_environment_bytes: about what one environment may take on disk, without what pip installs.
        min_free_bytes: what has to stay free on the file system of a new or changed environment.
        pip_indexes: URLs, or paths of folders; pip installs from no other place.
        max_machine_jobs: jobs that run at the same time on the whole machine, those of all people together.
        machine_jobs_dir: the folder by which the servers of several people count them; empty where there is none.
    """

    allowed_channels: tuple[str, ...] = ()
    denied_packages: tuple[str, ...] = ()
    allow_pip: bool = True
    max_environments: int = 0
    max_total_bytes: int = 0
    max_packages: int = 0
    max_environment_bytes: int = 0
    min_free_bytes: int = 0
    pip_indexes: tuple[str, ...] = ()
    max_machine_jobs: int = 0
    machine_jobs_dir: str = ""
