"""Publish events of jobs and environments on the Jupyter event bus."""

from __future__ import annotations

from pathlib import Path

from jupyter_events import EventLogger

from ..documents import event_json
from ..models import Job, JobEvent

JOB_EVENT_SCHEMA = "https://events.jupyter.org/jupyter_envkernels/job/v1"
ENVIRONMENTS_EVENT_SCHEMA = "https://events.jupyter.org/jupyter_envkernels/environments/v1"
_SCHEMAS = Path(__file__).parent.parent / "event_schemas"


class EventPublisher:
    """Publishes events. Its methods must be called in the event loop's thread, as the bus requires."""

    def __init__(self, event_logger: EventLogger) -> None:
        self._event_logger = event_logger
        for name in ("job", "environments"):
            event_logger.register_event_schema(_SCHEMAS / name / "v1.yaml")

    def job(self, job: Job, event: JobEvent) -> None:
        """Send an event that is already in the journal; a listener of the job manager."""
        self._event_logger.emit(schema_id=JOB_EVENT_SCHEMA, data=event_json(job, event))

    def environments(self, count: int) -> None:
        """Send that the environments have changed."""
        self._event_logger.emit(schema_id=ENVIRONMENTS_EVENT_SCHEMA, data={"count": count})
