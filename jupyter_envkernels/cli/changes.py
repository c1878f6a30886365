"""Run the verbs that change environments, each as a job, or only its plan."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from ..jobs import requests
from ..jobs.requests import Body, Context, PlanBody
from .following import carry_out, outcome
from .output import VerbResult
from .settings import engine_options, open_catalog
from .specs import folder_of, read_file


def run(args: Namespace) -> VerbResult:
    """Run the job of a verb: the fields of its body ``args.body`` are the arguments of the same names."""
    catalog = open_catalog()
    context = Context(
        catalog,
        catalog.find,
        text=None if args.file is None else read_file(args.file),
        workdir=None if args.file is None else folder_of(args.file),
        prefix=args.prefix,
        root=args.root,
        installer=engine_options().pip_installer,
    )
    body = _body(getattr(requests, args.body), vars(args))
    request = (PlanBody(body) if args.dry_run else body).resolve(context)
    return outcome(carry_out(lambda manager: manager.submit(request), as_json=args.json))


def _body(kind: type[Body], arguments: dict[str, Any]) -> Any:
    """Return the body of a verb; unlike those of REST clients, it may have names instead of ids."""
    values = {name: value for name, value in arguments.items() if name in kind.__struct_fields__}
    return kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in values.items()})
