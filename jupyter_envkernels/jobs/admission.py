"""May a request become a job? By what the administrator allows, and by what is on disk now.

The functions read folders; call them in threads.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from .. import policy
from ..engine.safety import check_free, check_there
from ..models import EnvSpec, JobRequest, Limits, Problem
from ..specs import conda_name, pip_name


def admit(request: JobRequest, limits: Limits, unfinished: Iterable[JobRequest]) -> None:
    """Refuse what cannot be done or must not.

    What was so when the request was made may be otherwise by now, by a job that has ended since.

    Args:
        request: what somebody wants.
        limits: what is allowed.
        unfinished: what is being done, or waits.

    Raises:
        AlreadyExists, InvalidRequest, Forbidden: see ``engine.safety.check_free``.
        NotFound: the environment that it is to change or to copy is not there.
        NotAllowed: the administrator's limits forbid it.
    """
    policy.enforce(problems_of(limits, request.spec or EnvSpec(), request.edit.add))
    if _is_new(request):
        check_free(request.prefix)
        policy.enforce(policy.of_number(limits, _count(request.prefix.parent, unfinished)))
    if there := request.source or (None if _is_new(request) else request.prefix):
        check_there(there)


def problems_of(limits: Limits, spec: EnvSpec, added: Iterable[str] = ()) -> list[Problem]:
    """What the administrator's limits say against a spec.

    Args:
        limits: what is allowed.
        spec: what somebody has written.
        added: match specs beside it.
    """
    packages = [conda_name(text) for text in (*spec.dependencies, *added)]
    return policy.of_spec(limits, packages, [pip_name(line) for line in spec.pip])


def _is_new(request: JobRequest) -> bool:
    return "create" in {request.kind, request.plans} or request.source is not None


def _count(folder: Path, unfinished: Iterable[JobRequest]) -> int:
    """How many environments a folder has, or will have when all is done."""
    there = {found.parent.parent for found in folder.glob("*/conda-meta/history") if found.parts[-3][0] != "."}
    coming = {other.prefix for other in unfinished if _is_new(other) and other.kind != "plan"}
    return len(there | {prefix for prefix in coming if prefix.parent == folder})
