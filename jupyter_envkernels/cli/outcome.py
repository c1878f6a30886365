"""What is said of a job that has succeeded: where the environment is, or what its plan would change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from ..documents import plan_json
from ..jobs.journal.reader import Journal
from ..models import Job, size
from .doors import manager_options
from .output import Table, VerbResult, printable

Json = Mapping[str, Any]


def outcome(job: Job) -> VerbResult:
    """Return what the verb of a job that has succeeded gives."""
    document = job_document(job)
    if not job.request.is_plan:
        return VerbResult(document, printable(f"{job.message}: {job.request.prefix}"))
    plan = plan_json(job.request, Journal(manager_options().journal_dir, job.id).plan())
    next_step = f"To do this: jupyter envkernels resume {job.id}"
    return VerbResult({**document, "plan": plan}, f"{plan_text(plan)}\n\n{next_step}")


def job_document(job: Job) -> dict[str, Any]:
    """Return what each verb that is about one job gives at least."""
    return {
        "job": job.id,
        "kind": job.request.kind,
        "state": job.state,
        "environment": job.request.environment,
        "prefix": str(job.request.prefix),
    }


def plan_text(plan: Json) -> str:
    """Return a plan, of schema ``Plan``, for people."""
    downloads = {package["name"]: "cached" if package["cached"] else _size(package) for package in plan["packages"]}
    rows = [
        (change["name"], change["change"], downloads.get(change["name"], ""), _versions(change))
        for change in plan["changes"]
    ]
    header = ("PACKAGE", "CHANGE", "DOWNLOAD", "VERSION")
    title = printable(f"{plan['kind']} {plan['environment']}: {plan['prefix']}")
    parts = [title, str(Table(header, rows, right=[2])), "\n".join(map(printable, _facts(plan)))]
    return "\n\n".join(filter(None, parts))


def _size(package: Json) -> str:
    return size(package["size"]) if package["size"] else "?"


def _versions(change: Json) -> str:
    """From which version to which; with the build where that alone changes."""
    both = [
        known if change["change"] == "rebuilt" else known.partition(" ")[0]
        for known in (change["before"], change["after"])
        if known
    ]
    return " -> ".join(both)


def _facts(plan: Json) -> Iterator[str]:
    counts = Counter(change["change"] for change in plan["changes"])
    changed = ", ".join(f"{count} {kind}" for kind, count in counts.items())
    yield f"Packages: {changed or 'nothing changes'}"
    free = "" if plan["free_bytes"] is None else f"; {size(plan['free_bytes'])} are free"
    disk = f", about {size(plan['disk_bytes'])} on disk" if plan["disk_bytes"] else ""
    yield f"Download: {size(plan['download_bytes'])}{disk}{free}"
    for label, key in (("pip takes out", "pip_removed"), ("pip installs", "pip"), ("Variables", "variables")):
        if plan[key]:
            yield f"{label}: {', '.join(plan[key])}"
    for warning in plan["warnings"]:
        yield f"Warning: {warning['message']} {warning['remedy']}".rstrip()
