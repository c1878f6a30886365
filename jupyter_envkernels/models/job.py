"""Jobs: what is requested, and how far it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from .environment import CatalogOptions, Problem
from .limits import Limits
from .spec import EnvSpec

JobKind = Literal["plan", "create", "clone", "update", "add-kernel", "rollback", "remove"]
JobState = Literal["queued", "running", "succeeded", "failed", "cancelled", "interrupted"]
JobPhase = Literal[
    "checking", "solving", "copying", "downloading", "linking", "pip", "verifying", "removing", "rolling-back"
]
PipInstaller = Literal["uv", "pip"]
ProgressUnit = Literal["bytes", "packages", "files"]

FINAL_STATES: frozenset[JobState] = frozenset({"succeeded", "failed", "cancelled", "interrupted"})


@dataclass(frozen=True, slots=True)
class Edit:
    """How an environment is to change.

    Attributes:
        add: match specs to add, or to take the place of those of the same package.
        remove: names of conda or pip packages that shall go, with what only they needed.
        prune: remove also what neither the spec nor ``add`` asks for.
        upgrade: prefer the newest packages to those that are installed.
    """

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    prune: bool = False
    upgrade: bool = False


@dataclass(frozen=True, slots=True)
class JobRequest:
    """What a job is to do; written once, before it is queued.

    Attributes:
        environment: the name that messages use.
        prefix: the absolute prefix that the job makes, changes or takes away.
        spec: for create, and for update from a file.
        source: the prefix that clone copies.
        workdir: the folder against which relative pip lines resolve; None for text without a file.
        environment_id: :func:`environment_id` of the prefix, which takes file reads to find out.
        edit: for update.
        revision: for rollback: the number of the revision in the environment's history, as conda counts them from 0.
        force: for remove: although kernels of the environment run.
        plans: for plan: the kind of job that it prepares; all else is as in a request of that kind.
        job: the job whose stored plan is to be carried out without solving again; empty where there is none.
        user: who asked: the name that the server knows, or the account of a command line.
    """

    kind: JobKind
    environment: str
    prefix: Path
    spec: EnvSpec | None = None
    source: Path | None = None
    workdir: Path | None = None
    environment_id: str = ""
    edit: Edit = Edit()
    revision: int | None = None
    force: bool = False
    plans: JobKind | None = None
    job: str = ""
    user: str = ""

    @property
    def is_new(self) -> bool:
        """It makes an environment, or plans one."""
        return "create" in {self.kind, self.plans} or self.source is not None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a phase is.

    Attributes:
        done: of ``total`` units; never goes back within a phase.
        total: None while it is unknown.
        rate: units a second, over the last seconds; None while it is unknown.
        seconds_left: at that rate; None while it is unknown.
    """

    done: int
    total: int | None
    unit: ProgressUnit
    rate: float | None = None
    seconds_left: float | None = None


@dataclass(frozen=True, slots=True)
class JobEvent:
    """One entry of a job's journal. ``seq`` counts from 1 without gaps; ``time`` is seconds since the epoch."""

    seq: int
    time: float
    state: JobState
    phase: JobPhase | None = None
    progress: Progress | None = None
    message: str = ""
    error: Problem | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """A job as its journal tells it: the request and the latest event of each sort.

    Attributes:
        created, started, finished: seconds since the epoch; None where that has not happened.
    """

    id: str
    request: JobRequest
    state: JobState
    phase: JobPhase | None
    progress: Progress | None
    message: str
    error: Problem | None
    seq: int
    created: float
    started: float | None = None
    finished: float | None = None

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
