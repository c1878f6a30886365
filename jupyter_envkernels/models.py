"""The nouns: frozen dataclasses that every layer shares.

They hold data and trivial derivations only. ``server.wire`` and the journal turn them to JSON and back.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

Severity = Literal["error", "warning", "info"]
JobKind = Literal["create", "clone", "remove"]
JobState = Literal["queued", "running", "succeeded", "failed", "cancelled", "interrupted"]
JobPhase = Literal["checking", "solving", "downloading", "linking", "pip", "verifying", "removing", "rolling-back"]
ProgressUnit = Literal["bytes", "packages"]
PackageManager = Literal["conda", "pip"]
ExportFormat = Literal["yaml", "yaml-no-builds", "yaml-from-history", "explicit", "pixi-lock", "requirements"]

FINAL_STATES: frozenset[JobState] = frozenset({"succeeded", "failed", "cancelled", "interrupted"})

ENVIRONMENT_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}")
"""What an environment may be called. It becomes a folder's name, so nothing that leads out of its folder."""

PENDING_MARK = Path("conda-meta", ".envkernels-pending")
"""A file in a prefix that a transaction has not committed yet; it holds the job's id. It is no environment yet."""


def environment_id(prefix: Path) -> str:
    """The stable id of an environment: the first 12 hex digits of the sha256 of its real path."""
    return hashlib.sha256(os.fsencode(os.path.realpath(prefix))).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why something cannot be used: a stable ``code``, a sentence, and what to do about it."""

    code: str
    message: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One remark on a spec. ``line`` and ``column`` count from 1; None where no place can be named."""

    severity: Severity
    code: str
    message: str
    remedy: str = ""
    line: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True)
class Kernel:
    """One kernelspec of an environment.

    Attributes:
        id: the name under which Jupyter lists it, such as ``conda-env-lesson-py``.
        display_name: what launcher and kernel picker show.
        language: as kernel.json says, lower case.
        raw_name: the folder below ``share/jupyter/kernels``.
        problem: why it cannot start; None when nothing is known against it.
        spec: kernel.json as it must be run, argv[0] resolved; empty where it cannot be read.
    """

    id: str
    display_name: str
    language: str
    raw_name: str
    problem: Problem | None = None
    spec: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Environment:
    """One conda environment on disk.

    Attributes:
        id: :func:`environment_id` of the prefix.
        name: what a person calls it; not unique.
        prefix: its absolute path, as first found (links not resolved).
        kernels: its kernelspecs, ordered by id.
        is_base: it is the root of a conda, mamba or micromamba installation.
        is_running: Jupyter itself runs in it.
        read_only: this user cannot change it.
        problem: why it offers no kernel; None when it offers one.
    """

    id: str
    name: str
    prefix: Path
    kernels: tuple[Kernel, ...] = ()
    is_base: bool = False
    is_running: bool = False
    read_only: bool = False
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class InstalledPackage:
    """One package of an environment. Text about its origin holds no credentials.

    Attributes:
        manager: whose records tell of it; a package of conda that pip has replaced is pip's.
        build, channel, subdir, url, md5, sha256: of a conda package, where its record has them; else empty.
        requested: somebody asked for it; it is no mere dependency.
        requirement: of a pip package: the line of a requirements file that installs it again.
    """

    manager: PackageManager
    name: str
    version: str
    build: str = ""
    channel: str = ""
    subdir: str = ""
    url: str = ""
    md5: str = ""
    sha256: str = ""
    requested: bool = False
    requirement: str = ""


@dataclass(frozen=True, slots=True)
class Inventory:
    """What an environment consists of.

    Attributes:
        packages: by name, those of conda first.
        requested: match specs that were asked for, as they were written; empty where no record tells.
        variables: environment variables of the environment.
    """

    packages: tuple[InstalledPackage, ...] = ()
    requested: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)

    def of(self, manager: PackageManager) -> tuple[InstalledPackage, ...]:
        """The packages of one manager, by name."""
        return tuple(package for package in self.packages if package.manager == manager)

    @property
    def platform(self) -> str:
        """The platform that its conda packages are for, such as ``linux-64``; empty where all are for any."""
        subdirs = (package.subdir for package in self.packages)
        return next((subdir for subdir in subdirs if subdir not in {"", "noarch"}), "")


@dataclass(frozen=True, slots=True)
class LockedPackage:
    """One conda package of a lock file or an ``@EXPLICIT`` list; hashes are empty, ``size`` is 0 where it has none."""

    url: str
    md5: str = ""
    sha256: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class EnvSpec:
    """What an environment.yml or another spec asks for, in its order and words.

    Attributes:
        name: the environment's name, if the file gives one.
        channels: channel names or URLs, highest priority first.
        dependencies: match specs, as written.
        pip: lines of the ``pip:`` section, as in a requirements file.
        variables: environment variables of the environment.
        locked: of a lock file: exactly the conda packages to install. It has no ``dependencies`` then.
    """

    name: str | None = None
    channels: tuple[str, ...] = ()
    dependencies: tuple[str, ...] = ()
    pip: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    locked: tuple[LockedPackage, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckedSpec:
    """What reading a spec gave: the spec, or None where it cannot be read, and all remarks, by line."""

    spec: EnvSpec | None
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def ok(self) -> bool:
        """There is a spec and no remark is an error."""
        return self.spec is not None and all(d.severity != "error" for d in self.diagnostics)


@dataclass(frozen=True, slots=True)
class PlannedPackage:
    """One conda package of a plan, identified by where it comes from and what it hashes to.

    Attributes:
        record: the whole repodata record as JSON text, for the backend alone.
        size: of the archive, in bytes; 0 when the channel does not say.
        cached: it needs no download.
    """

    name: str
    version: str
    build: str
    channel: str
    subdir: str
    url: str
    sha256: str | None
    size: int
    cached: bool
    record: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a transaction installs: no more and no less."""

    packages: tuple[PlannedPackage, ...]
    requested: tuple[str, ...] = ()
    pip: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """sha256 over what is installed. The same packages, pip lines and variables give the same digest."""
        lines = sorted(f"{p.url} {p.sha256}" for p in self.packages)
        lines += [f"pip {line}" for line in self.pip]
        lines += sorted(f"{key}={value}" for key, value in self.variables.items())
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class JobRequest:
    """What a job is to do; written once, before it is queued.

    Attributes:
        environment: the name that messages use.
        prefix: the absolute prefix that the job makes or takes away.
        spec: for create.
        source: the prefix that clone copies.
        workdir: the folder against which relative pip lines resolve; None for text without a file.
        environment_id: :func:`environment_id` of the prefix, which takes file reads to find out.
    """

    kind: JobKind
    environment: str
    prefix: Path
    spec: EnvSpec | None = None
    source: Path | None = None
    workdir: Path | None = None
    environment_id: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a phase is: ``done`` of ``total`` units; ``total`` is None while it is unknown."""

    done: int
    total: int | None
    unit: ProgressUnit


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
class CatalogOptions:
    """Where to look for environments and how to show them; see ``c.EnvKernels`` for each.

    Attributes:
        roots: folders whose children are environments; new ones go into the first.
        shared_roots: the same, read-only for users.
        homes: home folders of other accounts, whose ``.conda/environments.txt`` is read as well.
        contents_root: the folder that Jupyter serves; pixi environments below it are found.
        hidden_environments: regular expression on name or prefix; empty hides nothing.
        display_name: template with the fields name, kernel, language, location.
    """

    roots: tuple[Path, ...] = ()
    shared_roots: tuple[Path, ...] = ()
    homes: tuple[Path, ...] = ()
    contents_root: Path | None = None
    hidden_environments: str = ""
    hide_base: bool = False
    display_name: str = ""


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """What the engine needs to know beside the request.

    Attributes:
        channels: used where a spec names none; highest priority first.
        package_cache: folder of extracted packages and repodata.
        kernel_packages: added to an environment that has python but no kernel.
    """

    channels: tuple[str, ...]
    package_cache: Path
    kernel_packages: tuple[str, ...] = ("ipykernel",)
