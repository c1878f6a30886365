"""Check whether an operation may become a job: by the administrator's limits, and by the files on disk.

The functions read folders; call them in threads.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from .. import policy
from ..engine import variable_expansion
from ..engine.channel_policy import channel_rules, channels_of
from ..engine.operations import Create
from ..engine.pip.indexes import problems_of_spec
from ..engine.plan.quota import check_quota
from ..engine.transaction.preflight import check_free, check_settled, check_there
from ..envs.conda_config.condarc import Settings
from ..envs.policy_file import options_in_force
from ..envs.requirement_files import with_files
from ..envs.trust_sources import read_trust
from ..errors import InvalidSpec, PolicyUnusable
from ..models import CheckedSpec, Diagnostic, EngineOptions, Operation, Problem
from ..specs import check, conda_name, pip_name, variables_in, with_remarks


def admit(operation: Operation, options: EngineOptions, settings: Settings, unfinished: Sequence[Operation]) -> None:
    """Check that an operation is allowed and possible.

    The request was checked before, but another job may have ended since.

    Args:
        operation: the operation.
        options: the limits, and the roots of environments.
        settings: conda's configuration.
        unfinished: operations of jobs that run or wait.

    Raises:
        AlreadyExists, InvalidRequest, Forbidden: as ``engine.transaction.preflight.check_free``.
        NotFound: the environment to change or to copy does not exist.
        Busy: a job of another account is changing it.
        NotAllowed: the administrator's limits forbid it.
    """
    check_allowed(operation, options, settings)
    if operation.is_new:
        check_free(operation.prefix, read_trust(options.catalog, settings, os.environ))
        check_quota(operation, options, unfinished=unfinished)
    if there := operation.copied or (None if operation.is_new else operation.prefix):
        check_there(there)
        check_settled(there)


def check_allowed(operation: Operation, options: EngineOptions, settings: Settings) -> None:
    """Check an operation, its requirement files and the configured channels against the limits.

    Raises:
        InvalidSpec: a requirement file cannot be read.
        NotAllowed: the limits forbid it.
    """
    channels = channels_of(operation, options.channels, settings)
    of_variables = variable_expansion.problems_of(operation, options.limits, os.environ)
    policy.enforce(options.limits, [*_problems_of(operation, channels, options, settings), *of_variables])


def check_spec(
    text: str | bytes, configured: EngineOptions, settings: Settings, workdir: Path | None = None
) -> CheckedSpec:
    """Read a spec and check everything that needs no channel, limits included.

    Args:
        text: of the spec; bytes as they are in the file.
        configured: the configured limits and kernel packages.
        settings: conda's configuration.
        workdir: the folder of its file; without one, requirement files that it names are not read.
    """
    further: list[Diagnostic] = []
    try:
        options = options_in_force(configured)
    except PolicyUnusable as error:
        options = configured
        further = [Diagnostic("error", error.code, error.message, error.remedy)]
    installer = options.pip_installer
    checked = check(text, options.kernel_packages, options.limits.denied_variables, installer=installer)
    checked = with_files(checked, text, workdir, installer)
    if checked.spec is not None:
        operation = Create("", Path(), spec=checked.spec, workdir=workdir)
        named = channels_of(operation, options.channels, settings)
        # a check does not expand variables, so it skips channels that have some
        problems = _problems_of(operation, [each for each in named if not variables_in(each)], options, settings)
        problems += _problems_of_files(operation, options) if workdir is not None else []
        further += [Diagnostic("error", each.code, each.message, each.remedy) for each in problems]
    return policy.in_own_words(options.limits, with_remarks(checked, further))


def _problems_of_files(operation: Operation, options: EngineOptions) -> list[Problem]:
    """Return the problems with variables of the requirement files that a spec names."""
    try:
        return variable_expansion.problems_of_files(operation, options.limits, {})
    except InvalidSpec as error:
        return [Problem("invalid-requirement", error.message, error.remedy)]


def _problems_of(
    operation: Operation, channels: Sequence[str], options: EngineOptions, settings: Settings
) -> list[Problem]:
    """Return the problems with packages and channels that the limits forbid."""
    spec = operation.own_spec
    packages = [conda_name(text) for text in (*spec.dependencies, *operation.added)]
    return [
        *policy.of_spec(options.limits, packages, [pip_name(line) for line in spec.pip]),
        *problems_of_spec(options.limits, spec, operation.folder),
        *channel_rules(options.limits, settings, os.environ).problems(channels),
    ]
