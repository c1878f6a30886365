"""Define the data that all packages share: frozen dataclasses without behaviour.

- ``environment``: environments, kernels, inventories, revisions; ids and marks of prefixes
- ``spec``: specs with diagnostics; ``plan``: packages of channels, plans, and what is installed
- ``request``, ``job``: requests, jobs and their events
- ``limits``, ``server_settings``: what the administrator allows, and the settings in force
- ``cutoffs``: the times after which packages are left out
- ``reclaim``: what can be deleted to free disk space
- ``amounts``, ``fields``: sizes as text, and types with constraints for schemas

``documents`` and the journal convert them to JSON and back; the schemas of REST are generated from their docstrings.
"""

from __future__ import annotations

from ..errors import Problem, SpecChange
from .amounts import count_of, size
from .cutoffs import CUTOFF_FORMS, Cutoff, moment, parse_age, parse_cutoff, shown_time
from .environment import (
    COMMITTED_MARK,
    ENVIRONMENT_NAME,
    PENDING_MARK,
    RESERVED_NAMES,
    UPDATE_MARK,
    CatalogOptions,
    Environment,
    EnvironmentId,
    EnvironmentName,
    Exported,
    ExportFormat,
    Footprint,
    InstalledPackage,
    Inventory,
    Kernel,
    PackageManager,
    Revision,
    RunningKernel,
    Usage,
    environment_id,
    real_path,
)
from .fields import TOLERANT, Amount, Count, Ordinal, Time, Tolerant
from .job import (
    FINAL_STATES,
    JOB_ID,
    EngineOptions,
    Job,
    JobEvent,
    JobId,
    JobPhase,
    JobState,
    JobStatus,
    PipInstaller,
    Progress,
    ProgressUnit,
)
from .limits import Limits, LimitsUsage, Room, is_denied_variable, least
from .plan import (
    ChangeKind,
    ChannelPackage,
    InstalledState,
    PackageChange,
    Plan,
    PlannedPackage,
    packed_bytes,
    unpacked_bytes,
)
from .reclaim import Reclaimable, ReclaimKind
from .request import Edit, Operation, Request, SolvingOperation
from .server_settings import ChannelPriority, LocationKind, LocationStatus, Machine, ServerSettings, VirtualPackage
from .spec import CheckedSpec, Diagnostic, EnvSpec, Fix, LineEdit, LockedPackage, Severity

__all__ = [
    "COMMITTED_MARK",
    "CUTOFF_FORMS",
    "ENVIRONMENT_NAME",
    "FINAL_STATES",
    "JOB_ID",
    "PENDING_MARK",
    "RESERVED_NAMES",
    "TOLERANT",
    "UPDATE_MARK",
    "Amount",
    "CatalogOptions",
    "ChangeKind",
    "ChannelPackage",
    "ChannelPriority",
    "CheckedSpec",
    "Count",
    "Cutoff",
    "Diagnostic",
    "Edit",
    "EngineOptions",
    "EnvSpec",
    "Environment",
    "EnvironmentId",
    "EnvironmentName",
    "ExportFormat",
    "Exported",
    "Fix",
    "Footprint",
    "InstalledPackage",
    "InstalledState",
    "Inventory",
    "Job",
    "JobEvent",
    "JobId",
    "JobPhase",
    "JobState",
    "JobStatus",
    "Kernel",
    "Limits",
    "LimitsUsage",
    "LineEdit",
    "LocationKind",
    "LocationStatus",
    "LockedPackage",
    "Machine",
    "Operation",
    "Ordinal",
    "PackageChange",
    "PackageManager",
    "PipInstaller",
    "Plan",
    "PlannedPackage",
    "Problem",
    "Progress",
    "ProgressUnit",
    "ReclaimKind",
    "Reclaimable",
    "Request",
    "Revision",
    "Room",
    "RunningKernel",
    "ServerSettings",
    "Severity",
    "SolvingOperation",
    "SpecChange",
    "Time",
    "Tolerant",
    "Usage",
    "VirtualPackage",
    "count_of",
    "environment_id",
    "is_denied_variable",
    "least",
    "moment",
    "packed_bytes",
    "parse_age",
    "parse_cutoff",
    "real_path",
    "shown_time",
    "size",
    "unpacked_bytes",
]
