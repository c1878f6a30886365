"""Define jobs with their progress and events, and the options of the engine."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta

from ..errors import Problem
from .environment import CatalogOptions
from .fields import TOLERANT, Amount, Count
from .limits import Limits
from .request import Request

JobState = Annotated[
    Literal["queued", "running", "succeeded", "failed", "cancelled", "interrupted"], Meta(title="JobState")
]
JobPhase = Annotated[
    Literal["checking", "solving", "copying", "downloading", "linking", "pip", "verifying", "removing", "rolling-back"],
    Meta(title="JobPhase"),
]
PipInstaller = Literal["uv", "pip"]
ProgressUnit = Literal["bytes", "packages", "files"]

JOB_ID = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{8}")
JobId = Annotated[str, Meta(title="JobId", pattern=rf"^{JOB_ID.pattern}\Z")]

FINAL_STATES: frozenset[JobState] = frozenset({"succeeded", "failed", "cancelled", "interrupted"})


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of a phase.

    The phase pip counts packages that are fetched, built or already installed, of all that the pip section needs.

    Attributes:
        done: of ``total`` units; never decreases within a phase.
        total: None while unknown.
        rate: units per second, over the last seconds; None while unknown.
        seconds_left: at that rate; None while unknown.
    """

    done: Count
    total: Count | None
    unit: ProgressUnit
    rate: Amount | None = None
    seconds_left: Amount | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStatus:
    """The state of a job, and of each of its events.

    Attributes:
        message: what the job is doing, as text.
        error: why the job failed; None if it has not.
    """

    state: JobState
    phase: Annotated[JobPhase | None, TOLERANT] = None
    progress: Progress | None = None
    message: str = ""
    error: Problem | None = None


@dataclass(frozen=True, slots=True)
class JobEvent(JobStatus):
    """One entry of a job's journal. ``seq`` counts from 1 without gaps; ``time`` is seconds since the epoch."""

    seq: int
    time: float


@dataclass(frozen=True, slots=True)
class Job(JobStatus):
    """A job as read from its journal: the request, and the state of its newest event.

    Attributes:
        created, started, finished: seconds since the epoch; None if that has not happened.
        user: who requested it: the server's name of the user, or the account on a command line.
    """

    id: str
    request: Request
    seq: int
    created: float
    started: float | None = None
    finished: float | None = None
    user: str = ""

    @property
    def is_over(self) -> bool:
        """Return whether the job has ended."""
        return self.state in FINAL_STATES


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """The options of the engine.

    Attributes:
        channels: for specs that name none; highest priority first.
        package_cache: folder of extracted packages and repodata.
        kernel_packages: added to an environment that has python but no kernel.
        shared_roots: folders of environments that other users may read but not write.
        pip_installer: installs the ``pip:`` section: uv, or the pip of the environment.
        limits: what the administrator allows.
        catalog: where the environments of this user are searched, to count them.
        sync_kernelspecs: whether kernelspecs of all environments are kept in Jupyter's data folder.
    """

    channels: tuple[str, ...]
    package_cache: Path
    kernel_packages: tuple[str, ...] = ("ipykernel",)
    shared_roots: tuple[Path, ...] = ()
    pip_installer: PipInstaller = "uv"
    limits: Limits = field(default_factory=Limits)
    catalog: CatalogOptions = field(default_factory=CatalogOptions)
    sync_kernelspecs: bool = False
