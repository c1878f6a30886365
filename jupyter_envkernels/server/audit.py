"""Write the audit trail to the administrator's logging handlers: jobs with their users, and refused requests.

It gets its entries from the job manager and the request handlers, not from the event bus, to which any client can send
events.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import partial
from queue import SimpleQueue
from threading import Thread
from typing import Any

import msgspec

from ..documents import Json, event_json, problem_json
from ..engine.operations import JOB_KINDS
from ..envs.catalog import Catalog
from ..models import Job, JobEvent, Problem, Request

_PATIENCE = 2.0
"""Seconds to wait for slow handlers when the server stops."""

_MAX_TEXT = 200
"""Longest text that is copied from a request, in characters."""

_ID = re.compile(r"/envkernels/(?P<of>environments|jobs)/(?P<id>[0-9a-f-]+)")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A request that was refused.

    Attributes:
        user: the server's name of the user.
        time: seconds since the epoch.
        verb, path, body: the request, as received.
        asked: the requested job; None if the request was refused before it was known.
        error: why it was refused.
    """

    user: str
    time: float
    verb: str
    path: str
    body: bytes
    asked: Request | None
    error: Problem


class AuditTrail:
    """Calls handlers in its own thread, so that a slow or failing one does not delay jobs and requests.

    Each record's message is a dict: the fields of a job's event, and ``time``. Handlers without a formatter get one
    that writes it as a line of JSON.

    Args:
        handlers: of the administrator.
        catalog: to look up the environments that refused requests name.
    """

    def __init__(self, handlers: Sequence[logging.Handler], catalog: Catalog) -> None:
        self._handlers = handlers
        self._catalog = catalog
        self._entries: SimpleQueue[Callable[[], Json] | None] = SimpleQueue()
        self._thread = Thread(target=self._run, name="envkernels-audit", daemon=True)
        for handler in handlers:
            if handler.formatter is None:
                handler.setFormatter(_JsonLines())
        if handlers:
            self._thread.start()

    def job(self, job: Job, event: JobEvent) -> None:
        """Add an event of a job; a listener of the job manager."""
        self._put(partial(_entry, event.time, event_json(job, event)))

    def refusal(self, refusal: Refusal) -> None:
        """Add a refused request."""
        self._put(partial(self._refused, refusal))

    def close(self) -> None:
        """Wait for the handlers, at most ``_PATIENCE``."""
        if self._handlers:
            self._entries.put(None)
            self._thread.join(_PATIENCE)

    def _put(self, entry: Callable[[], Json]) -> None:
        if self._handlers:
            self._entries.put(entry)

    def _run(self) -> None:
        while entry := self._entries.get():
            self._tell(entry)

    def _tell(self, entry: Callable[[], Json]) -> None:
        try:
            fields = {"name": __name__, "levelno": logging.INFO, "levelname": "INFO", "msg": entry()}
        except Exception:  # noqa: BLE001 - one bad entry must not stop the thread
            _log.exception("An entry of the audit trail is lost.")
            return
        for handler in self._handlers:
            _hand(handler, logging.makeLogRecord(fields))

    def _refused(self, refusal: Refusal) -> Json:
        place = _ID.search(refusal.path)
        entry = {
            "job_id": place["id"] if place and place["of"] == "jobs" else "",
            **self._target(refusal, place["id"] if place else ""),
            "user": refusal.user,
            "state": "refused",
            "phase": None,
            "seq": 0,
            "progress": None,
            "message": f"{refusal.verb} {refusal.path}"[:_MAX_TEXT],
            "error": problem_json(refusal.error),
        }
        return _entry(refusal.time, entry)

    def _target(self, refusal: Refusal, ref: str) -> Json:
        """Return the target of a request: as resolved, or else as far as its body tells."""
        asked = refusal.asked
        if asked is not None:
            return {"kind": asked.kind, "environment": asked.environment, "prefix": str(asked.prefix)}
        body = _decoded(refusal.body)
        kind = "remove" if refusal.verb == "DELETE" and "/environments/" in refusal.path else _text(body, "kind")
        if kind == "plan" and isinstance(body.get("of"), dict):
            body = body["of"]
        ref = _text(body, "environment") or _text(body, "source") or ref
        found = next((known for known in self._catalog.environments() if known.id == ref), None)
        return {
            "kind": kind if kind in JOB_KINDS else "",
            "environment": _text(body, "name") or (found.name if found else ""),
            "prefix": str(found.prefix) if found and not _text(body, "name") else "",
        }


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(record.msg)


def _hand(handler: logging.Handler, record: logging.LogRecord) -> None:
    """Pass a record to a handler. Its errors are only logged."""
    try:
        if record.levelno >= handler.level:
            handler.handle(record)
    except Exception:  # noqa: BLE001 - handlers may raise anything
        _log.exception("A handler of c.EnvKernels.audit_handlers failed.")


def _entry(seconds: float, fields: Json) -> Json:
    return {"time": datetime.fromtimestamp(seconds, timezone.utc).isoformat(timespec="milliseconds"), **fields}


def _decoded(body: bytes) -> dict[str, Any]:
    """Return the JSON object of a body; empty if it has none."""
    try:
        found = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _text(body: dict[str, Any], key: str) -> str:
    value = body.get(key)
    return value[:_MAX_TEXT] if isinstance(value, str) else ""
