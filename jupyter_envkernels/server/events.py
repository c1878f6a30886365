"""JobEvent -> the Jupyter event bus."""

from __future__ import annotations

from pathlib import Path

from jupyter_events import EventLogger

from ..documents import event_json
from ..models import Job, JobEvent

JOB_EVENT_SCHEMA = "https://events.jupyter.org/jupyter_envkernels/job/v1"
_SCHEMA_FILE = Path(__file__).parent.parent / "event_schemas" / "job" / "v1.yaml"


class EventPublisher:
    """Announces what the journal holds already; a listener of :class:`~jupyter_envkernels.jobs.manager.JobManager`."""

    def __init__(self, event_logger: EventLogger) -> None:
        self._event_logger = event_logger
        event_logger.register_event_schema(_SCHEMA_FILE)

    def __call__(self, job: Job, event: JobEvent) -> None:
        """Emit one event. Must run in the event loop's thread, as the bus demands."""
        self._event_logger.emit(schema_id=JOB_EVENT_SCHEMA, data=event_json(job, event))
