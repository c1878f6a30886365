"""Run the verbs that change environments, each as a job, or only its plan."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypedDict

from ..errors import InvalidRequest
from ..jobs.requests import (
    AddKernelBody,
    CloneBody,
    Context,
    CreateBody,
    JobBody,
    PlanBody,
    PlannedBody,
    RenameBody,
    RollbackBody,
    UpdateBody,
)
from ..models import EnvSpec
from ..specs import write
from .following import carry_out, outcome
from .kernel_hints import with_kernels
from .output import VerbResult
from .settings import engine_options, open_catalog
from .spec_files import folder_of, read_file
from .usage import PROGRAM


class _Spec(TypedDict, total=False):
    """The spec of a request, as :class:`~..jobs.requests.Context` takes it."""

    text: str | bytes
    workdir: Path | None
    has_lines: bool


def create(args: Namespace) -> VerbResult:
    """Create an environment from packages or from a spec, or clone one."""
    if sum([bool(args.specs or args.pip or args.channels), args.file is not None, args.source is not None]) > 1:
        raise InvalidRequest(
            "Packages, -f and --clone exclude each other.",
            remedy="Add packages and channels to the file, or install them afterwards.",
        )
    if args.source is not None:
        if args.exclude_newer is not None:
            raise InvalidRequest("--exclude-newer does not go with --clone.", remedy="A clone has the same packages.")
        return clone(args)
    body = CreateBody(name=args.name, exclude_newer=args.exclude_newer)
    if args.file is not None:
        return _run(args, body, **_in_file(args.file))
    if not (args.name or args.prefix):
        raise InvalidRequest(
            "The environment has no name.", remedy=f"For example: {PROGRAM} create -n finance python=3.12 pandas"
        )
    channels = args.channels
    if args.override_channels and not channels:
        raise InvalidRequest("--override-channels leaves no channel.", remedy="Name the channels with -c.")
    if channels and not args.override_channels:
        channels = [*channels, *engine_options().channels]
    return _run(args, body, **_in_words(channels, args.specs, args.pip))


def clone(args: Namespace) -> VerbResult:
    """Clone an environment."""
    return _run(args, CloneBody(args.source, args.name or ""))


def install(args: Namespace) -> VerbResult:
    """Install packages into an environment."""
    if not (args.specs or args.pip):
        raise InvalidRequest("No package is named.", remedy=f"For example: {PROGRAM} install -n finance scipy")
    body = UpdateBody(args.environment, keep_channels=True, exclude_newer=args.exclude_newer)
    return _run(args, body, **_in_words(args.channels, args.specs, args.pip))


def update(args: Namespace) -> VerbResult:
    """Update an environment from a spec, or single packages of it."""
    is_named = bool(args.channels or args.pip)
    if is_named and args.file is not None:
        raise InvalidRequest("-c and --pip do not go with -f.", remedy="Add channels and packages to the file.")
    spec: _Spec = {}
    if is_named:
        spec = _in_words(args.channels, (), args.pip)
    elif args.file is not None:
        spec = _in_file(args.file)
    body = UpdateBody(
        args.environment,
        add=(*args.add, *args.specs),
        remove=tuple(args.remove),
        prune=args.prune,
        upgrade=args.upgrade,
        keep_channels=is_named,
        exclude_newer=args.exclude_newer,
    )
    return _run(args, body, **spec)


def add_kernel(args: Namespace) -> VerbResult:
    """Add a kernel to an environment."""
    return _run(args, AddKernelBody(args.environment, args.exclude_newer))


def rollback(args: Namespace) -> VerbResult:
    """Restore the packages of a revision."""
    return _run(args, RollbackBody(args.environment, args.revision))


def rename(args: Namespace) -> VerbResult:
    """Rename an environment."""
    return _run(args, RenameBody(args.environment, args.name))


def _run(args: Namespace, body: JobBody, **spec: Any) -> VerbResult:
    """Run the job of a body, which may have names instead of ids; with ``--dry-run`` only its plan."""
    catalog, given = open_catalog(), vars(args)
    context = Context(
        catalog,
        catalog.find,
        prefix=given.get("prefix"),
        root=given.get("root"),
        installer=engine_options().pip_installer,
        **spec,
    )
    body = PlanBody(body) if isinstance(body, PlannedBody) and args.dry_run else body
    request = body.resolve(context)
    job = carry_out(lambda manager: manager.submit(request), args)
    return with_kernels(outcome(job), job, catalog)


def _in_file(file: str) -> _Spec:
    return {"text": read_file(file), "workdir": folder_of(file)}


def _in_words(channels: Sequence[str], specs: Sequence[str], pip: Sequence[str]) -> _Spec:
    text = write(EnvSpec(None, tuple(channels), tuple(specs), tuple(pip)))
    return {"text": text, "workdir": Path.cwd(), "has_lines": False}
