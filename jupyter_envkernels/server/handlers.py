"""REST: verbs, and the route table."""

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
from ..models import CheckedSpec
from . import wire
from .base import EnvKernelsHandler, UnknownHandler
from .service import Service
from .settings import read_setup

_MACHINE_SECONDS = 10.0
"""That may pass until it is known what this machine is, which is asked once."""


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
        await self.start(RemoveBody(environment_id))


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
        self.finish(documents.exported_json(form, await asyncio.to_thread(export, environment, form)))


class CheckHandler(EnvKernelsHandler):
    """``specs/check``."""

    @web.authenticated
    @authorized(action="read")  # type: ignore[untyped-decorator]
    async def post(self) -> None:
        """Say what is wrong with a spec."""
        body: wire.CheckBody = self.body(wire.CheckBody)
        spec = await self.service.spec_text(body.text, body.path)
        checked = await (self._with_channels(*spec) if body.channels else self.service.check(*spec))
        self.finish(documents.checked_spec_json(checked))

    @authorized(action="write")  # type: ignore[untyped-decorator]
    async def _with_channels(self, text: str | bytes, workdir: Path | None) -> CheckedSpec:
        """For those who may start jobs: the server fetches what the text names, but for channels with variables."""
        return await self.service.check_with_channels(text, workdir)


class SettingsHandler(EnvKernelsHandler):
    """``settings``."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Tell what is in force."""
        jobs = self.service.jobs
        setup = await asyncio.to_thread(read_setup, self.service.catalog, jobs.options, jobs.unfinished())
        self.finish(documents.settings_json(setup, await self.service.lint_client.machine(_MACHINE_SECONDS)))


class DoctorHandler(EnvKernelsHandler):
    """``doctor``."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Say where environments are looked for, and why a path is or is not a kernel."""
        ref = wire.read_reference(self.get_query_argument("path", "", strip=False))
        diagnosis = await asyncio.to_thread(self.service.diagnosis, ref)
        self.finish(documents.diagnosis_json(diagnosis, self.service.other_manager()))


class TemplatesHandler(EnvKernelsHandler):
    """``templates``."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """List the specs that the administrator offers."""
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
        self.finish(documents.events_json(job, events))


class LogHandler(EnvKernelsHandler):
    """``jobs/{id}/log``."""

    @web.authenticated
    @authorized
    async def get(self, job_id: str) -> None:
        """Read on in the log."""
        offset = self.whole_number("offset")
        job = await self.service.jobs.job(job_id)  # looked at first: what is over writes no more
        text, following = await asyncio.to_thread(self.service.jobs.journal(job_id).read_log, offset)
        self.finish(documents.log_json(text, following, complete=job.is_over and not text))


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
        (r"/envkernels/doctor", DoctorHandler),
        (r"/envkernels/templates", TemplatesHandler),
        (r"/envkernels/jobs", JobsHandler),
        (job, JobHandler),
        (rf"{job}/run", RunHandler),
        (rf"{job}/plan", PlanHandler),
        (rf"{job}/events", EventsHandler),
        (rf"{job}/log", LogHandler),
        (r"/envkernels(?:/.*[^/])?", UnknownHandler),  # with a slash at the end, Jupyter leads to the path without
    ]
    return [(pattern, handler, {"service": service}) for pattern, handler in table]
