"""Verbs that change environments: each is a job, which is followed to its end."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from ..jobs.requests import clone_request, create_request, remove_request
from ..models import JobRequest
from .answer import Answer
from .doors import open_catalog
from .following import carry_out
from .specs import read_file


def create(args: Namespace) -> Answer:
    """``create``."""
    text = read_file(args.file)
    return _answer(
        create_request(
            open_catalog(), text, name=args.name, prefix=args.prefix, root=args.root, workdir=_folder_of(args.file)
        )
    )


def clone(args: Namespace) -> Answer:
    """``clone``."""
    return _answer(clone_request(open_catalog(), args.source, name=args.name, prefix=args.prefix, root=args.root))


def remove(args: Namespace) -> Answer:
    """``remove``."""
    return _answer(remove_request(open_catalog(), args.environment))


def _folder_of(file: str) -> Path:
    """The folder against which the lines of a file resolve."""
    return Path.cwd() if file == "-" else Path(file).absolute().parent


def _answer(request: JobRequest) -> Answer:
    job = carry_out(request)
    document = {"job": job.id, "state": job.state, "environment": request.environment, "prefix": str(request.prefix)}
    return Answer(document, f"{job.message}: {request.prefix}")
