"""Define the base of all handlers: the service, errors as JSON, and the table of status codes."""

from __future__ import annotations

import json
import re
import time
from types import TracebackType
from typing import Any

from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado import web

from .. import documents, errors
from ..engine.operations import JobRequest
from ..jobs.requests import JobBody
from ..models import Job, Problem
from . import wire
from .audit import Refusal
from .service import Service

_STATUS: dict[type[errors.EnvKernelsError], int] = {
    errors.InvalidRequest: 400,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.TooLarge: 413,
    errors.InvalidSpec: 422,
    errors.QueueFull: 429,
    errors.BackendMissing: 503,
    errors.PolicyUnusable: 503,
    errors.StoreFailed: 503,
    errors.StillRunning: 503,
    errors.EnvKernelsError: 500,
}
_CODES = {400: "invalid-request", 403: "forbidden", 404: "not-found", 405: "method-not-allowed", 413: "too-large"}

_WHOLE_NUMBER = re.compile(r"[0-9]{1,15}")


def status_of(error: errors.EnvKernelsError) -> int:
    """Return the HTTP status of an error: that of the nearest class in the table."""
    return next(_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS)


class EnvKernelsHandler(APIHandler):
    """Base of all handlers, with the service and errors as JSON."""

    auth_resource = "envkernels"

    def initialize(self, service: Service) -> None:
        """Set what the route table passes."""
        self.service = service
        self.asked: JobRequest | None = None
        self._known_user = ""

    async def prepare(self) -> None:  # type: ignore[override] # as its base class does
        """Determine the user."""
        await super().prepare()
        if self.current_user:
            self._known_user = self.user

    async def head(self, *args: str) -> None:
        """Handle HEAD like GET; tornado sends only the headers."""
        done = self.get(*args)
        if done is not None:
            await done

    def body(self, kind: Any) -> Any:
        """Return the request's body, decoded and checked."""
        return wire.read_body(self.request.body, kind)

    def whole_number(self, name: str) -> int:
        """Return a query argument as a whole number; 0 if it is absent."""
        text = self.get_query_argument(name, "0")
        if not _WHOLE_NUMBER.fullmatch(text):
            raise errors.InvalidRequest(f"The argument {name!r} must be a whole number, not {text[:40]!r}.")
        return int(text)

    @property
    def user(self) -> str:
        """Return the name of the user, from the identity provider."""
        return str(self.current_user.username)

    async def start(self, body: JobBody) -> None:
        """Start the job that a body requests, for the current user."""
        self.asked = await self.service.request(body)
        self.accept(await self.service.submit(self.asked, self.user))

    def accept(self, job: Job) -> None:
        """Respond that a job has been stored."""
        self.set_status(202)
        self.set_header("Location", url_path_join(self.base_url, "envkernels", "jobs", job.id))
        self.finish(documents.job_json(job))

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Respond with schema ``Problem``."""
        error = kwargs["exc_info"][1] if "exc_info" in kwargs else None
        if isinstance(error, errors.EnvKernelsError):
            self.set_status(status_of(error))
            problem = error.problem
        else:
            said = error.log_message if isinstance(error, web.HTTPError) and error.log_message else self._reason
            problem = Problem(_CODES.get(status_code, "error"), said)
        if status_code == 405:
            self.set_header("Allow", ", ".join(self._verbs()))
        if self._known_user and (self.get_status() == 403 or isinstance(error, errors.PolicyUnusable)):
            self._audit(problem)
        self.finish(json.dumps(documents.problem_json(problem)))

    def _audit(self, problem: Problem) -> None:
        """Add the refused request to the audit trail."""
        request = self.request
        refusal = Refusal(
            self._known_user, time.time(), str(request.method), request.path, request.body, self.asked, problem
        )
        self.service.audit.refusal(refusal)

    def _verbs(self) -> list[str]:
        """Return the methods of this route, for the header ``Allow``."""
        own = {verb for verb in self.SUPPORTED_METHODS if _method(type(self), verb) is not _method(APIHandler, verb)}
        return sorted((own if "GET" in own else own - {"HEAD"}) | {"OPTIONS"})

    def log_exception(
        self,
        typ: type[BaseException] | None,
        value: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        """Log one line for an error with a known class, and a traceback for any other."""
        if isinstance(value, errors.EnvKernelsError):
            self.log.info("%s %s: %s", self.request.method, self.request.path, value.message)
        else:
            super().log_exception(typ, value, tb)


def _method(handler: type[APIHandler], verb: str) -> Any:
    return getattr(handler, verb.lower())


class UnknownHandler(EnvKernelsHandler):
    """Paths below ``envkernels`` that are not routes: responds with JSON, where Jupyter would send a page."""

    async def prepare(self) -> None:  # type: ignore[override] # as its base class does
        """Refuse the request, whatever its method.

        Raises:
            NotFound: always, for users who are logged in.
            web.HTTPError: for others.
        """
        await super().prepare()
        if not self.current_user:
            raise web.HTTPError(403)
        raise errors.NotFound(f"There is no {self.request.path}.", remedy="rest-api.yml lists the routes.")
