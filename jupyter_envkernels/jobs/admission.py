"""May a request become a job? By what the administrator allows, and by what is on disk now.

The functions read folders; call them in threads.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .. import policy
from ..engine.quota import check_quota
from ..engine.safety import check_free, check_there
from ..models import EngineOptions, EnvSpec, JobRequest, Limits, Problem
from ..specs import conda_name, pip_name, refused, uses_of


def admit(request: JobRequest, options: EngineOptions, unfinished: Sequence[JobRequest]) -> None:
    """Refuse what cannot be done or must not.

    What was so when the request was made may be otherwise by now, by a job that has ended since.

    Args:
        request: what somebody wants.
        options: what is allowed, and where environments are.
        unfinished: what is being done, or waits.

    Raises:
        AlreadyExists, InvalidRequest, Forbidden: see ``engine.safety.check_free``.
        NotFound: the environment that it is to change or to copy is not there.
        NotAllowed: the administrator's limits forbid it.
    """
    limits, spec = options.limits, request.spec or EnvSpec()
    variables = refused(uses_of(spec, request.edit.add), limits.denied_variables)
    policy.enforce([*problems_of(limits, spec, request.edit.add), *variables])
    if request.is_new:
        check_free(request.prefix)
        check_quota(request, options, unfinished=unfinished)
    if there := request.source or (None if request.is_new else request.prefix):
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
