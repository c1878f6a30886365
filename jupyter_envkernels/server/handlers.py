"""Handle REST requests, and define the route table."""

from __future__ import annotations

import asyncio
from pathlib import Path

from jupyter_server.auth.decorator import authorized
from tornado import web

from .. import documents
from ..engine.export import export
from ..envs.history import read_history
from ..envs.inventory import read_inventory
from ..jobs.requests import JobBody, RemoveBody
from ..jobs.settings import read_setup
from ..models import CheckedSpec
from . import wire
from .base import EnvKernelsHandler, UnknownHandler
from .service import Service

_MACHINE_SECONDS = 10.0
"""Timeout for detecting virtual packages, which is done once."""


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
        """Start a job that removes the environment."""
        await self.start(RemoveBody(environment_id))


class ListEntryHandler(EnvKernelsHandler):
    """``environments/{id}/list-entry``."""

    @web.authenticated
    @authorized
    async def delete(self, environment_id: str) -> None:
        """Remove an environment whose folder is gone from conda's list, and list the environments."""
        await self.service.unlist(environment_id)
        self.finish(await asyncio.to_thread(self.service.listing.text))


class PackagesHandler(EnvKernelsHandler):
    """``environments/{id}/packages``."""

    @web.authenticated
    @authorized
    async def get(self, environment_id: str) -> None:
        """List the packages of an environment."""
        environment = await self.service.environment(environment_id)
        self.finish(documents.inventory_json(await asyncio.to_thread(read_inventory, environment.prefix)))


class HistoryHandler(EnvKernelsHandler):
    """``environments/{id}/history``."""

    @web.authenticated
    @authorized
    async def get(self, environment_id: str) -> None:
        """List the revisions of an environment."""
        environment = await self.service.environment(environment_id)
        self.finish(documents.history_json(await asyncio.to_thread(read_history, environment.prefix)))


class ExportHandler(EnvKernelsHandler):
    """``environments/{id}/export``."""

    @web.authenticated
    @authorized
    async def get(self, environment_id: str) -> None:
        """Export an environment."""
        form = wire.read_export_format(self.get_query_argument("format", "yaml"))
        environment = await self.service.environment(environment_id)
        self.finish(documents.exported_json(form, await asyncio.to_thread(export, environment, form)))


class CheckHandler(EnvKernelsHandler):
    """``specs/check``."""

    @web.authenticated
    @authorized(action="read")  # type: ignore[untyped-decorator]
    async def post(self) -> None:
        """Check a spec."""
        body: wire.CheckBody = self.body(wire.CheckBody)
        spec = await self.service.spec_text(body.text, body.path, body.origin)
        checked = await (self._with_channels(*spec) if body.channels else self.service.check(*spec))
        self.finish(documents.checked_spec_json(checked))

    @authorized(action="write")  # type: ignore[untyped-decorator]
    async def _with_channels(self, text: str | bytes, workdir: Path | None) -> CheckedSpec:
        """Check against channels, only for users who may start jobs: the server fetches URLs that the text names."""
        return await self.service.check_with_channels(text, workdir)


class SettingsHandler(EnvKernelsHandler):
    """``settings``."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Show the settings in force."""
        jobs = self.service.jobs
        setup = await asyncio.to_thread(read_setup, self.service.catalog, jobs.options, jobs.unfinished())
        self.finish(documents.settings_json(setup, await self.service.lint_client.machine(_MACHINE_SECONDS)))


class DoctorHandler(EnvKernelsHandler):
    """``doctor``."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Show where environments are searched, and why a path is or is not a kernel."""
        ref = wire.read_reference(self.get_query_argument("path", "", strip=False))
        diagnosis = await asyncio.to_thread(self.service.diagnosis, ref)
        self.finish(documents.diagnosis_json(diagnosis, self.service.other_manager()))


class TemplatesHandler(EnvKernelsHandler):
    """``templates``."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """List the administrator's templates."""
        found = await asyncio.to_thread(self.service.templates.read)
        self.finish(documents.templates_json(found))


class JobsHandler(EnvKernelsHandler):
    """``jobs``."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """List the jobs."""
        self.finish(documents.jobs_json(await self.service.jobs.jobs()))

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Start a job."""
        await self.start(self.body(JobBody))


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
        """Cancel a job, and respond when it has ended."""
        self.finish(documents.job_json(await self.service.jobs.cancel(job_id)))


class RunHandler(EnvKernelsHandler):
    """``jobs/{id}/run``."""

    @web.authenticated
    @authorized
    async def post(self, job_id: str) -> None:
        """Run the plan of a job, or an unfinished job again."""
        self.accept(await self.service.jobs.run(job_id, self.user))


class PlanHandler(EnvKernelsHandler):
    """``jobs/{id}/plan``."""

    @web.authenticated
    @authorized
    async def get(self, job_id: str) -> None:
        """Show the plan of a job."""
        job = await self.service.jobs.job(job_id)
        plan = await asyncio.to_thread(self.service.jobs.journal(job_id).plan)
        self.finish(documents.plan_json(job.request, plan))


class EventsHandler(EnvKernelsHandler):
    """``jobs/{id}/events``."""

    @web.authenticated
    @authorized
    async def get(self, job_id: str) -> None:
        """List the events of a job after a ``seq``."""
        after = self.whole_number("after")
        job = await self.service.jobs.job(job_id)
        events = await asyncio.to_thread(self.service.jobs.journal(job_id).events, after)
        self.finish(documents.events_json(job, events))


class LogHandler(EnvKernelsHandler):
    """``jobs/{id}/log``."""

    @web.authenticated
    @authorized
    async def get(self, job_id: str) -> None:
        """Read the log of a job from an offset."""
        offset = self.whole_number("offset")
        job = await self.service.jobs.job(job_id)  # before the log is read: an ended job writes no more
        text, following = await asyncio.to_thread(self.service.jobs.journal(job_id).read_log, offset)
        self.finish(documents.log_json(text, following, complete=job.is_over and not text))


def routes(service: Service) -> list[tuple[str, type[EnvKernelsHandler], dict[str, Service]]]:
    """Return the route table; patterns are relative to the base URL, which the extension prepends."""
    environment = r"/envkernels/environments/([^/]+)"
    job = r"/envkernels/jobs/([^/]+)"
    table: list[tuple[str, type[EnvKernelsHandler]]] = [
        (r"/envkernels/environments", EnvironmentsHandler),
        (environment, EnvironmentHandler),
        (rf"{environment}/list-entry", ListEntryHandler),
        (rf"{environment}/packages", PackagesHandler),
        (rf"{environment}/history", HistoryHandler),
        (rf"{environment}/export", ExportHandler),
        (r"/envkernels/specs/check", CheckHandler),
        (r"/envkernels/settings", SettingsHandler),
        (r"/envkernels/doctor", DoctorHandler),
        (r"/envkernels/templates", TemplatesHandler),
        (r"/envkernels/jobs", JobsHandler),
        (job, JobHandler),
        (rf"{job}/run", RunHandler),
        (rf"{job}/plan", PlanHandler),
        (rf"{job}/events", EventsHandler),
        (rf"{job}/log", LogHandler),
        (r"/envkernels(?:/.*[^/])?", UnknownHandler),  # Jupyter redirects paths with a slash at the end
    ]
    return [(pattern, handler, {"service": service}) for pattern, handler in table]
