"""Remove environments, or packages from one, after a question at a terminal."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Sequence

from ..engine.operations import JobRequest
from ..errors import Cancelled, InvalidRequest, NotFound
from ..jobs.requests import Context, PlanBody, RemoveBody, UpdateBody
from ..models import Job
from .following import carry_out, outcome
from .output import VerbResult, printable
from .questions import agreed, can_ask, check_can_ask
from .settings import open_catalog
from .usage import PROGRAM


def remove(args: Namespace) -> VerbResult:
    """Remove environments, or packages from one."""
    given = vars(args)
    if not given.get("environment"):
        return _environments(args, args.environments, is_plain=len(args.environments) == 1)
    if args.all and not args.specs:
        return _environments(args, [args.environment], is_plain=False)
    if args.specs and not args.all:
        return _packages(args)
    raise InvalidRequest(
        "It is not clear what to remove.",
        remedy="Name the packages to remove, or add --all to remove the whole environment.",
    )


def _environments(args: Namespace, names: Sequence[str], *, is_plain: bool) -> VerbResult:
    """Remove environments; all names are looked up before anything is removed.

    Args:
        args: of the verb.
        names: of the environments.
        is_plain: whether scripts may do it without ``-y``.
    """
    catalog = open_catalog()
    context = Context(catalog, catalog.find)
    requests = [_removal(context, name, names, force=args.force) for name in dict.fromkeys(names)]
    if not args.yes and not (is_plain and not can_ask(as_json=args.json)):
        check_can_ask(as_json=args.json)
        for request in requests:
            print(printable(f"{request.environment}: {request.prefix}"), file=sys.stderr)
        _ask("Remove this environment?" if len(requests) == 1 else f"Remove these {len(requests)} environments?")
    results = [outcome(_carry_out(request, args)) for request in requests]
    if len(results) == 1:
        return results[0]
    return VerbResult({"jobs": [each.document for each in results]}, "\n".join(str(each.text) for each in results))


def _removal(context: Context, name: str, names: Sequence[str], *, force: bool) -> JobRequest:
    """Return the request to remove an environment.

    Raises:
        NotFound: there is none; if the first name is an environment, it may be a package of it.
    """
    try:
        return RemoveBody(name, force).resolve(context)
    except NotFound as error:
        if name == names[0]:
            raise
        packages = " ".join(names[1:])
        remedy = f"To remove packages from {names[0]}: {PROGRAM} remove -n {names[0]} {packages}"
        raise NotFound(f"{error.message} Nothing is removed.", remedy=remedy) from error


def _packages(args: Namespace) -> VerbResult:
    catalog = open_catalog()
    context = Context(catalog, catalog.find)
    body = UpdateBody(args.environment, remove=tuple(args.specs))
    if args.yes and not args.dry_run:
        return outcome(_carry_out(body.resolve(context), args))
    if not args.dry_run:
        check_can_ask(as_json=args.json)
    plan = _carry_out(PlanBody(body).resolve(context), args)
    shown = outcome(plan)
    if args.dry_run:
        return shown
    print(shown.text, file=sys.stderr)
    _ask("Remove these packages?")
    return outcome(carry_out(lambda manager: manager.run(plan.id), args))


def _carry_out(request: JobRequest, args: Namespace) -> Job:
    return carry_out(lambda manager: manager.submit(request), args)


def _ask(question: str) -> None:
    """Ask for confirmation.

    Raises:
        Cancelled: the answer is not yes.
    """
    if not agreed(question):
        raise Cancelled("Nothing is removed.")
