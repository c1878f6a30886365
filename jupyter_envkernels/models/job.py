"""Jobs: what is requested, by which user, and how far it is."""

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
    """How far a phase is.

    In the phase pip, packages that are fetched, built or there already, of all that the section comes to.

    Attributes:
        done: of ``total`` units; never goes back within a phase.
        total: None while it is unknown.
        rate: units a second, over the last seconds; None while it is unknown.
        seconds_left: at that rate; None while it is unknown.
    """

    done: Count
    total: Count | None
    unit: ProgressUnit
    rate: Amount | None = None
    seconds_left: Amount | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStatus:
    """What an event tells of a job, and a job of itself until the next: in the journal, by REST and on the bus.

    Attributes:
        message: what happens now, in words.
        error: why the job failed; None while it has not.
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
    """A job as its journal tells it: the request, and what its newest event says.

    Attributes:
        created, started, finished: seconds since the epoch; None where that has not happened.
        user: who requested it: the name that the server knows, or the account of a command line.
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
        """Nothing more will happen."""
        return self.state in FINAL_STATES


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """What the engine needs to know beside the request.

    Attributes:
        channels: used where a spec names none; highest priority first.
        package_cache: folder of extracted packages and repodata.
        kernel_packages: added to an environment that has python but no kernel.
        shared_roots: folders of environments that others use, who cannot write into them.
        pip_installer: what installs the ``pip:`` section: uv, or the pip of the environment.
        limits: what the administrator allows.
        catalog: where the environments of this user are looked for, to count them.
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
