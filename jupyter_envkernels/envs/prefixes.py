"""Read a prefix: its kernelspecs, or why it has none. Everything broken in it becomes a Problem."""

from __future__ import annotations

import os
import re
import shlex
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NamedTuple

import msgspec

from ..files import UnsafeFile, read_file, read_with_status
from ..models import PENDING_MARK, UPDATE_MARK, Problem
from .conda_roots import is_root
from .fingerprints import MISSING, Stamp, current_stamp, settled, stamp_of
from .frozen import FROZEN
from .kernel_json import parse_kernel_json, resolve_argv
from .trust import Trust, TrustSession, Verdict

KERNELS = "share/jupyter/kernels"
_PENDING = str(PENDING_MARK)
MAX_KERNEL_JSON_BYTES = 1 << 16
_MAX_MARK_BYTES = 1 << 16

_PYTHON = re.compile(r"python(\d+\.\d+)")

ABSENT = ("gone", "dangling-link")
"""Problems of a prefix that does not exist."""


class RawKernel(NamedTuple):
    """One folder below ``share/jupyter/kernels``.

    Attributes:
        spec: None if kernel.json cannot be used.
        other_prefix: the prefix whose interpreter runs it, if that is another one; else empty.
    """

    name: str
    spec: Mapping[str, Any] | None
    problem: Problem | None = None
    other_prefix: str = ""


class Contents(msgspec.Struct, frozen=True, gc=False):
    """The contents of a prefix.

    Attributes:
        is_frozen: see :mod:`.frozen`.
        is_trusted: see :mod:`.trust`; nothing is read in a prefix that is not trusted.
        python: the minor version of its Python; None without one.
        watched: paths with their stamps; nothing has changed while these are the same. Empty if changes cannot be
            detected.
    """

    kernels: tuple[RawKernel, ...] = ()
    is_root: bool = False
    is_writable: bool = False
    is_frozen: bool = False
    is_trusted: bool = True
    python: str | None = None
    problem: Problem | None = None
    watched: tuple[tuple[str, Stamp], ...] = ()

    @property
    def is_absent(self) -> bool:
        """Return whether there is no such prefix, though a list or a link names it."""
        return self.problem is not None and self.problem.code in ABSENT

    def is_current(self) -> bool:
        """Return whether nothing has changed since it was read, at the cost of one ``stat`` a path."""
        for path, stamp in self.watched:  # a loop, because a listing does this thousands of times
            if current_stamp(path) != stamp:
                return False
        return bool(self.watched)


class NotAnEnvironment(Exception):
    """The prefix is not a conda environment, or not yet. ``problem`` says why."""

    def __init__(self, code: str, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.problem = Problem(code, message, remedy)

    @property
    def is_odd(self) -> bool:
        """Return whether something points to a prefix that does not exist, which is worth showing if it was named."""
        return self.problem.code in ABSENT


def read_prefix(prefix: str, session: TrustSession | None = None) -> Contents:
    """Read one prefix.

    As for conda, a prefix is an environment if it has ``conda-meta/history``.

    Args:
        prefix: its absolute path.
        session: checks whether its files may be used; by default without any anchor.

    Raises:
        NotAnEnvironment: it is not an environment, or a job is still building it.
    """
    is_writable = os.access(f"{prefix}/conda-meta/history", os.W_OK)
    if not is_writable:
        try:
            os.stat(f"{prefix}/conda-meta/history")
        except PermissionError as error:
            return Contents(problem=_unreadable(prefix, error))
        except OSError:
            raise _absence(prefix) from None
    session = session or Trust().session()
    verdict = session.judge(prefix)
    if not verdict.ok:
        return Contents(is_writable=is_writable, is_trusted=False, problem=not_trusted(prefix, verdict))
    if os.access(f"{prefix}/{_PENDING}", os.F_OK):
        return _pending(prefix)
    return _read_environment(prefix, session, is_writable=is_writable)


def not_trusted(prefix: str, verdict: Verdict) -> Problem:
    """Return why the kernels of an environment that is not trusted are not offered."""
    return Problem(
        "not-trusted",
        f"Its kernels are not offered, because other accounts can change what they run: {verdict.reason}",
        f"If you trust {verdict.owner or 'its owner'}, run: jupyter envkernels trust {shlex.quote(prefix)}",
    )


def _pending(prefix: str) -> Contents:
    """Return the contents of a prefix that a job is changing.

    Raises:
        NotAnEnvironment: it was not an environment before.
    """
    with suppress(OSError):
        if UPDATE_MARK in read_file(f"{prefix}/{_PENDING}", _MAX_MARK_BYTES).decode("ascii", "replace").splitlines():
            return Contents(problem=Problem("being-updated", f"{prefix} is being updated.", "Wait for its job to end."))
    raise NotAnEnvironment("pending", f"{prefix} is still being built.", "Wait for its job to end.")


def _absence(prefix: str) -> NotAnEnvironment:
    if os.path.exists(prefix):
        return NotAnEnvironment(
            "not-an-environment",
            f"{prefix} is not a conda environment: it has no conda-meta/history.",
            "Create the environment again.",
        )
    if os.path.islink(prefix):
        return NotAnEnvironment(
            "dangling-link", f"{prefix} is a link to {os.readlink(prefix)}, which does not exist.", "Remove the link."
        )
    return NotAnEnvironment("gone", f"{prefix} no longer exists.", "Create the environment again.")


def _unreadable(path: str, error: OSError) -> Problem:
    return Problem(
        "unreadable", f"{path} cannot be read: {error.strerror}.", "Ask its owner for permission to read it."
    )


def _read_environment(prefix: str, session: TrustSession, *, is_writable: bool) -> Contents:
    watch = _WatchedPaths(time.time_ns())
    kernels: list[RawKernel] = []
    problem = None
    is_frozen = os.path.isfile(f"{prefix}/{FROZEN}")
    if is_frozen:
        watch.add(f"{prefix}/{FROZEN}")  # its creation is not watched: requests for a change check again
    try:
        kernels = _read_kernels(prefix, session, watch)
        if not kernels:
            watch.add(f"{prefix}/conda-meta")
            problem = _why_no_kernel(prefix)
    except OSError as error:
        problem = _unreadable(str(error.filename), error)
        watch.is_settled = False
    if any(kernel.problem for kernel in kernels):
        watch.is_settled = False  # the missing file may be anywhere
    return Contents(
        tuple(kernels),
        is_root=is_root(prefix),
        is_writable=is_writable,
        is_frozen=is_frozen,
        python=_python_of(prefix),
        problem=problem,
        watched=tuple(watch.paths) if watch.is_settled else (),
    )


def _python_of(prefix: str) -> str | None:
    """Return the minor version of the prefix's Python, from conda's link ``bin/python``: it costs no listing.

    Packages of a new minor version replace the kernelspec too, which is watched.
    """
    try:
        target = os.readlink(f"{prefix}/bin/python")
    except OSError:
        return None
    found = _PYTHON.fullmatch(target)
    return found and found[1]


class _WatchedPaths:
    """Collects the paths by which changes are detected."""

    def __init__(self, now: int) -> None:
        self.now = now
        self.paths: list[tuple[str, Stamp]] = []
        self.is_settled = True

    def add(self, path: str) -> None:
        self.put(path, stamp_of(path, self.now))

    def put(self, path: str, stamp: Stamp | None) -> None:
        if stamp is None:
            self.is_settled = False
        else:
            self.paths.append((path, stamp))


def _read_kernels(prefix: str, session: TrustSession, watch: _WatchedPaths) -> list[RawKernel]:
    folder = f"{prefix}/{KERNELS}"
    try:
        status = os.stat(folder)
    except (FileNotFoundError, NotADirectoryError):
        watch.put(folder, MISSING)
        return []
    watch.put(folder, settled(status, watch.now))
    failure = session.failure_below(prefix, folder, status)
    found = [_read_kernel(prefix, name, session, watch, failure) for name in sorted(os.listdir(folder))]
    return [kernel for kernel in found if kernel]


def _why_no_kernel(prefix: str) -> Problem:
    if any(name.startswith("ipykernel-") for name in os.listdir(f"{prefix}/conda-meta")):
        return Problem(
            "no-kernelspec",
            "ipykernel is installed, but its kernelspec (share/jupyter/kernels/python3) is missing.",
            "Install ipykernel into the environment again.",
        )
    if os.access(f"{prefix}/bin/python", os.X_OK):
        return Problem(
            "no-kernel",
            "The environment has Python but no Jupyter kernel: ipykernel is not installed.",
            'Use "Add kernel" in the Environments panel, or install ipykernel.',
        )
    return Problem(
        "no-kernel",
        "The environment has neither Python nor a Jupyter kernel of another language.",
        "Install a kernel into the environment: ipykernel, r-irkernel, ...",
    )


def _read_kernel(prefix: str, name: str, session: TrustSession, watch: _WatchedPaths, failure: str) -> RawKernel | None:
    """Read one kernelspec folder; None if it has no kernel.json."""
    file = f"{prefix}/{KERNELS}/{name}/kernel.json"
    try:
        data, status = read_with_status(file, MAX_KERNEL_JSON_BYTES)
        watch.put(file, settled(status, watch.now))
        failure = failure or session.failure_below(prefix, file, status)
        if failure:
            return RawKernel(name, None, not_trusted(prefix, Verdict(ok=False, reason=failure)))
        spec = parse_kernel_json(data)
    except (UnsafeFile, IsADirectoryError) as error:
        return RawKernel(name, None, _bad_kernelspec(file, str(error.strerror)))
    except OSError as error:
        return RawKernel(name, None, _unreadable(file, error)) if os.path.lexists(file) else None
    except ValueError as error:
        return RawKernel(name, None, _bad_kernelspec(file, str(error)))
    command = resolve_argv(spec["argv"], prefix, f"{KERNELS}/{name}/kernel.json")
    if command.other_prefix:
        for path in (command.argv[0], f"{command.other_prefix}/conda-meta", f"{prefix}/conda-meta"):
            watch.add(path)
        if not (verdict := session.judge(command.argv[0])).ok:
            return RawKernel(name, None, not_trusted(command.other_prefix, verdict), command.other_prefix)
    spec["argv"] = command.argv
    return RawKernel(name, spec, command.problem, command.other_prefix)


def _bad_kernelspec(file: str, reason: str) -> Problem:
    return Problem("bad-kernelspec", f"{file} cannot be used: {reason}.", "Install the kernel's package again.")


def resource_files(folder: str) -> list[str]:
    """Return the names of the files in a kernelspec's folder that clients fetch: logos, kernel.js, kernel.css."""
    try:
        files = os.listdir(folder)
    except OSError:
        return []
    return sorted(file for file in files if file.startswith("logo-") or file in ("kernel.js", "kernel.css"))
