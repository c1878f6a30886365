"""Convert requests of clients to operations, which jobs store: for REST and the command line alike.

Each kind has a body, which names environments as clients do, and resolves to its operation. Resolving reads files;
call it in threads.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Annotated, TypeVar, cast

import msgspec

from ..engine.operations import AddKernel, Clone, Create, JobRequest, PlanOnly, Remove, Rename, Rollback, Update
from ..engine.transaction.preflight import check_idle, check_path
from ..envs.catalog import Catalog
from ..envs.frozen import why_frozen
from ..envs.history import read_history
from ..envs.requirement_files import with_files
from ..errors import Busy, Conflict, Forbidden, InvalidRequest, InvalidSpec, NotFound
from ..models import (
    CUTOFF_FORMS,
    ENVIRONMENT_NAME,
    RESERVED_NAMES,
    CheckedSpec,
    Edit,
    Environment,
    EnvironmentId,
    EnvironmentName,
    EnvSpec,
    Job,
    Operation,
    PipInstaller,
    Request,
    environment_id,
    moment,
    parse_cutoff,
)
from ..specs import check, write

ContentsPath = Annotated[
    str,
    msgspec.Meta(
        title="ContentsPath",
        min_length=1,
        max_length=4096,
        description="A path below the folder that Jupyter serves, with forward slashes.",
    ),
]
Lines = Annotated[
    tuple[Annotated[str, msgspec.Meta(min_length=1, max_length=1000)], ...], msgspec.Meta(max_length=1000)
]
CutoffText = Annotated[
    str,
    msgspec.Meta(
        title="Cutoff",
        min_length=1,
        max_length=100,
        description="A date such as 2026-11-01, a time such as 2026-11-01T12:00:00Z, or an age such as 7d, 12h or 1w.",
    ),
]
OperationT = TypeVar("OperationT", bound=Operation)


@dataclass(frozen=True, slots=True)
class Context:
    """The parts of a request that are not in its body.

    Attributes:
        catalog: chooses the prefix of new environments.
        find: returns the environment that a body names.
        text: the spec, in any format that ``specs.check`` reads; None if there is none.
        workdir: the folder of the spec's file, against which relative pip lines resolve.
        prefix: the prefix of a new environment, instead of a name.
        root: the folder for a new environment, instead of the default one.
        installer: installs the pip lines.
        has_lines: whether the user knows the lines of the text, so that messages name them.
    """

    catalog: Catalog
    find: Callable[[str], Environment]
    text: str | bytes | None = None
    workdir: Path | None = None
    prefix: Path | None = None
    root: Path | None = None
    installer: PipInstaller = "uv"
    has_lines: bool = True

    def spec(self) -> EnvSpec | None:
        """Return the spec; None if there is no text.

        Raises:
            InvalidSpec: it has errors.
        """
        if self.text is None:
            return None
        # without kernel packages, because the engine adds them
        checked = check(self.text, kernel_packages=(), installer=self.installer)
        checked = with_files(checked, self.text, self.workdir, self.installer)
        if not checked.ok or checked.spec is None:
            raise _invalid(checked, has_lines=self.has_lines)
        return checked.spec

    def changeable(self, ref: str) -> Environment:
        """Return the environment that *ref* names, if it may be changed.

        Raises:
            NotFound: there is no such environment.
            Ambiguous: several environments have that name.
            Forbidden: it must not be changed.
        """
        found = self.find(ref)
        if reason := change_refused(found):
            raise Forbidden(f"{found.name} ({found.prefix}) cannot be changed: {reason}.", remedy="Clone it.")
        check_trusted(found)
        return found


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind"):
    """The body of a request to start a job."""

    def resolve(self, context: Context) -> JobRequest:
        """Return the operation, after checks that need no solver.

        Raises:
            NotFound: there is no such environment.
            Ambiguous: several environments have a name.
            Forbidden: the environment must not be changed or copied.
            InvalidRequest: a name or a path is invalid, or nothing is requested.
            InvalidSpec: the spec has errors.
        """
        raise NotImplementedError


class CreateBody(Body, frozen=True, tag="create"):
    """Create an environment from a spec.

    Attributes:
        text: the spec itself; either this or ``path``.
        origin: the file that the text was opened from; relative paths in it are resolved beside that.
        name: overrides the spec's.
        exclude_newer: packages that are newer are left out, instead of by conda's ``exclude_newer``.
    """

    text: str | None = None
    path: ContentsPath | None = None
    origin: ContentsPath | None = None
    name: EnvironmentName | None = None
    exclude_newer: CutoffText | None = None

    def resolve(self, context: Context) -> Create:
        """Return the operation; see :meth:`Body.resolve`."""
        spec = context.spec()
        if spec is None:
            raise InvalidRequest("The request has no spec.", remedy="Add one.")
        latest = _latest(self.exclude_newer)
        if latest is not None and spec.locked:
            raise InvalidRequest("A lock file names exact packages of any age.", remedy="Leave exclude_newer out.")
        prefix = context.prefix
        if prefix is None:
            name = check_name(self.name) if self.name else _name_in(spec)
            prefix = context.catalog.new_prefix(name, context.root)
        check_path(prefix)
        operation = Create(prefix.name, prefix, spec=spec, workdir=context.workdir, exclude_newer=latest)
        return _storable(operation)


class CloneBody(Body, frozen=True, tag="clone"):
    """Clone an environment.

    Attributes:
        source: the environment to clone.
        name: of the clone.
    """

    source: EnvironmentId
    name: EnvironmentName

    def resolve(self, context: Context) -> Clone:
        """Return the operation; see :meth:`Body.resolve`."""
        found = context.find(self.source)
        check_trusted(found)
        prefix = _new_prefix(self.name, context)
        return _storable(Clone(prefix.name, prefix, source=found.prefix))


class UpdateBody(Body, frozen=True, tag="update"):
    """Update the environment with that id, by a spec, by single packages, or both.

    Attributes:
        text: the new spec, as environment.yml; not together with ``path``.
        origin: the file that the text was opened from; relative paths in it are resolved beside that.
        add: match specs.
        remove: names of packages of conda or pip.
        prune: remove also what is no longer requested.
        upgrade: prefer the newest packages to those that are installed.
        keep_channels: search the channels of the installed packages, too, after those of the spec.
        exclude_newer: see :class:`CreateBody`; installed packages may be newer.
    """

    environment: EnvironmentId
    text: str | None = None
    path: ContentsPath | None = None
    origin: ContentsPath | None = None
    add: Lines = ()
    remove: Lines = ()
    prune: bool = False
    upgrade: bool = False
    keep_channels: bool = False
    exclude_newer: CutoffText | None = None

    def resolve(self, context: Context) -> Update:
        """Return the operation; see :meth:`Body.resolve`. Name and prefix in the spec are ignored."""
        found, spec = context.changeable(self.environment), context.spec()
        if spec is not None and spec.locked:
            raise InvalidSpec(
                "An environment cannot be updated from a lock file or an @EXPLICIT list.",
                remedy="Create a new environment from it.",
            )
        if self.add:
            replace(context, text=write(EnvSpec("edit", (), self.add)), workdir=None, has_lines=False).spec()
        if spec is None and not (self.add or self.remove or self.upgrade):
            raise InvalidRequest("The request changes nothing.", remedy="Add a spec, or packages to add or to remove.")
        edit = Edit(self.add, self.remove, self.prune, self.upgrade, self.keep_channels)
        latest = _latest(self.exclude_newer)
        update = Update(found.name, found.prefix, spec=spec, workdir=context.workdir, edit=edit, exclude_newer=latest)
        return _storable(update)


class AddKernelBody(Body, frozen=True, tag="add-kernel"):
    """Add a kernel to the environment with that id, without a change of other packages.

    Attributes:
        exclude_newer: see :class:`CreateBody`.
    """

    environment: EnvironmentId
    exclude_newer: CutoffText | None = None

    def resolve(self, context: Context) -> AddKernel:
        """Return the operation; see :meth:`Body.resolve`.

        Raises:
            Conflict: it has a kernel.
        """
        found = context.changeable(self.environment)
        if any(kernel.problem is None for kernel in found.kernels):
            raise Conflict(f"{found.name} has a kernel: {found.kernels[0].id}.")
        return _storable(AddKernel(found.name, found.prefix, exclude_newer=_latest(self.exclude_newer)))


class RollbackBody(Body, frozen=True, tag="rollback"):
    """Roll the environment with that id back to a revision of its history.

    Attributes:
        revision: its number in the history.
    """

    environment: EnvironmentId
    revision: Annotated[int, msgspec.Meta(ge=0, le=10**9)]

    def resolve(self, context: Context) -> Rollback:
        """Return the operation; see :meth:`Body.resolve`.

        Raises:
            NotFound: there is no such environment, or no such revision of it.
        """
        found = context.changeable(self.environment)
        if self.revision not in {known.number for known in read_history(found.prefix)}:
            raise NotFound(f"{found.name} has no revision {self.revision}.", remedy="Choose one in its history.")
        return _storable(Rollback(found.name, found.prefix, revision=self.revision))


class RenameBody(Body, frozen=True, tag="rename"):
    """Rename the environment with that id, which moves it to another prefix in the same folder.

    Attributes:
        name: the new one.
    """

    environment: EnvironmentId
    name: EnvironmentName

    def resolve(self, context: Context) -> Rename:
        """Return the operation; see :meth:`Body.resolve`.

        Raises:
            InUse: kernels are running in it.
        """
        found = context.changeable(self.environment)
        check_idle(found.prefix)
        prefix = found.prefix.with_name(check_name(self.name))
        check_path(prefix)
        return _storable(Rename(prefix.name, prefix, source=found.prefix))


class RemoveBody(Body, frozen=True, tag="remove"):
    """Remove the environment with that id.

    Attributes:
        force: remove even if kernels are running.
    """

    environment: EnvironmentId
    force: bool = False

    def resolve(self, context: Context) -> Remove:
        """Return the operation; see :meth:`Body.resolve`.

        Raises:
            InUse: kernels are running in it.
        """
        found = context.find(self.environment)
        if reason := change_refused(found):
            raise Forbidden(f"{found.name} ({found.prefix}) cannot be removed: {reason}.")
        if not self.force:
            check_idle(found.prefix)
        return _storable(Remove(found.name, found.prefix, force=self.force))


PlannedBody = CreateBody | CloneBody | UpdateBody | AddKernelBody | RollbackBody


class PlanBody(Body, frozen=True, tag="plan"):
    """Plan an operation without carrying it out.

    Attributes:
        of: the operation.
    """

    of: PlannedBody

    def resolve(self, context: Context) -> PlanOnly:
        """Return the operation; see :meth:`Body.resolve`."""
        return PlanOnly(self.of.resolve(context))


JobBody = PlannedBody | RenameBody | RemoveBody | PlanBody


def run_request(job: Job) -> JobRequest:
    """Return the operation that a job has planned, or its own request to repeat it.

    Args:
        job: a finished plan, or a job that did not succeed.

    Raises:
        Conflict: the job runs or waits, or has succeeded.
    """
    if not job.is_over:
        raise Busy(f"The job {job.id} is {job.state}.", remedy="Wait until it ends.", details={"job": job.id})
    if job.state != "succeeded":
        return cast("JobRequest", job.request)  # models do not know the kinds
    if not isinstance(job.request, PlanOnly):
        raise Conflict(f"The job {job.id} has succeeded, so there is nothing to repeat.")
    return job.request.of


def clashes(request: Request, other: Request) -> bool:
    """Return whether two requests must not run at the same time: one changes what the other changes or reads.

    Plans only read, and are valid only for the state that they have read.
    """
    if request.is_plan or other.is_plan:
        return False
    changed, other_changed = _real(request.operation.changes), _real(other.operation.changes)
    read, other_read = _real(request.operation.reads), _real(other.operation.reads)
    return not changed.isdisjoint(other_changed | other_read) or not read.isdisjoint(other_changed)


def _real(paths: Iterable[Path]) -> set[str]:
    return {os.path.realpath(path) for path in paths}


def check_trusted(environment: Environment) -> None:
    """Check that an environment is trusted, because its files will be run or copied.

    Raises:
        Forbidden: it is not trusted.
    """
    if not environment.is_trusted and environment.problem:
        raise Forbidden(environment.problem.message, remedy=environment.problem.remedy)


def change_refused(environment: Environment) -> str:
    """Return why an environment must not be changed or removed; empty if it may."""
    if environment.is_base:
        return "it is the base of a conda installation"
    if environment.is_running:
        return "Jupyter itself runs in it"
    if environment.prefix.is_symlink():
        return "it is a link to another folder"
    if reason := why_frozen(environment.prefix):
        return reason
    if environment.read_only:
        return "it is read-only for you"
    return ""


def check_name(name: str) -> str:
    """Return the name of an environment, if it is valid.

    Raises:
        InvalidRequest: it is invalid.
    """
    if name in RESERVED_NAMES:
        raise InvalidRequest(f"{name!r} is the name of conda's own environment.", remedy="Choose another name.")
    if not ENVIRONMENT_NAME.fullmatch(name):
        raise InvalidRequest(
            f"{name!r} cannot be the name of an environment.",
            remedy="Use letters, digits, dot, dash and underscore, and begin with a letter, a digit or an underscore.",
        )
    return name


def _latest(text: str | None) -> datetime | None:
    """Return the time of a cut-off: that of an age is final when the request is made.

    Raises:
        InvalidRequest: it is invalid.
    """
    try:
        return moment(parse_cutoff(text), datetime.now(timezone.utc)) if text is not None else None
    except ValueError:
        raise InvalidRequest(f"exclude_newer cannot be {text!r}.", remedy=f"Write {CUTOFF_FORMS}.") from None


def _new_prefix(name: str, context: Context) -> Path:
    """Return the prefix of a new environment.

    Raises:
        InvalidRequest: the name or the prefix is invalid.
    """
    prefix = context.prefix
    if prefix is None:
        prefix = context.catalog.new_prefix(check_name(name), context.root)
    check_path(prefix)
    return prefix


def _storable(operation: OperationT) -> OperationT:
    """Return the operation with the id of its environment.

    Raises:
        InvalidRequest: a path in it has bytes that are not UTF-8.
    """
    paths = " ".join(str(path) for path in (operation.prefix, operation.copied, operation.folder))
    if any("\udc80" <= char <= "\udcff" for char in paths):  # surrogates stand for bytes that are not UTF-8
        raise InvalidRequest(f"{paths!a} has bytes that are not UTF-8.", remedy="Rename the folder in a terminal.")
    return msgspec.structs.replace(operation, environment_id=environment_id(operation.prefix))


def _name_in(spec: EnvSpec) -> str:
    """Return the name in a spec.

    Raises:
        InvalidSpec: there is none, or it is invalid.
    """
    if not spec.name:
        raise InvalidSpec("The environment has no name.", remedy="Add a line 'name: ...' to the spec, or enter a name.")
    try:
        return check_name(spec.name)
    except InvalidRequest as error:
        raise InvalidSpec(error.message, remedy=error.remedy) from None


def _invalid(checked: CheckedSpec, *, has_lines: bool) -> InvalidSpec:
    errors: Sequence[str] = [
        f"line {d.line}: {d.message}" if d.line and has_lines else d.message
        for d in checked.diagnostics
        if d.severity == "error"
    ]
    return InvalidSpec(
        " ".join(["The spec has errors.", *errors] if has_lines else errors),
        remedy=next((d.remedy for d in checked.diagnostics if d.severity == "error"), ""),
        details={"diagnostics": [asdict(d) for d in checked.diagnostics]},
    )
