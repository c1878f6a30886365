"""The process that runs one transaction: ``python -m jupyter_envkernels.jobs.worker [FOLDER LOCK...]``.

It leads a session of its own, so that it outlives the server and can be killed with all its children. It holds the
job's lock (an inherited file descriptor) and is the only writer of the job's journal until it ends. Without arguments
it waits for a job, see :mod:`.prefork`.
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
from ..models import EngineOptions, Problem
from ..specs import expand_variables
from .admission import check_allowed
from .journal.reader import JobSpec, Journal
from .journal.writer import JournalWriter, store_plan, writing
from .locks import prefix_lock
from .prefork import receive
from .worker_process import scratch

_WATCH = 0.5
"""Seconds between two looks for the mark of cancellation and at the clock."""


def main(folder: str = "", *held: str) -> NoReturn:
    """Run a job and end the process.

    Args:
        folder: the job's journal; empty to wait for one.
        held: numbers of inherited descriptors, which stay open as long as the process lives: that of the job's lock,
            and that by which the job counts for other users of the machine.
    """
    job = (folder, [int(number) for number in held]) if folder else _wait()
    if job is not None:
        _work(*job)
    sys.stdout.flush()
    sys.stderr.flush()
    # The engine's threads may crash while the interpreter is taken down; all that matters is on disk.
    os._exit(0)


def _wait() -> tuple[str, list[int]] | None:
    """The job that somebody hands over; the engine is loaded meanwhile."""
    with suppress(ImportError):  # the job will say so
        from ..engine import rattler  # noqa: F401, PLC0415
    return receive()


def _work(folder: str, held: Sequence[int]) -> None:
    for descriptor in held:
        os.set_inheritable(descriptor, False)  # noqa: FBT003 - what pip or a kernel starts must not keep the job alive
    signal.signal(signal.SIGTERM, lambda *_: _end_group())
    path = Path(folder)
    journal = Journal(path.parent, path.name)
    with writing(journal) as writer:
        _run(journal, writer)


def _end_group() -> None:
    """Die together with all children, so that none of them writes on."""
    os.killpg(0, signal.SIGKILL)


def _watch(journal: Journal, writer: JournalWriter, timeout: float) -> None:
    """End the process when the job takes too long, or when somebody on another host cancels it, who can send no signal.

    Whoever finds the job dead cleans up: in this process, the engine would go on while its work is taken back.
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
    """Carry out the order, and write down how it ended."""
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
    except Exception as error:  # noqa: BLE001 - whatever it was, the person must learn that the job is over
        writer.log(traceback.format_exc())
        message = f"The engine failed in a way that was not foreseen: {error!r}"
        writer.state("failed", message, Problem("internal-error", message, "The log has the details for a report."))
    else:
        writer.state("succeeded", order.request.done)
        if not isinstance(order.request, (PlanOnly, Remove)):
            compile_later(order.request.prefix)


def _sync(order: JobSpec) -> None:
    """Keep the kernelspecs for other programs true before it is told that the job is over."""
    if not order.request.is_plan:
        catalog = Catalog(order.options.catalog, os.environ)
        refresh(catalog, Path(jupyter_data_dir()), always=order.options.sync_kernelspecs)


def _make_scratch(held: ExitStack, journal: Journal) -> None:
    """Temporary files, which may hold logins, go where they are found should this process be killed."""
    folder = scratch(journal)
    shutil.rmtree(folder, ignore_errors=True)  # of a worker that was killed before it said a word
    folder.mkdir(mode=0o700)
    held.callback(shutil.rmtree, folder, ignore_errors=True)
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)


def _lock(held: ExitStack, journal: Journal, order: JobSpec) -> None:
    """Keep other operations away from what the request changes, and changes away from what it reads.

    A plan needs no lock: it reads one state or the next, and holds for that alone.
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
    """Return the transaction, if it is still allowed: the stored request may be older than the limits, or of others.

    Raises:
        NotAllowed, PolicyUnusable: it is not.
    """
    settings, options = load_settings(os.environ), options_in_force(order.options)
    operation = order.request.operation
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
    """Load the engine, here alone."""
    try:
        from ..engine.fetch.client import unsupported  # noqa: PLC0415
        from ..engine.rattler import RattlerBackend  # noqa: PLC0415
    except ImportError as error:
        raise BackendMissing(f"The engine cannot be loaded: {error}", remedy="Install py-rattler again.") from error
    for sentence in unsupported(settings, os.environ):
        writer.log(sentence)
    channels = tuple(expand_variables(channel, os.environ) for channel in options.channels)
    return RattlerBackend(options.package_cache, replace(settings, channels=channels), options.limits, variables)


if __name__ == "__main__":
    main(*sys.argv[1:])
