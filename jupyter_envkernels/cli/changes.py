"""Verbs that change environments: each is a job, which is followed to its end, or its plan alone."""

from __future__ import annotations

from argparse import Namespace

from ..jobs.requests import (
    add_kernel_request,
    clone_request,
    create_request,
    plan_request,
    remove_request,
    rollback_request,
    update_request,
)
from ..models import Edit, JobRequest
from .doors import engine_options, open_catalog
from .following import carry_out
from .outcome import outcome
from .output import VerbResult
from .specs import folder_of, read_file


def create(args: Namespace) -> VerbResult:
    """``create``."""
    text, workdir = read_file(args.file), folder_of(args.file)
    request = create_request(
        open_catalog(),
        text,
        name=args.name,
        prefix=args.prefix,
        root=args.root,
        workdir=workdir,
        installer=engine_options().pip_installer,
    )
    return _answer(args, request)


def clone(args: Namespace) -> VerbResult:
    """``clone``."""
    request = clone_request(open_catalog(), args.source, name=args.name, prefix=args.prefix, root=args.root)
    return _answer(args, request)


def update(args: Namespace) -> VerbResult:
    """``update``."""
    text = None if args.file is None else read_file(args.file)
    workdir = None if args.file is None else folder_of(args.file)
    edit = Edit(tuple(args.add), tuple(args.remove), prune=args.prune, upgrade=args.upgrade)
    installer = engine_options().pip_installer
    request = update_request(open_catalog(), args.environment, text, edit=edit, workdir=workdir, installer=installer)
    return _answer(args, request)


def add_kernel(args: Namespace) -> VerbResult:
    """``add-kernel``."""
    return _answer(args, add_kernel_request(open_catalog(), args.environment))


def rollback(args: Namespace) -> VerbResult:
    """``rollback``."""
    return _answer(args, rollback_request(open_catalog(), args.environment, args.revision))


def remove(args: Namespace) -> VerbResult:
    """``remove``."""
    request = remove_request(open_catalog(), args.environment, force=args.force)
    return outcome(carry_out(lambda manager: manager.submit(request), as_json=args.json))


def _answer(args: Namespace, request: JobRequest) -> VerbResult:
    """Carry the request out, or what it would do."""
    asked = plan_request(request) if args.dry_run else request
    return outcome(carry_out(lambda manager: manager.submit(asked), as_json=args.json))
