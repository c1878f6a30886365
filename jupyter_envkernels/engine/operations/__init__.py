"""Define the operations on environments, one class each: its request, its plan, and its run.

A job stores one of these. ``plan`` has the steps by which plans are made, ``transaction`` those that carry them out.
"""

from __future__ import annotations

from typing import get_args

from .add_kernel import AddKernel
from .clone import Clone
from .create import Create
from .plan_only import Planned, PlanOnly
from .remove import Remove
from .rename import Rename
from .rollback import Rollback
from .update import Update

JobRequest = Planned | Rename | Remove | PlanOnly

JOB_KINDS = frozenset(str(kind.__struct_config__.tag) for kind in get_args(JobRequest))
"""Names of all kinds of jobs."""

__all__ = [
    "JOB_KINDS",
    "AddKernel",
    "Clone",
    "Create",
    "JobRequest",
    "PlanOnly",
    "Planned",
    "Remove",
    "Rename",
    "Rollback",
    "Update",
]
