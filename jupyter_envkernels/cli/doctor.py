"""Run the verb that explains why an environment is or is not a kernel."""

from __future__ import annotations

import os
from argparse import Namespace

from ..config import load_traits
from ..documents import diagnosis_json
from ..envs.doctor import Finding, diagnose, path_of
from ..jobs.machine_limits import machine_finding
from ..kernels.configured import other_manager
from ..kernels.nb_conda_kernels import findings_on_kernelspecs
from .output import VerbResult
from .settings import manager_options, open_catalog


def examine(args: Namespace) -> VerbResult:
    """Print the locations of environments, and the rules for one environment if given."""
    machine = machine_finding(manager_options().engine.limits)
    catalog = open_catalog()
    path = path_of(catalog, args.environment) if args.environment else None
    diagnosis = diagnose(catalog, path).with_configuration(
        machine, *load_traits().former().findings, *findings_on_kernelspecs()
    )
    other = other_manager(os.environ)
    lines = [_line(finding) for finding in diagnosis.configuration]
    lines += [f"! {other.message}"] if other else []
    lines += [
        f"  {place.path}: {place.state}, {place.prefixes} prefixes ({place.origin})" for place in diagnosis.locations
    ]
    lines += [_line(finding) for finding in diagnosis.findings]
    return VerbResult(diagnosis_json(diagnosis, other), "\n".join(lines))


def _line(finding: Finding) -> str:
    return f"{'+' if finding.ok else '!'} {finding.message} {finding.remedy}".rstrip()
