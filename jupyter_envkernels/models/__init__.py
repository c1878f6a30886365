"""The nouns: frozen dataclasses that every layer shares.

They hold data and trivial derivations only. ``documents`` and the journal turn them to JSON and back.
"""

from __future__ import annotations

from .amounts import count_of, size
from .environment import (
    COMMITTED_MARK,
    ENVIRONMENT_NAME,
    PENDING_MARK,
    RESERVED_NAMES,
    UPDATE_MARK,
    CatalogOptions,
    Environment,
    ExportFormat,
    Footprint,
    InstalledPackage,
    Inventory,
    Kernel,
    PackageManager,
    Problem,
    Revision,
    RunningKernel,
    Usage,
    environment_id,
    real_path,
)
from .job import (
    FINAL_STATES,
    Edit,
    EngineOptions,
    Job,
    JobEvent,
    JobKind,
    JobPhase,
    JobRequest,
    JobState,
    PipInstaller,
    Progress,
    ProgressUnit,
)
from .limits import Limits, LimitsUsage, Room, is_denied_variable, least
from .machine import Machine, VirtualPackage
from .names import canonical_name
from .plan import ChangeKind, PackageChange, Plan, PlannedPackage, packed_bytes, unpacked_bytes
from .setup import Place, Setup
from .spec import CheckedSpec, Diagnostic, EnvSpec, Fix, LineEdit, LockedPackage, Severity

__all__ = [
    "COMMITTED_MARK",
    "ENVIRONMENT_NAME",
    "FINAL_STATES",
    "PENDING_MARK",
    "RESERVED_NAMES",
    "UPDATE_MARK",
    "CatalogOptions",
    "ChangeKind",
    "CheckedSpec",
    "Diagnostic",
    "Edit",
    "EngineOptions",
    "EnvSpec",
    "Environment",
    "ExportFormat",
    "Fix",
    "Footprint",
    "InstalledPackage",
    "Inventory",
    "Job",
    "JobEvent",
    "JobKind",
    "JobPhase",
    "JobRequest",
    "JobState",
    "Kernel",
    "Limits",
    "LimitsUsage",
    "LineEdit",
    "LockedPackage",
    "Machine",
    "PackageChange",
    "PackageManager",
    "PipInstaller",
    "Place",
    "Plan",
    "PlannedPackage",
    "Problem",
    "Progress",
    "ProgressUnit",
    "Revision",
    "Room",
    "RunningKernel",
    "Setup",
    "Severity",
    "Usage",
    "VirtualPackage",
    "canonical_name",
    "count_of",
    "environment_id",
    "is_denied_variable",
    "least",
    "packed_bytes",
    "real_path",
    "size",
    "unpacked_bytes",
]
