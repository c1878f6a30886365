"""Models -> JSON documents, the same for REST and the command line: see ``rest-api.yml`` and the event schema."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from .models import (
    CheckedSpec,
    Environment,
    Exported,
    ExportFormat,
    Footprint,
    Inventory,
    Job,
    JobEvent,
    Kernel,
    Machine,
    Plan,
    PlannedPackage,
    Problem,
    Request,
    Revision,
    Setup,
    Usage,
)
from .specs import without_credentials

if TYPE_CHECKING:
    from .envs.doctor import Diagnosis
    from .kernels.configured import OtherManager

Json = dict[str, Any]

_UNKNOWN = Footprint()


def environment_json(environment: Environment, footprint: Footprint | None = None) -> Json:
    """Schema ``Environment``; without a footprint, as if nothing were known of it."""
    footprint = footprint or _UNKNOWN
    return {
        "id": environment.id,
        "name": environment.name,
        "prefix": str(environment.prefix),
        "kernels": [_kernel_json(kernel) for kernel in environment.kernels],
        "is_base": environment.is_base,
        "is_running": environment.is_running,
        "read_only": environment.read_only,
        "is_trusted": environment.is_trusted,
        "problem": _problem_json(environment.problem),
        "usage": _usage_json(footprint.usage),
        "created": _time(footprint.created),
        "last_used": _time(footprint.last_used),
        "activation_problems": [asdict(problem) for problem in footprint.activation_problems],
    }


def inventory_json(inventory: Inventory) -> Json:
    """Schema ``Inventory``."""
    return asdict(inventory)


def exported_json(form: ExportFormat, exported: Exported) -> Json:
    """The answer of ``environments/{id}/export``."""
    return {"format": form, "text": exported.text, "left_out": list(exported.left_out)}


def diagnosis_json(diagnosis: Diagnosis, other: OtherManager | None) -> Json:
    """Schema ``Diagnosis``."""
    return {**asdict(diagnosis), "other_kernel_spec_manager": asdict(other) if other else None}


def history_json(revisions: Sequence[Revision]) -> Json:
    """Schema ``History``."""
    return {
        "revisions": [
            {
                "revision": revision.number,
                "time": _time(revision.time),
                "command": revision.command,
                "added": list(revision.added),
                "removed": list(revision.removed),
                "specs": list(revision.specs),
                "is_current": revision is revisions[-1],
            }
            for revision in revisions
        ]
    }


def setup_json(setup: Setup, machine: Machine | None) -> Json:
    """Schema ``Settings``."""
    return {
        **asdict(setup),
        "root": str(setup.root) if setup.root else None,
        "package_cache": str(setup.package_cache),
        "platform": machine.platform if machine else None,
        "virtual_packages": [asdict(virtual) for virtual in machine.virtual_packages] if machine else None,
    }


def checked_spec_json(checked: CheckedSpec) -> Json:
    """Schema ``CheckedSpec``."""
    return {
        "spec": asdict(checked.spec) if checked.spec else None,
        "diagnostics": [asdict(diagnostic) for diagnostic in checked.diagnostics],
    }


def job_json(job: Job) -> Json:
    """Schema ``Job``."""
    return {
        "id": job.id,
        **_job_common(job),
        "environment_id": job.request.environment_id,
        "created": _time(job.created),
        "started": _time(job.started),
        "finished": _time(job.finished),
        "plans": job.request.operation.kind if job.request.is_plan else None,
        "state": job.state,
        "phase": job.phase,
        "seq": job.seq,
        "progress": asdict(job.progress) if job.progress else None,
        "message": job.message,
        "error": _problem_json(job.error),
    }


def plan_json(request: Request, plan: Plan) -> Json:
    """Schema ``Plan``."""
    return {
        "digest": plan.digest,
        "kind": request.operation.kind,
        "environment": request.environment,
        "prefix": str(request.prefix),
        "packages": [_planned_json(package) for package in plan.packages],
        "changes": [asdict(change) for change in plan.changes],
        "requested": list(plan.requested),
        "pip": [without_credentials(line) for line in plan.pip],
        "pip_removed": list(plan.pip_removed),
        "variables": dict(plan.variables),
        "download_bytes": plan.download_bytes,
        "disk_bytes": plan.disk_bytes,
        "free_bytes": plan.free_bytes,
        "warnings": [asdict(warning) for warning in plan.warnings],
    }


def event_json(job: Job, event: JobEvent) -> Json:
    """Schema ``JobEvent``, the same as on the event bus."""
    return {
        "job_id": job.id,
        **_job_common(job),
        "state": event.state,
        "phase": event.phase,
        "seq": event.seq,
        "progress": asdict(event.progress) if event.progress else None,
        "message": event.message,
        "error": _problem_json(event.error),
    }


def _job_common(job: Job) -> Json:
    return {
        "kind": job.request.kind,
        "environment": job.request.environment,
        "prefix": str(job.request.prefix),
        "user": job.user,
    }


def _planned_json(package: PlannedPackage) -> Json:
    return {
        "name": package.name,
        "version": package.version,
        "build": package.build,
        "channel": without_credentials(package.channel),
        "subdir": package.subdir,
        "url": without_credentials(package.url),
        "size": package.size,
        "cached": package.cached,
    }


def _kernel_json(kernel: Kernel) -> Json:
    return {
        "id": kernel.id,
        "display_name": kernel.display_name,
        "language": kernel.language,
        "problem": _problem_json(kernel.problem),
        "other_prefix": str(kernel.other_prefix) if kernel.other_prefix else None,
    }


def _usage_json(usage: Usage | None) -> Json | None:
    if usage is None:
        return None
    return {"own_bytes": usage.own, "shared_bytes": usage.shared, "measured": _time(usage.measured)}


def _problem_json(problem: Problem | None) -> Json | None:
    return asdict(problem) if problem else None


def _time(seconds: float | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, timezone.utc).isoformat(timespec="milliseconds")
