"""Give the handlers access to the catalog and the jobs."""

from __future__ import annotations

import asyncio
import base64
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_server.utils import ensure_async

from ..engine.link.conda_meta import is_registered, unregister
from ..engine.operations import JobRequest
from ..envs.catalog import Catalog
from ..envs.doctor import Diagnosis, Finding, diagnose, path_of
from ..envs.templates import Templates
from ..errors import Conflict, Forbidden, InvalidRequest, NotFound, TooLarge
from ..jobs.lint_client import LintClient
from ..jobs.machine_limits import machine_finding
from ..jobs.manager import JobManager
from ..jobs.requests import Context, CreateBody, JobBody, PlanBody, UpdateBody
from ..kernels.configured import OtherManager
from ..kernels.nb_conda_kernels import findings_on_kernelspecs
from ..models import CheckedSpec, Environment, Job
from . import wire
from .audit import AuditTrail
from .listing import Listing

_SECONDS = 5.0
"""Timeout for channels while a user types."""


@dataclass(frozen=True, slots=True)
class Service:
    """The operations behind the REST API.

    Attributes:
        catalog: reads environments.
        jobs: changes environments.
        contents: the server's contents manager, by which alone files of the user are read.
        lint_client: checks specs against channels, in a process with the engine.
        listing: environments as documents.
        templates: the administrator's templates.
        other_manager: returns the kernelspec manager that the server has instead of ours; None if it has ours.
        audit: the audit trail.
        former: findings on settings of nb_conda_kernels.
    """

    catalog: Catalog
    jobs: JobManager
    contents: Any
    lint_client: LintClient
    listing: Listing
    templates: Templates
    other_manager: Callable[[], OtherManager | None]
    audit: AuditTrail
    former: tuple[Finding, ...] = ()

    def diagnosis(self, ref: str) -> Diagnosis:
        """Diagnose the configuration and, unless it is empty, a path, name or id. Reads files."""
        found = diagnose(self.catalog, path_of(self.catalog, ref) if ref else None)
        return found.with_configuration(
            machine_finding(self.jobs.options.engine.limits), *self.former, *findings_on_kernelspecs()
        )

    async def check(self, text: str | bytes, workdir: Path | None) -> CheckedSpec:
        """Check a spec, which may be in a folder, without reading channels."""
        from ..jobs.admission import check_spec  # noqa: PLC0415 - an idle server need not load it

        options = self.jobs.options.engine
        return await asyncio.to_thread(lambda: check_spec(text, options, self.catalog.settings(), workdir))

    async def check_with_channels(self, text: str | bytes, workdir: Path | None) -> CheckedSpec:
        """Check a spec against channels as well, as far as they respond in time."""
        checked = await self.lint_client.further(await self.check(text, workdir), text, _SECONDS)
        await self.jobs.prepare()  # the user will probably create it next
        return checked

    async def environment(self, environment_id: str) -> Environment:
        """Return one environment by id.

        Raises:
            NotFound: there is none.
        """
        return await asyncio.to_thread(self._by_id, environment_id)

    async def unlist(self, environment_id: str) -> None:
        """Remove an environment whose folder is gone from conda's list of environments.

        Raises:
            NotFound: there is no such environment.
            Conflict: its folder exists.
            Forbidden: the list cannot be changed, or it is that of another account.
        """
        environment = await self.environment(environment_id)
        await asyncio.to_thread(_unlist, environment.prefix)

    async def submit(self, request: JobRequest, user: str) -> Job:
        """Start a job for a user."""
        job = await self.jobs.submit(request, user)
        if request.is_plan:
            await self.jobs.prepare()
        return job

    async def request(self, body: JobBody) -> JobRequest:
        """Return the job request of a body."""
        spec = body.of if isinstance(body, PlanBody) else body
        text, workdir = None, None
        if isinstance(spec, CreateBody) or (isinstance(spec, UpdateBody) and (spec.text, spec.path) != (None, None)):
            text, workdir = await self.spec_text(spec.text, spec.path, spec.origin)
        installer = self.jobs.options.engine.pip_installer
        context = Context(self.catalog, self._by_id, text, workdir, installer=installer)
        return await asyncio.to_thread(body.resolve, context)

    def _by_id(self, environment_id: str) -> Environment:
        """Return one environment by its id only, unlike :meth:`.Catalog.find`.

        Raises:
            NotFound: there is none.
        """
        for environment in self.catalog.environments():
            if environment.id == environment_id:
                return environment
        raise NotFound(f"There is no environment with the id {environment_id}.", remedy="List the environments again.")

    async def spec_text(
        self, text: str | None, path: str | None, origin: str | None
    ) -> tuple[str | bytes, Path | None]:
        """Return the text of a spec and its folder, from a text and the file that it was opened from, or from a path.

        A file is read as bytes: ``specs`` supports more encodings than the contents manager.

        Raises:
            InvalidRequest: text and path were given, or none of them.
            NotFound: there is no such file, or it cannot be read.
            TooLarge: it exceeds the limit of a request.
        """
        if (text is None) == (path is None):
            raise InvalidRequest("Give either 'text' or 'path'.")
        if path is None:
            return text or "", await asyncio.to_thread(self._folder, origin) if origin else None
        try:
            size = (await ensure_async(self.contents.get(path, type="file", content=False))).get("size") or 0
            if size > wire.MAX_BODY:
                raise TooLarge(f"{path} has {size} bytes; a spec may have {wire.MAX_BODY}.")
            model = await ensure_async(self.contents.get(path, type="file", format="base64"))
        except OSError as error:  # such as a link to itself
            raise NotFound(f"{path} cannot be read: {error.strerror}.") from error
        return base64.b64decode(model["content"]), await asyncio.to_thread(self._folder, path)

    def _folder(self, path: str) -> Path | None:
        """Return the folder of a file in the contents root; None if contents are not files or a link leads outside."""
        root = getattr(self.contents, "root_dir", None)
        if not root:
            return None
        folder = Path(root, path.strip("/")).resolve().parent
        return folder if folder.is_relative_to(Path(root).resolve()) else None


def _unlist(prefix: Path) -> None:
    if os.path.lexists(prefix):
        raise Conflict(f"{prefix} exists.", remedy="Delete the environment instead.")
    if not is_registered(prefix, Path.home()):
        raise Forbidden(f"{prefix} is in the list of another account.", remedy="Ask its owner to remove the entry.")
    if failure := unregister(prefix, Path.home()):
        raise Forbidden(failure)
