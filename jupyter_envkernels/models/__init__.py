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
    Exported,
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
    EngineOptions,
    Job,
    JobEvent,
    JobPhase,
    JobState,
    PipInstaller,
    Progress,
    ProgressUnit,
)
from .limits import Limits, LimitsUsage, Room, is_denied_variable, least
from .machine import Machine, VirtualPackage
from .names import canonical_name
from .plan import ChangeKind, PackageChange, Plan, PlannedPackage, packed_bytes, unpacked_bytes
from .request import Edit, Operation, Request
from .server_settings import LocationStatus, Setup
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
    "Exported",
    "Fix",
    "Footprint",
    "InstalledPackage",
    "Inventory",
    "Job",
    "JobEvent",
    "JobPhase",
    "JobState",
    "Kernel",
    "Limits",
    "LimitsUsage",
    "LineEdit",
    "LocationStatus",
    "LockedPackage",
    "Machine",
    "Operation",
    "PackageChange",
    "PackageManager",
    "PipInstaller",
    "Plan",
    "PlannedPackage",
    "Problem",
    "Progress",
    "ProgressUnit",
    "Request",
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
