"""Convert models to JSON documents, which are the same in REST and on the command line.

A model that clients see completely is its own document; otherwise the class of the document is here. From these classes
``make schemas`` writes the schemas of ``rest-api.yml``, of the event, and of the panel: the description of a field is
under "Attributes" in its class.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timezone
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args

import msgspec

from . import models
from .envs import doctor
from .envs.templates import Template
from .kernels.configured import OtherManager
from .models import Count, EnvironmentId, JobId, Ordinal, Problem, Time, Tolerant
from .specs import without_credentials

Json = dict[str, Any]
T = TypeVar("T")

ExportFormat = Annotated[models.ExportFormat, msgspec.Meta(title="ExportFormat")]
JobKind = Annotated[str, msgspec.Meta(title="JobKind")]
PlannedKind = Annotated[str, msgspec.Meta(title="PlannedKind")]

_UNKNOWN = models.Footprint()


@dataclass(frozen=True, slots=True)
class Kernel:
    """A kernel of an environment.

    Attributes:
        id: the kernelspec name.
        problem: why it cannot start; None if no problem is known.
        other_prefix: another prefix, whose interpreter runs the kernel and which is activated for it.
    """

    id: str
    display_name: str
    language: str
    problem: Problem | None
    other_prefix: Path | None


@dataclass(frozen=True, slots=True)
class Usage:
    """The disk usage of an environment when it was measured.

    Attributes:
        own_bytes: freed when it is removed.
        shared_bytes: in files that the package cache or other environments share by hard links.
    """

    own_bytes: Count
    shared_bytes: Count
    measured: Time


@dataclass(frozen=True, slots=True)
class Environment:
    """An environment with its kernels, size and use.

    Attributes:
        is_base: whether it is the root of a conda, mamba or micromamba installation.
        is_running: whether Jupyter itself runs in it.
        is_shared: whether it is in a shared root, or only another account can write it.
        read_only: whether the user cannot change it, or it is frozen (CEP 22).
        is_trusted: whether only trusted accounts can change it; otherwise it has no kernel.
        python: the minor version of its Python, such as ``3.12``; None without one, or if unknown.
        problem: why it offers no kernel; None if it offers one.
        usage: None until it has been measured in the background.
        created: None if unknown, or not known yet.
        last_used: when Jupyter last started a kernel of it for this user; None if unknown.
        activation_problems: its scripts in ``etc/conda/activate.d`` and ``deactivate.d`` that failed when they last ran
            for this user, for a kernel or in a job, with the end of their output. Its kernels start nevertheless, with
            the variables of the other scripts.
    """

    id: EnvironmentId
    name: str
    prefix: Path
    kernels: Tolerant[Kernel]
    is_base: bool
    is_running: bool
    is_shared: bool
    read_only: bool
    is_trusted: bool
    python: str | None
    problem: Problem | None
    usage: Usage | None
    created: Time | None
    last_used: Time | None
    activation_problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class EnvironmentList:
    """The current environments, by name."""

    environments: Tolerant[Environment]


@dataclass(frozen=True, slots=True)
class Revision:
    """An entry of an environment's history.

    Packages are written ``channel/subdir::name-version-build``. Credentials are removed.

    Attributes:
        revision: its number in ``conda list --revisions``.
        command: the command that was run; empty if the history has none.
        added: packages that the previous revision did not have.
        removed: packages that only the previous revision had.
        specs: match specs that were requested.
        is_current: whether it is the newest.
    """

    revision: Count
    time: Time | None
    command: str
    added: tuple[str, ...]
    removed: tuple[str, ...]
    specs: tuple[str, ...]
    is_current: bool


@dataclass(frozen=True, slots=True)
class History:
    """The revisions of an environment, oldest first; none if the history cannot be read."""

    revisions: Tolerant[Revision]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported(models.Exported):
    """An environment as the text of a file, without credentials."""

    format: ExportFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis(doctor.Diagnosis):
    """All locations of environments, and for a path the results of all rules up to the first that fails.

    Attributes:
        other_kernel_spec_manager: the kernelspec manager of this server, if it is not that of jupyter-envkernels.
    """

    other_kernel_spec_manager: OtherManager | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(models.ServerSettings):
    """The settings in force for this user, without credentials.

    Attributes:
        platform: such as linux-64; None if the engine does not respond.
        virtual_packages: of this machine; None if the engine does not respond.
    """

    platform: str | None
    virtual_packages: tuple[models.VirtualPackage, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Info(Settings):
    """The program and its configuration.

    Attributes:
        version: of jupyter-envkernels.
        python: the interpreter that runs it.
        rattler_version: of py-rattler, the engine; None if it is not installed.
        virtual_package_overrides: the variables ``CONDA_OVERRIDE_...`` that are set.
        condarc_files: of conda's configuration, lowest priority first.
        config_files: of Jupyter's configuration, lowest priority first. Policy files are in ``limits``.
        journal_dir: folder for the journals of jobs.
    """

    version: str
    python: Path
    python_version: str
    rattler_version: str | None
    virtual_package_overrides: Mapping[str, str]
    condarc_files: tuple[Path, ...]
    config_files: tuple[Path, ...]
    journal_dir: Path


@dataclass(frozen=True, slots=True)
class Reclaimed:
    """Files of one kind that can be deleted, or were.

    Attributes:
        bytes: that their deletion frees.
    """

    count: Count
    bytes: Count


@dataclass(frozen=True, slots=True)
class Cleanup:
    """What was deleted to free disk space, or, without a deletion, what can be; None for a kind that was not chosen.

    Attributes:
        packages: in the package cache, which no environment uses.
        index_cache: files with the indexes of channels.
        jobs: journals of jobs that have ended.
        rolled_back: versions of environments that were kept after a rollback.
        bytes: the sum.
    """

    packages: Reclaimed | None
    index_cache: Reclaimed | None
    jobs: Reclaimed | None
    rolled_back: Reclaimed | None
    bytes: Count


@dataclass(frozen=True, slots=True)
class TemplateList:
    """The templates of the administrator, in the configured order."""

    templates: Tolerant[Template]


@dataclass(frozen=True, slots=True)
class ChannelPackage:
    """A conda package of a channel.

    Attributes:
        channel: a URL.
        size: of the archive in bytes; 0 if the channel does not say.
        timestamp: when it was built; None if the channel does not say.
    """

    name: str
    version: str
    build: str
    build_number: Count
    channel: str
    subdir: str
    url: str
    size: Count
    timestamp: Time | None
    license: str | None
    md5: str | None
    sha256: str | None
    depends: tuple[str, ...]
    constrains: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The packages that match a spec, by name, oldest versions first."""

    packages: Tolerant[ChannelPackage]


@dataclass(frozen=True, slots=True)
class PlannedPackage:
    """A conda package of a plan.

    Attributes:
        size: of the archive in bytes; 0 if the channel does not say.
        cached: whether it needs no download.
    """

    name: str
    version: str
    build: str
    channel: str
    subdir: str
    url: str
    size: Count
    cached: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """Exactly what a job installs.

    Attributes:
        digest: depends on packages, pip lines and variables only.
        kind: of the job that runs it.
        packages: all conda packages that the environment will have.
        requested: match specs that were requested.
        pip: lines for pip.
        pip_removed: names of pip packages that are removed.
        disk_bytes: approximate bytes that it will take on disk; cached packages take nothing.
        free_bytes: free space at the prefix.
    """

    digest: str
    kind: PlannedKind
    environment: str
    prefix: Path
    packages: tuple[PlannedPackage, ...]
    changes: tuple[models.PackageChange, ...]
    requested: tuple[str, ...]
    pip: tuple[str, ...]
    pip_removed: tuple[str, ...]
    variables: Mapping[str, str]
    download_bytes: Count
    disk_bytes: Count
    free_bytes: Count | None
    warnings: Tolerant[Problem]


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStep(models.JobStatus):
    """The common fields of a job and its events.

    Attributes:
        environment: the name of the environment that the job creates, changes or removes.
        user: who requested it: the user of the server, or the account on a command line.
    """

    kind: JobKind
    environment: str
    prefix: Path
    user: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Job(JobStep):
    """The current state of a job.

    Attributes:
        environment_id: the id that the environment has, or will have.
        plans: for a job of kind ``plan``, the kind of job that it plans.
        seq: of the newest event; 0 if none can be read, because the journal is damaged.
    """

    id: JobId
    environment_id: str
    plans: PlannedKind | None
    seq: Count
    created: Time
    started: Time | None
    finished: Time | None


@dataclass(frozen=True, slots=True)
class JobList:
    """All jobs in the journal, newest first."""

    jobs: Tolerant[Job]


@dataclass(frozen=True, slots=True, kw_only=True)
class JobEvent(JobStep):
    """An entry of a job's journal.

    As on the event bus, schema https://events.jupyter.org/jupyter_envkernels/job/v1. Any client can send events on the
    bus, so treat these as hints and rely on ``jobs/{id}/events``.

    Attributes:
        seq: the position in the journal, from 1 without gaps.
    """

    job_id: JobId
    seq: Ordinal


@dataclass(frozen=True, slots=True)
class JobEventList:
    """Events by seq, without gaps."""

    events: Tolerant[JobEvent]


@dataclass(frozen=True, slots=True)
class LogChunk:
    """A piece of a job's log.

    Attributes:
        offset: where to continue reading, in bytes.
        complete: whether this is the end of the log of an ended job.
    """

    text: str
    offset: Count
    complete: bool


def problem_json(problem: Problem) -> Json:
    """Return a ``Problem``."""
    return _json(problem)


def environment_json(environment: models.Environment, footprint: models.Footprint | None = None) -> Json:
    """Return an :class:`Environment`; without a footprint, its size and use are unknown."""
    return _json(_environment(environment, footprint or _UNKNOWN))


def environments_json(found: Iterable[models.Environment], footprints: Mapping[str, models.Footprint]) -> Json:
    """Return an :class:`EnvironmentList`; footprints are by id."""
    listed = [_environment(environment, footprints.get(environment.id, _UNKNOWN)) for environment in found]
    return _json(EnvironmentList(tuple(listed)))


def inventory_json(inventory: models.Inventory) -> Json:
    """Return an ``Inventory``."""
    return _json(inventory)


def exported_json(form: models.ExportFormat, exported: models.Exported) -> Json:
    """Return an :class:`Exported`."""
    return _json(_alike(Exported, exported, format=form))


def diagnosis_json(diagnosis: doctor.Diagnosis, other: OtherManager | None) -> Json:
    """Return a :class:`Diagnosis`."""
    return _json(_alike(Diagnosis, diagnosis, other_kernel_spec_manager=other))


def history_json(revisions: Sequence[models.Revision]) -> Json:
    """Return a :class:`History`."""
    entries = [
        _alike(Revision, entry, revision=entry.number, time=_time(entry.time), is_current=entry is revisions[-1])
        for entry in revisions
    ]
    return _json(History(tuple(entries)))


def settings_json(setup: models.ServerSettings, machine: models.Machine | None) -> Json:
    """Return :class:`Settings`."""
    return _json(_alike(Settings, setup, **_machine(machine)))


def _machine(machine: models.Machine | None) -> Json:
    """Return the fields of :class:`Settings` on the machine, if the engine has responded."""
    names = [each.name for each in fields(models.Machine)]
    return {name: getattr(machine, name, None) for name in names}


def cleanup_json(found: Mapping[models.ReclaimKind, Sequence[models.Reclaimable]]) -> Json:
    """Return a :class:`Cleanup`."""
    parts = {kind: _reclaimed(found[kind]) if kind in found else None for kind in get_args(models.ReclaimKind)}
    return _json(Cleanup(**parts, bytes=sum(part.bytes for part in parts.values() if part)))


def _reclaimed(items: Sequence[models.Reclaimable]) -> Reclaimed:
    return Reclaimed(len(items), sum(item.bytes for item in items))


def info_json(setup: models.ServerSettings, machine: models.Machine | None, **others: object) -> Json:
    """Return :class:`Info`; the other arguments are its own fields."""
    return _json(_alike(Info, setup, **_machine(machine), **others))


def templates_json(templates: Iterable[Template]) -> Json:
    """Return a :class:`TemplateList`."""
    return _json(TemplateList(tuple(templates)))


def checked_spec_json(checked: models.CheckedSpec) -> Json:
    """Return a ``CheckedSpec``."""
    return _json(checked)


def job_json(job: models.Job) -> Json:
    """Return a :class:`Job`."""
    return _json(_job(job))


def jobs_json(jobs: Iterable[models.Job]) -> Json:
    """Return a :class:`JobList`."""
    return _json(JobList(tuple(map(_job, jobs))))


def search_json(found: Iterable[models.ChannelPackage]) -> Json:
    """Return a :class:`SearchResult`."""
    packages = [_alike(ChannelPackage, package, timestamp=_time(package.timestamp)) for package in found]
    return _json(SearchResult(tuple(packages)))


def plan_json(request: models.Request, plan: models.Plan) -> Json:
    """Return a :class:`Plan`."""
    packages = [
        _alike(
            PlannedPackage,
            package,
            channel=without_credentials(package.channel),
            url=without_credentials(package.url),
        )
        for package in plan.packages
    ]
    return _json(
        _alike(
            Plan,
            plan,
            kind=request.operation.kind,
            environment=request.environment,
            prefix=request.prefix,
            packages=tuple(packages),
            pip=tuple(map(without_credentials, plan.pip)),
        )
    )


def event_json(job: models.Job, event: models.JobEvent) -> Json:
    """Return a :class:`JobEvent`, the same as on the event bus."""
    return _json(_event(job, event))


def events_json(job: models.Job, events: Iterable[models.JobEvent]) -> Json:
    """Return a :class:`JobEventList`."""
    return _json(JobEventList(tuple(_event(job, event) for event in events)))


def log_json(text: str, offset: int, *, complete: bool) -> Json:
    """Return a :class:`LogChunk`."""
    return _json(LogChunk(text, offset, complete))


def _environment(environment: models.Environment, footprint: models.Footprint) -> Environment:
    usage = footprint.usage
    measured = Usage(usage.own, usage.shared, _moment(usage.measured)) if usage else None
    return _alike(
        Environment,
        environment,
        kernels=tuple(_alike(Kernel, kernel) for kernel in environment.kernels),
        usage=measured,
        created=_time(footprint.created),
        last_used=_time(footprint.last_used),
        activation_problems=footprint.activation_problems,
    )


def _job(job: models.Job) -> Job:
    return _alike(
        Job,
        job,
        **_target(job),
        environment_id=job.request.environment_id,
        plans=job.request.operation.kind if job.request.is_plan else None,
        created=_time(job.created),
        started=_time(job.started),
        finished=_time(job.finished),
    )


def _event(job: models.Job, event: models.JobEvent) -> JobEvent:
    return _alike(JobEvent, event, **_target(job), job_id=job.id)


def _target(job: models.Job) -> Json:
    request = job.request
    return {
        "kind": request.kind,
        "environment": request.environment,
        "prefix": request.prefix,
        "user": job.user,
    }


def _alike(document: type[T], model: object, /, **others: object) -> T:
    """Return a document with the fields of a model that have the same names, and further fields."""
    same = {each.name: getattr(model, each.name) for each in fields(document) if each.name not in others}  # type: ignore[arg-type]
    return document(**same, **others)


def _json(document: object) -> Json:
    """Return a document as builtins for ``json``: msgspec's own encoder refuses paths that are not Unicode."""
    found: Json = msgspec.to_builtins(document, enc_hook=str)
    return found


def _time(seconds: float | None) -> str | None:
    return None if seconds is None else _moment(seconds)


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat(timespec="milliseconds")
