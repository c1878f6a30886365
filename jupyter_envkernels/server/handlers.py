"""REST: verbs, the route table, and the one table of status codes."""

from __future__ import annotations

import asyncio
import json
import re
from types import TracebackType
from typing import Any

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado import web

from .. import documents, errors
from ..engine.export import export
from ..envs.history import read_history
from ..envs.packages import read_inventory
from ..models import CheckedSpec, Job
from ..specs import check
from . import wire
from .service import Service
from .setup import read_setup

_STATUS: dict[type[errors.EnvKernelsError], int] = {
    errors.InvalidRequest: 400,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.TooLarge: 413,
    errors.InvalidSpec: 422,
    errors.QueueFull: 429,
    errors.BackendMissing: 503,
    errors.StoreFailed: 503,
    errors.EnvKernelsError: 500,
}
_CODES = {400: "invalid-request", 403: "forbidden", 404: "not-found", 405: "method-not-allowed", 413: "too-large"}

_MACHINE_SECONDS = 10.0
"""That may pass until it is known what this machine is, which is asked once."""

_WHOLE_NUMBER = re.compile(r"[0-9]{1,15}")


def status_of(error: errors.EnvKernelsError) -> int:
    """The HTTP status of a failure: that of the nearest class in the table."""
    return next(_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS)


class EnvKernelsHandler(APIHandler):
    """Base of all verbs: hands out the service, and turns failures into JSON."""

    auth_resource = "envkernels"

    def initialize(self, service: Service) -> None:
        """Receive what the route table hands over."""
        self.service = service

    def body(self, kind: Any) -> Any:
        """The request's body, decoded and checked."""
        return wire.read_body(self.request.body, kind)

    def whole_number(self, name: str) -> int:
        """A query argument that counts something; 0 when it is absent."""
        text = self.get_query_argument(name, "0")
        if not _WHOLE_NUMBER.fullmatch(text):
            raise errors.InvalidRequest(f"The argument {name!r} must be a whole number, not {text[:40]!r}.")
        return int(text)

    @property
    def user(self) -> str:
        """The name of the person who asks, as the identity provider gives it."""
        return str(self.current_user.username)

    def accept(self, job: Job) -> None:
        """Answer that a job has been stored."""
        self.set_status(202)
        self.set_header("Location", url_path_join(self.base_url, "envkernels", "jobs", job.id))
        self.finish(documents.job_json(job))

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer with schema ``Error``."""
        error = kwargs["exc_info"][1] if "exc_info" in kwargs else None
        if isinstance(error, errors.EnvKernelsError):
            self.set_status(status_of(error))
            reply = {"message": error.message, "code": error.code, "remedy": error.remedy, "details": error.details}
        else:
            said = error.log_message if isinstance(error, web.HTTPError) and error.log_message else self._reason
            reply = {"message": said, "code": _CODES.get(status_code, "error"), "remedy": "", "details": {}}
        self.finish(json.dumps(reply))

    def log_exception(
        self,
        typ: type[BaseException] | None,
        value: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        """What a client did wrong is one line of log; a fault of ours is a traceback."""
        if isinstance(value, errors.EnvKernelsError):
            self.log.info("%s %s: %s", self.request.method, self.request.path, value.message)
        else:
            super().log_exception(typ, value, tb)


class EnvironmentsHandler(EnvKernelsHandler):
    """``environments``."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """List the environments."""
        self.finish(await asyncio.to_thread(self.service.listing.text))


class EnvironmentHandler(EnvKernelsHandler):
    """``environments/{id}``."""

    @web.authenticated
    @authorized
    async def get(self, environment_id: str) -> None:
        """Show one environment."""
        environment = await self.service.environment(environment_id)
        self.finish(await asyncio.to_thread(self.service.listing.one, environment))

    @web.authenticated
    @authorized
    async def delete(self, environment_id: str) -> None:
        """Start its removal."""
        self.accept(await self.service.start(wire.RemoveBody(environment_id), self.user))


class PackagesHandler(EnvKernelsHandler):
    """``environments/{id}/packages``."""

    @web.authenticated
    @authorized
    async def get(self, environment_id: str) -> None:
        """List its packages."""
        environment = await self.service.environment(environment_id)
        self.finish(documents.inventory_json(await asyncio.to_thread(read_inventory, environment.prefix)))


class HistoryHandler(EnvKernelsHandler):
    """``environments/{id}/history``."""

    @web.authenticated
    @authorized
    async def get(self, environment_id: str) -> None:
        """List its revisions."""
        environment = await self.service.environment(environment_id)
        self.finish(documents.history_json(await asyncio.to_thread(read_history, environment.prefix)))


class ExportHandler(EnvKernelsHandler):
    """``environments/{id}/export``."""

    @web.authenticated
    @authorized
    async def get(self, environment_id: str) -> None:
        """Write it down."""
        form = wire.read_export_format(self.get_query_argument("format", "yaml"))
        environment = await self.service.environment(environment_id)
        self.finish({"format": form, "text": await asyncio.to_thread(export, environment, form)})


class CheckHandler(EnvKernelsHandler):
    """``specs/check``."""

    @web.authenticated
    @authorized(action="read")  # type: ignore[untyped-decorator]
    async def post(self) -> None:
        """Say what is wrong with a spec."""
        body: wire.CheckBody = self.body(wire.CheckBody)
        text, _ = await self.service.spec_text(body.text, body.path)
        checked = await (self._with_channels(text) if body.channels else asyncio.to_thread(check, text))
        self.finish(documents.checked_spec_json(checked))

    @authorized(action="write")  # type: ignore[untyped-decorator]
    async def _with_channels(self, text: str) -> CheckedSpec:
        """For those who may start jobs: the server fetches what the text names, with logins out of its variables."""
        return await self.service.check_with_channels(text)


class SettingsHandler(EnvKernelsHandler):
    """``settings``."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Tell what is in force."""
        setup = await asyncio.to_thread(read_setup, self.service.catalog, self.service.jobs.options)
        self.finish(documents.setup_json(setup, await self.service.inquirer.machine(_MACHINE_SECONDS)))


class JobsHandler(EnvKernelsHandler):
    """``jobs``."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """List the jobs."""
        self.finish({"jobs": [documents.job_json(job) for job in await self.service.jobs.jobs()]})

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Start a job."""
        self.accept(await self.service.start(self.body(wire.JobBody), self.user))


class JobHandler(EnvKernelsHandler):
    """``jobs/{id}``."""

    @web.authenticated
    @authorized
    async def get(self, job_id: str) -> None:
        """Show one job."""
        self.finish(documents.job_json(await self.service.jobs.job(job_id)))

    @web.authenticated
    @authorized
    async def delete(self, job_id: str) -> None:
        """Cancel it, and answer when it is over."""
        self.finish(documents.job_json(await self.service.jobs.cancel(job_id)))


class RunHandler(EnvKernelsHandler):
    """``jobs/{id}/run``."""

    @web.authenticated
    @authorized
    async def post(self, job_id: str) -> None:
        """Carry out what it has planned, or take it up again."""
        self.accept(await self.service.jobs.run(job_id, self.user))


class PlanHandler(EnvKernelsHandler):
    """``jobs/{id}/plan``."""

    @web.authenticated
    @authorized
    async def get(self, job_id: str) -> None:
        """Show what it installs."""
        job = await self.service.jobs.job(job_id)
        plan = await asyncio.to_thread(self.service.jobs.journal(job_id).plan)
        self.finish(documents.plan_json(job.request, plan))


class EventsHandler(EnvKernelsHandler):
    """``jobs/{id}/events``."""

    @web.authenticated
    @authorized
    async def get(self, job_id: str) -> None:
        """Replay the journal."""
        after = self.whole_number("after")
        job = await self.service.jobs.job(job_id)
        events = await asyncio.to_thread(self.service.jobs.journal(job_id).events, after)
        self.finish({"events": [documents.event_json(job, event) for event in events]})


class LogHandler(EnvKernelsHandler):
    """``jobs/{id}/log``."""

    @web.authenticated
    @authorized
    async def get(self, job_id: str) -> None:
        """Read on in the log."""
        offset = self.whole_number("offset")
        job = await self.service.jobs.job(job_id)  # looked at first: what is over writes no more
        text, following = await asyncio.to_thread(self.service.jobs.journal(job_id).read_log, offset)
        self.finish({"text": text, "offset": following, "complete": job.is_over and not text})


def routes(service: Service) -> list[tuple[str, type[EnvKernelsHandler], dict[str, Service]]]:
    """The route table; patterns are relative to the base URL, which the extension puts before them."""
    environment = r"/envkernels/environments/([^/]+)"
    job = r"/envkernels/jobs/([^/]+)"
    table: list[tuple[str, type[EnvKernelsHandler]]] = [
        (r"/envkernels/environments", EnvironmentsHandler),
        (environment, EnvironmentHandler),
        (rf"{environment}/packages", PackagesHandler),
        (rf"{environment}/history", HistoryHandler),
        (rf"{environment}/export", ExportHandler),
        (r"/envkernels/specs/check", CheckHandler),
        (r"/envkernels/settings", SettingsHandler),
        (r"/envkernels/jobs", JobsHandler),
        (job, JobHandler),
        (rf"{job}/run", RunHandler),
        (rf"{job}/plan", PlanHandler),
        (rf"{job}/events", EventsHandler),
        (rf"{job}/log", LogHandler),
    ]
    return [(pattern, handler, {"service": service}) for pattern, handler in table]
