"""Follow a job to its end, at a terminal or in a script, and print its result."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from argparse import Namespace
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from ..errors import Cancelled, EnvKernelsError, Problem, failure
from ..jobs.journal.reader import Journal
from ..jobs.manager import JobManager
from ..jobs.prefork import PreforkedWorker
from ..models import Job, JobEvent, size
from .interrupts import INTERRUPTED
from .output import Table, VerbResult, print_failure, printable
from .progress import Display, Lines
from .settings import manager_options

Json = Mapping[str, Any]

Begin = Callable[[JobManager], Awaitable[Job]]
"""Submits the job to follow to a manager."""


def carry_out(begin: Begin, args: Namespace) -> Job:
    """Start a job, show its progress, and wait for its end.

    Ctrl-C cancels the job and waits for its cleanup. A second one exits at once: the job is still cancelled, and the
    next command or server cleans up. If this process is terminated or its terminal closes, the job continues.

    Args:
        begin: submits the job to a manager that has been started.
        args: of the verb: ``worker`` runs the job; with ``json``, a document is printed if the user exits early.

    Raises:
        EnvKernelsError: the job cannot be started, or failed.
        Cancelled: it was cancelled, here or elsewhere.
    """
    display = open_display()
    try:
        job = asyncio.run(_Attendance(display, args).attend(begin))
    finally:
        display.close()
    if job.state != "succeeded":
        raise failure_of(job)
    return job


def open_display() -> Display:
    """Return a live bar if standard error is a terminal, else plain lines."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        return Lines()
    from .bar import Bar  # noqa: PLC0415 - slow to import

    return Bar()


def failure_of(job: Job) -> EnvKernelsError:
    """Return the error of a job that has not succeeded."""
    details = {"job": job.id}
    if job.state == "cancelled":
        return Cancelled(f"{job.message}.", details=details)
    if job.error is None:
        return failure(Problem("operation-failed", job.message, details=details))
    return failure(replace(job.error, details={**job.error.details, **details}))


def outcome(job: Job) -> VerbResult:
    """Return the result of a verb whose job has succeeded."""
    document = job_document(job)
    if not job.request.is_plan:
        return VerbResult(document, printable(f"{job.message}: {job.request.prefix}"))
    from ..documents import plan_json  # noqa: PLC0415 - slow to import, and only needed for plans

    plan = plan_json(job.request, Journal(manager_options().journal_dir, job.id).plan())
    next_step = f"To run this plan: jupyter envkernels resume {job.id}"
    return VerbResult({**document, "plan": plan}, f"{plan_text(plan)}\n\n{next_step}")


def job_document(job: Job) -> dict[str, Any]:
    """Return the fields of a job that all verbs about one job print."""
    return {
        "job": job.id,
        "kind": job.request.kind,
        "state": job.state,
        "environment": job.request.environment,
        "prefix": str(job.request.prefix),
    }


def plan_text(plan: Json) -> str:
    """Return a plan, of schema ``Plan``, as text."""
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
    """Return the version before and after; with the build if only that changes."""
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
    for label, key in (("pip removes", "pip_removed"), ("pip installs", "pip"), ("Variables", "variables")):
        if plan[key]:
            yield f"{label}: {', '.join(plan[key])}"
    for warning in plan["warnings"]:
        yield f"Warning: {warning['message']} {warning['remedy']}".rstrip()


class _Attendance:
    """Waits for one job and handles the signals that arrive meanwhile."""

    def __init__(self, display: Display, args: Namespace) -> None:
        self._display = display
        self._as_json: bool = args.json
        self._worker: PreforkedWorker = args.worker
        self._journal: Journal | None = None
        self._is_interrupted = False
        self._wake = asyncio.Event()

    async def attend(self, begin: Begin) -> Job:
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGINT, self._interrupt)
        for ending in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(ending, self._end, ending)
        manager = JobManager(manager_options(), self._worker)
        manager.subscribe(self._tell)
        await manager.clean_up()
        await manager.start()
        try:
            job = await begin(manager)
            self._journal = manager.journal(job.id)
            self._display.begin(job)
            await self._wake.wait()
            return await manager.cancel(job.id)  # does nothing if the job has ended
        finally:
            await manager.stop()

    def _tell(self, job: Job, event: JobEvent) -> None:
        """Show an event of the job; other jobs that share the queue are ignored."""
        if self._journal is None or job.id != self._journal.id:
            return
        self._display.tell(event)
        if job.is_over:
            self._wake.set()

    def _interrupt(self) -> None:
        if self._is_interrupted:
            self._leave()
        self._is_interrupted = True
        self._display.say("Cancelling. Press Ctrl-C again to exit without waiting.")
        self._wake.set()

    def _leave(self) -> None:
        """Exit at once, even while threads are waiting. The mark makes the worker cancel the job."""
        self._display.close()
        error = Cancelled(
            "Interrupted before the job was started.", remedy="'jupyter envkernels jobs' shows whether it was started."
        )
        if self._journal is not None:
            self._journal.cancel_mark.touch(mode=0o600)
            remedy = "What it has created is removed when jobs are next listed or started."
            error = Cancelled(
                "Interrupted while the job was being cancelled.", remedy=remedy, details={"job": self._journal.id}
            )
        print_failure(error, as_json=self._as_json)
        os._exit(INTERRUPTED)

    def _end(self, ending: signal.Signals) -> None:
        """Restore the terminal, and end by the same signal; the job continues."""
        with suppress(OSError):  # the terminal may be gone
            self._display.close()
            if self._journal is not None:
                self._display.say(f"The job continues: jupyter envkernels log {self._journal.id} --follow")
        signal.signal(ending, signal.SIG_DFL)
        os.kill(os.getpid(), ending)
