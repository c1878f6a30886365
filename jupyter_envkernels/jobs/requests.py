"""What a person asks for -> a request that can be stored: the one gate for REST and the command line.

Every function reads files; call them in threads.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from ..engine.transaction.preflight import check_idle, check_path
from ..envs.catalog import Catalog
from ..envs.frozen import why_frozen
from ..envs.history import read_history
from ..envs.requirement_files import with_files
from ..errors import Busy, Conflict, Forbidden, InvalidRequest, InvalidSpec, NotFound
from ..models import (
    ENVIRONMENT_NAME,
    RESERVED_NAMES,
    CheckedSpec,
    Edit,
    Environment,
    EnvSpec,
    Job,
    JobRequest,
    PipInstaller,
    environment_id,
)
from ..specs import check, write

_NO_EDIT = Edit()


def create_request(
    catalog: Catalog,
    text: str | bytes,
    *,
    name: str | None = None,
    prefix: Path | None = None,
    root: Path | None = None,
    workdir: Path | None = None,
    installer: PipInstaller = "uv",
) -> JobRequest:
    """Ask for an environment from a spec.

    Args:
        catalog: knows where new environments go.
        text: any spec that ``specs.check`` reads.
        name: wins over the name in the spec.
        prefix: the exact place, instead of a name.
        root: the folder for the environment, instead of the default one.
        workdir: the folder of the spec's file, against which relative pip lines resolve.
        installer: what will install the lines of pip.

    Raises:
        InvalidSpec: the spec has errors, or no name that can be one where none was given.
        InvalidRequest: the given name cannot be one.
    """
    spec = _checked(text, workdir, installer)
    target = prefix
    if target is None:
        target = catalog.new_prefix(check_name(name) if name else _name_in(spec), root)
    return _storable(JobRequest("create", target.name, target, spec=spec, workdir=workdir))


def clone_request(
    catalog: Catalog, source: str, *, name: str | None = None, prefix: Path | None = None, root: Path | None = None
) -> JobRequest:
    """Ask for a copy of an environment.

    Args:
        catalog: finds the source.
        source: its name, prefix or id.
        name: of the copy.
        prefix: the copy's exact place, instead of a name.
        root: the folder for the copy, instead of the default one.

    Raises:
        NotFound: there is no such environment.
        Ambiguous: several environments answer to ``source``.
        Forbidden: it is not trusted.
        InvalidRequest: the name cannot be one.
    """
    found = catalog.find(source)
    _check_trusted(found)
    if prefix is None and name is None:
        raise InvalidRequest("The copy has no name.", remedy="Give it one.")
    target = prefix if prefix is not None else catalog.new_prefix(check_name(name or ""), root)
    return _storable(JobRequest("clone", target.name, target, source=found.prefix))


def update_request(
    catalog: Catalog,
    environment: str,
    text: str | bytes | None = None,
    *,
    edit: Edit = _NO_EDIT,
    workdir: Path | None = None,
    installer: PipInstaller = "uv",
) -> JobRequest:
    """Ask for a change of an environment: by a spec, by single packages, or both.

    Args:
        catalog: finds the environment.
        environment: its name, prefix or id.
        text: an environment.yml whose packages it shall have; what name and prefix it gives does not count.
        edit: packages to add and to remove, and how far the change may go.
        workdir: as for :func:`create_request`.
        installer: as for :func:`create_request`.

    Raises:
        NotFound: there is no such environment.
        Ambiguous: several environments answer to it.
        Forbidden: it must not be changed.
        InvalidSpec: the spec, or a line of ``edit``, has errors.
        InvalidRequest: it requests nothing.
    """
    found = _changeable(catalog, environment)
    spec = _checked(text, workdir, installer) if text is not None else None
    if spec is not None and spec.locked:
        raise InvalidSpec(
            "An environment cannot be updated from a lock file or an @EXPLICIT list.",
            remedy="Create a new environment from it.",
        )
    if edit.add:
        _checked(write(EnvSpec("edit", (), edit.add)))
    if spec is None and not (edit.add or edit.remove or edit.upgrade):
        raise InvalidRequest("Nothing is to be changed.", remedy="Give a spec, or packages to add or to remove.")
    return _storable(JobRequest("update", found.name, found.prefix, spec=spec, workdir=workdir, edit=edit))


def add_kernel_request(catalog: Catalog, environment: str) -> JobRequest:
    """Ask for a kernel in an environment, which leaves its other packages as they are.

    Raises:
        NotFound: there is no such environment.
        Ambiguous: several environments answer to it.
        Forbidden: it must not be changed.
        Conflict: it has a kernel.
    """
    found = _changeable(catalog, environment)
    if any(kernel.problem is None for kernel in found.kernels):
        raise Conflict(f"{found.name} has a kernel: {found.kernels[0].id}.")
    return _storable(JobRequest("add-kernel", found.name, found.prefix))


def rollback_request(catalog: Catalog, environment: str, revision: int) -> JobRequest:
    """Ask for the packages that an environment had at a revision of its history.

    Raises:
        NotFound: there is no such environment, or no such revision of it.
        Ambiguous: several environments answer to it.
        Forbidden: it must not be changed.
    """
    found = _changeable(catalog, environment)
    if revision not in {known.number for known in read_history(found.prefix)}:
        raise NotFound(f"{found.name} has no revision {revision}.", remedy="Its history shows those that there are.")
    return _storable(JobRequest("rollback", found.name, found.prefix, revision=revision))


def remove_request(catalog: Catalog, environment: str, *, force: bool = False) -> JobRequest:
    """Ask for the removal of an environment, by name, prefix or id.

    Args:
        catalog: finds the environment.
        environment: its name, prefix or id.
        force: although kernels of it run.

    Raises:
        NotFound: there is no such environment.
        Ambiguous: several environments answer to it.
        Forbidden: it must not be removed.
        InUse: kernels of it run.
    """
    found = catalog.find(environment)
    if reason := change_refused(found):
        raise Forbidden(f"{found.name} ({found.prefix}) cannot be removed: {reason}.")
    if not force:
        check_idle(found.prefix)
    return _storable(JobRequest("remove", found.name, found.prefix, force=force))


def plan_request(request: JobRequest) -> JobRequest:
    """Ask what a request would do, without doing it."""
    return replace(request, kind="plan", plans=request.kind)


def run_request(job: Job, *, has_plan: bool) -> JobRequest:
    """Ask to carry out what a job has planned, or to take it up again.

    Args:
        job: a plan that is ready, or a job that did not reach its end.
        has_plan: a plan of it is stored; that is then carried out as it is.

    Raises:
        Conflict: the job runs or waits, or there is nothing left to do.
    """
    request = job.request
    if not job.is_over:
        raise Busy(f"The job {job.id} is {job.state}.", remedy="Wait until it is over.", details={"job": job.id})
    if request.kind == "plan" and job.state == "succeeded" and request.plans is not None:
        return replace(request, kind=request.plans, plans=None, job=job.id)
    if job.state == "succeeded":
        raise Conflict(f"The job {job.id} has done all that it was to do.")
    return replace(request, job=job.id if has_plan else "")


def clashes(request: JobRequest, other: JobRequest) -> bool:
    """Return whether two exclude each other in time: one changes what the other changes or reads.

    Plans only read, and hold for the state that they have read.
    """
    if "plan" in {request.kind, other.kind}:
        return False
    changed, source = _real(request.prefix), _real(request.source)
    other_changed, other_source = _real(other.prefix), _real(other.source)
    return changed in {other_changed, other_source} or (source is not None and source == other_changed)


def _real(path: Path | None) -> str | None:
    return os.path.realpath(path) if path is not None else None


def _changeable(catalog: Catalog, environment: str) -> Environment:
    """The environment, if it may be changed."""
    found = catalog.find(environment)
    if reason := change_refused(found):
        raise Forbidden(f"{found.name} ({found.prefix}) cannot be changed: {reason}.", remedy="Clone it.")
    _check_trusted(found)
    return found


def _check_trusted(environment: Environment) -> None:
    """Refuse to run what an account could have put into an environment that is not trusted.

    Raises:
        Forbidden: it is not trusted.
    """
    if not environment.is_trusted and environment.problem:
        raise Forbidden(environment.problem.message, remedy=environment.problem.remedy)


def change_refused(environment: Environment) -> str:
    """Return why an environment must not be changed or removed; empty when it may be."""
    if environment.is_base:
        return "it is the base of a conda installation"
    if environment.is_running:
        return "Jupyter itself runs in it"
    if environment.prefix.is_symlink():
        return "it is a link to another place"
    if reason := why_frozen(environment.prefix):
        return reason
    if environment.read_only:
        return "it is read-only for you"
    return ""


def check_name(name: str) -> str:
    """Return the name, if it can be one of an environment.

    Raises:
        InvalidRequest: it cannot.
    """
    if name in RESERVED_NAMES:
        raise InvalidRequest(f"{name!r} is the name of conda's own environment.", remedy="Choose another name.")
    if not ENVIRONMENT_NAME.fullmatch(name):
        raise InvalidRequest(
            f"{name!r} cannot be the name of an environment.",
            remedy="Use letters, digits, dot, dash and underscore, and begin with a letter, a digit or an underscore.",
        )
    return name


def _storable(request: JobRequest) -> JobRequest:
    """The request with the id of its environment.

    Raises:
        InvalidRequest: a path in it cannot be written down, or not be that of a new environment.
    """
    if request.kind in {"create", "clone"}:
        check_path(request.prefix)
    paths = " ".join(str(path) for path in (request.prefix, request.source, request.workdir))
    if any("\udc80" <= char <= "\udcff" for char in paths):  # how Python shows bytes that are no UTF-8
        raise InvalidRequest(f"{paths!a} has bytes that are not UTF-8.", remedy="Rename the folder in a terminal.")
    return replace(request, environment_id=environment_id(request.prefix))


def _name_in(spec: EnvSpec) -> str:
    """The name that the spec gives.

    Raises:
        InvalidSpec: it gives none, or one that cannot be.
    """
    if not spec.name:
        raise InvalidSpec("The environment has no name.", remedy="Add a line 'name: ...' to the spec, or give a name.")
    try:
        return check_name(spec.name)
    except InvalidRequest as error:
        raise InvalidSpec(error.message, remedy=error.remedy) from None


def _checked(text: str | bytes, workdir: Path | None = None, installer: PipInstaller = "uv") -> EnvSpec:
    """The spec that a text gives, which may lie in a folder.

    Raises:
        InvalidSpec: it has errors.
    """
    checked = check(text, kernel_packages=(), installer=installer)  # none is added to what is refused, or changed
    checked = with_files(checked, text, workdir, installer)
    if not checked.ok or checked.spec is None:
        raise _invalid(checked)
    return checked.spec


def _invalid(checked: CheckedSpec) -> InvalidSpec:
    errors: Sequence[str] = [
        f"line {d.line}: {d.message}" if d.line else d.message for d in checked.diagnostics if d.severity == "error"
    ]
    return InvalidSpec(
        "The spec has errors. " + " ".join(errors),
        remedy=next((d.remedy for d in checked.diagnostics if d.severity == "error"), ""),
        details={"diagnostics": [asdict(d) for d in checked.diagnostics]},
    )
