"""Provide metrics for Prometheus in the registry of the server's ``/metrics``; docs/administration.md lists them.

Like the registry, they belong to the process, even if it runs several servers.
"""

from __future__ import annotations

from dataclasses import dataclass

from prometheus_client import Counter, Gauge, Histogram

from ..envs.catalog import Catalog
from ..jobs.manager import JobManager
from ..models import Environment, Job, JobEvent

_JOBS = Counter("envkernels_jobs", "Jobs that have ended, by kind and final state.", ["kind", "state"])
_RUNNING = Gauge("envkernels_jobs_running", "Jobs that run now.")
_QUEUED = Gauge("envkernels_jobs_queued", "Jobs that wait for their turn now.")
_PHASES = Histogram(
    "envkernels_job_phase_seconds",
    "How long the phases of jobs took, by kind of job; the phase queued is the time before the first.",
    ["kind", "phase"],
    buckets=(0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600),
)
_BYTES = Counter("envkernels_downloaded_bytes", "Bytes of packages that jobs have downloaded.")
_LISTING = Histogram(
    "envkernels_listing_seconds",
    "How long it took to list the environments.",
    buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)


@dataclass(slots=True)
class _Track:
    """The phase of a job. ``since`` and ``received`` are None if its beginning was not seen."""

    phase: str | None
    since: float | None
    received: int | None


class JobMetrics:
    """Updates the metrics of jobs.

    Args:
        manager: of the jobs.
    """

    def __init__(self, manager: JobManager) -> None:
        self._tracks: dict[str, _Track] = {}
        _RUNNING.set_function(lambda: manager.count("running"))
        _QUEUED.set_function(lambda: manager.count("queued"))
        manager.subscribe(self._hear)

    def _hear(self, job: Job, event: JobEvent) -> None:
        phase = "queued" if event.state == "queued" else event.phase
        track = self._tracks.get(job.id)
        if track is None:  # for a job of an earlier server, the first event seen is in the middle of a phase
            track = self._tracks[job.id] = _Track(phase, event.time if event.seq == 1 else None, None)
        if phase != track.phase or job.is_over:
            if track.phase is not None and track.since is not None:
                _PHASES.labels(job.request.kind, track.phase).observe(max(0.0, event.time - track.since))
            track.phase, track.since, track.received = phase, event.time, 0
        if phase == "downloading" and event.progress is not None:
            if track.received is not None:
                _BYTES.inc(max(0, event.progress.done - track.received))
            track.received = event.progress.done
        if job.is_over:
            _JOBS.labels(job.request.kind, job.state).inc()
            del self._tracks[job.id]


class MeasuredCatalog(Catalog):
    """A catalog that measures how long listings take."""

    def environments(self) -> tuple[Environment, ...]:
        """Return all environments, and observe the time that it takes."""
        with _LISTING.time():
            return super().environments()
