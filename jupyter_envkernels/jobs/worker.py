"""Run one job in a process of its own: ``python -m jupyter_envkernels.jobs.worker [FOLDER LOCK...]``.

It leads a session of its own, so that it outlives the server and can be killed with all its children. It holds the
job's lock (an inherited file descriptor) and is the only writer of the job's journal until it ends. Without arguments
it waits for a job, see :mod:`.prefork`.

If it dies, the process that next gets the job's lock rolls back or finishes its work: see :func:`.worker_process.reap`.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from jupyter_core.paths import jupyter_data_dir

from ..engine.backend import Backend
from ..engine.link.bytecode import compile_later
from ..engine.operations import PlanOnly, Remove
from ..engine.transaction.rollback import named
from ..engine.transaction.transaction import Transaction
from ..engine.variable_expansion import Variables, variables_of
from ..envs.catalog import Catalog
from ..envs.conda_config.condarc import Settings, load_settings
from ..envs.policy_file import options_in_force
from ..errors import BackendMissing, EnvKernelsError
from ..kernels.sync import refresh
from ..models import EngineOptions, Problem, SolvingOperation
from ..specs import expand_variables
from .admission import check_allowed
from .journal.reader import JobSpec, Journal
from .journal.writer import JournalWriter, store_plan, writing
from .locks import prefix_lock
from .prefork import receive
from .worker_process import scratch

_WATCH = 0.5
"""Seconds between two checks for cancellation and timeout."""


def main(folder: str = "", *held: str) -> NoReturn:
    """Run a job and exit.

    Args:
        folder: the job's journal; empty to wait for a job.
        held: numbers of inherited descriptors to keep open: that of the job's lock, and that of its slot among the
            jobs of the machine.
    """
    job = (folder, [int(number) for number in held]) if folder else _wait()
    if job is not None:
        _work(*job)
    sys.stdout.flush()
    sys.stderr.flush()
    # the engine's threads may crash an interpreter that shuts down; all results are on disk
    os._exit(0)


def _wait() -> tuple[str, list[int]] | None:
    """Import the engine, wait for a job, and return it."""
    with suppress(ImportError):  # the job will report it
        from ..engine import rattler  # noqa: F401, PLC0415
    return receive()


def _work(folder: str, held: Sequence[int]) -> None:
    for descriptor in held:
        os.set_inheritable(descriptor, False)  # noqa: FBT003 - children must not keep the lock
    signal.signal(signal.SIGTERM, lambda *_: _end_group())
    path = Path(folder)
    journal = Journal(path.parent, path.name)
    with writing(journal) as writer:
        _run(journal, writer)


def _end_group() -> None:
    """Kill this process with all its children, so that none of them goes on writing."""
    os.killpg(0, signal.SIGKILL)


def _watch(journal: Journal, writer: JournalWriter, timeout: float) -> None:
    """Kill this process after the timeout, or when another host, which cannot send a signal, has cancelled the job.

    The next process that gets the lock rolls back: in this one, the engine's threads would go on writing meanwhile.
    """
    started = time.monotonic()
    while not journal.cancel_mark.exists():
        if timeout and time.monotonic() - started > timeout:
            with suppress(OSError):
                journal.timeout_mark.touch(mode=0o600)
            break
        time.sleep(_WATCH)
    writer.flush_log()
    _end_group()


def _run(journal: Journal, writer: JournalWriter) -> None:
    """Run the transaction, and write its result into the journal."""
    try:
        order = journal.order()
        threading.Thread(target=_watch, args=[journal, writer, order.timeout], daemon=True).start()
        with ExitStack() as held:
            _make_scratch(held, journal)
            _lock(held, journal, order)
            asyncio.run(_transaction(journal, order, writer).run())
            _sync(order)
    except (EnvKernelsError, OSError) as raised:
        error = raised if isinstance(raised, EnvKernelsError) else named(raised)
        problem = error.problem
        writer.log("\n".join(filter(None, [problem.message, problem.explanation, problem.remedy])))
        writer.state("failed", problem.message, problem)
    except Exception as error:  # noqa: BLE001 - the journal must have a final state in any case
        writer.log(traceback.format_exc())
        message = f"The job failed with an unexpected error: {error!r}"
        writer.state("failed", message, Problem("internal-error", message, "Report it, with the log of the job."))
    else:
        writer.state("succeeded", order.request.done)
        if not isinstance(order.request, (PlanOnly, Remove)):
            compile_later(order.request.prefix)


def _sync(order: JobSpec) -> None:
    """Update kernelspecs for other programs before the job is reported as done."""
    if not order.request.is_plan:
        catalog = Catalog(order.options.catalog, os.environ)
        refresh(catalog, Path(jupyter_data_dir()), always=order.options.sync_kernelspecs)


def _make_scratch(held: ExitStack, journal: Journal) -> None:
    """Create a folder for temporary files, which may contain credentials, that is found if this process is killed."""
    folder = scratch(journal)
    shutil.rmtree(folder, ignore_errors=True)  # of a worker that was killed before its first event
    folder.mkdir(mode=0o700)
    held.callback(shutil.rmtree, folder, ignore_errors=True)
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)


def _lock(held: ExitStack, journal: Journal, order: JobSpec) -> None:
    """Lock the prefixes that the request changes, and those that it reads with a shared lock.

    A plan needs no lock: it is valid only for the state that it has read.
    """
    request = order.request
    if isinstance(request, PlanOnly):
        return
    holder = f"job {journal.id} ({request.kind} {request.environment})"
    for prefix in request.changes:
        held.enter_context(prefix_lock(prefix, holder))
    for prefix in request.reads:
        held.enter_context(prefix_lock(prefix, holder, shared=True))


def _transaction(journal: Journal, order: JobSpec, writer: JournalWriter) -> Transaction:
    """Return the transaction, after another check of the limits, which may have changed since the request was stored.

    Raises:
        NotAllowed, PolicyUnusable: the limits forbid it.
    """
    settings, options = load_settings(os.environ), options_in_force(order.options)
    operation = order.request.operation
    if isinstance(operation, SolvingOperation) and operation.exclude_newer is not None:
        settings = replace(settings, exclude_newer=operation.exclude_newer)
    variables = variables_of(operation, options.channels, os.environ)
    writer.conceal(variables.secrets)
    check_allowed(operation, options, settings)
    for problem in (*settings.problems, *variables.warnings):
        writer.log(problem.sentence)
    return Transaction(
        request=order.request,
        staging=journal.staging(order.request.prefix),
        backend=_backend(options, settings, variables, writer),
        options=options,
        report=writer,
        environ=os.environ,
        keep_plan=lambda plan: store_plan(journal, plan),
        settings=settings,
        plan=journal.plan() if journal.plan_file.exists() else None,
        variables=variables,
    )


def _backend(options: EngineOptions, settings: Settings, variables: Variables, writer: JournalWriter) -> Backend:
    """Import the engine and return its backend."""
    try:
        from ..engine.fetch.client import unsupported  # noqa: PLC0415
        from ..engine.rattler import RattlerBackend  # noqa: PLC0415
    except ImportError as error:
        raise BackendMissing(f"py-rattler cannot be loaded: {error}", remedy="Install py-rattler again.") from error
    for sentence in unsupported(settings, os.environ):
        writer.log(sentence)
    channels = tuple(expand_variables(channel, os.environ) for channel in options.channels)
    return RattlerBackend(options.package_cache, replace(settings, channels=channels), options.limits, variables)


if __name__ == "__main__":
    main(*sys.argv[1:])
