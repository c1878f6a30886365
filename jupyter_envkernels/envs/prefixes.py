"""One prefix -> what is in it: its kernelspecs, or why it has none. Whatever is broken in it becomes a Problem."""

from __future__ import annotations

import json
import os
import stat
import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ..models import PENDING_MARK, Problem
from .stamps import Stamp, fingerprint, settled, stamp_of

KERNELS = "share/jupyter/kernels"
_PENDING = str(PENDING_MARK)
_MAX_BYTES = 1 << 16


class RawKernel(NamedTuple):
    """One folder below ``share/jupyter/kernels``; ``spec`` is None where kernel.json cannot be used."""

    name: str
    spec: Mapping[str, Any] | None
    problem: Problem | None = None


class Contents(NamedTuple):
    """What a prefix holds.

    Attributes:
        watched: paths; while their stamps are the same, so is the rest. None where that cannot be told.
        stamps: of these, in order.
    """

    kernels: tuple[RawKernel, ...] = ()
    has_condabin: bool = False
    is_writable: bool = False
    problem: Problem | None = None
    watched: tuple[str, ...] = ()
    stamps: tuple[Stamp, ...] = ()

    def is_current(self) -> bool:
        """Nothing has changed since it was read. It costs one ``stat`` a check."""
        for path, stamp in zip(self.watched, self.stamps, strict=True):
            try:
                if fingerprint(os.stat(path)) != stamp:
                    return False
            except OSError:
                return False
        return bool(self.watched)


class NotAnEnvironment(Exception):
    """The prefix is no conda environment, or none yet. ``problem`` says why."""

    def __init__(self, code: str, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.problem = Problem(code, message, remedy)

    @property
    def is_odd(self) -> bool:
        """Something points here and there is nothing: worth showing, where it was named singly."""
        return self.problem.code in ("gone", "dangling-link")


def read_prefix(prefix: str) -> Contents:
    """Read one prefix.

    An environment is what conda takes for one: it has ``conda-meta/history``.

    Raises:
        NotAnEnvironment: it has not, or a job is still building it.
    """
    is_writable = os.access(f"{prefix}/conda-meta/history", os.W_OK)
    if not is_writable:
        try:
            os.stat(f"{prefix}/conda-meta/history")
        except PermissionError as error:
            return Contents(problem=_unreadable(prefix, error))
        except OSError:
            raise _absence(prefix) from None
    if os.access(f"{prefix}/{_PENDING}", os.F_OK):
        raise NotAnEnvironment("pending", f"{prefix} is still being built.", "Wait for its job to end.")
    return _read_environment(prefix, is_writable=is_writable)


def _absence(prefix: str) -> NotAnEnvironment:
    if os.path.isdir(prefix):
        return NotAnEnvironment(
            "not-an-environment",
            f"{prefix} is no conda environment: conda-meta/history is missing in it.",
            "Create the environment again.",
        )
    if os.path.islink(prefix):
        return NotAnEnvironment(
            "dangling-link", f"{prefix} is a link to {os.readlink(prefix)}, which is not there.", "Remove the link."
        )
    return NotAnEnvironment("gone", f"{prefix} is not there any more.", "Create the environment again.")


def _unreadable(path: str, error: OSError) -> Problem:
    return Problem(
        "unreadable", f"{path} cannot be read: {error.strerror}.", "Ask its owner for permission to read it."
    )


def _read_environment(prefix: str, *, is_writable: bool) -> Contents:
    now = time.time_ns()
    folder = f"{prefix}/{KERNELS}"
    watched, stamps = [folder], [stamp_of(folder, now)]
    kernels = []
    problem = None
    try:
        for name in sorted(os.listdir(folder)):
            read = _read_kernel(prefix, name, now)
            if read:
                kernels.append(read[0])
                watched.append(f"{folder}/{name}/kernel.json")
                stamps.append(read[1])
    except (FileNotFoundError, NotADirectoryError):
        pass
    except OSError as error:
        problem = _unreadable(folder, error)
    if not kernels:
        problem = problem or _why_no_kernel(prefix)
    settled_stamps = tuple(stamp for stamp in stamps if stamp is not None)
    is_settled = len(settled_stamps) == len(stamps) and not problem and not any(kernel.problem for kernel in kernels)
    return Contents(
        tuple(kernels),
        has_condabin=os.access(f"{prefix}/condabin", os.F_OK),
        is_writable=is_writable,
        problem=problem,
        watched=tuple(watched) if is_settled else (),
        stamps=settled_stamps if is_settled else (),
    )


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
            "The environment has Python, but no Jupyter kernel: ipykernel is not installed in it.",
            "Add a kernel: install ipykernel into the environment.",
        )
    return Problem(
        "no-kernel",
        "The environment has neither Python nor another language's Jupyter kernel.",
        "Install a kernel into the environment: ipykernel, r-irkernel, ...",
    )


def _read_kernel(prefix: str, name: str, now: int) -> tuple[RawKernel, Stamp | None] | None:
    """One kernelspec folder and the stamp of its kernel.json; None where it has none."""
    file = f"{prefix}/{KERNELS}/{name}/kernel.json"
    stamp = None
    try:
        data, stamp = _read_file(file, now)
        spec = parse_kernel_json(data)
    except OSError as error:
        if not os.path.lexists(file):
            return None
        return RawKernel(name, None, _unreadable(file, error)), stamp
    except ValueError as error:
        remedy = "Install the kernel's package again."
        return RawKernel(name, None, Problem("bad-kernelspec", f"{file} cannot be used: {error}.", remedy)), stamp
    spec["argv"], problem = resolve_argv(spec["argv"], prefix)
    return RawKernel(name, spec, problem), stamp


def resource_files(folder: str) -> list[str]:
    """Names of the files of a kernelspec's folder that clients fetch: logos, kernel.js, kernel.css."""
    try:
        files = os.listdir(folder)
    except OSError:
        return []
    return sorted(file for file in files if file.startswith("logo-") or file in ("kernel.js", "kernel.css"))


def _read_file(path: str, now: int) -> tuple[bytes, Stamp | None]:
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size > _MAX_BYTES:
            raise ValueError("it is no file, or too large to be a kernelspec")
        return os.read(descriptor, _MAX_BYTES), settled(status, now)
    finally:
        os.close(descriptor)


def parse_kernel_json(data: bytes) -> dict[str, Any]:
    """A kernelspec as jupyter_client takes it.

    Raises:
        ValueError: the sentence says what is wrong with it.
    """
    try:
        spec = json.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise ValueError(f"it is not UTF-8 (byte {error.start})") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"it is not JSON (line {error.lineno}: {error.msg})") from None
    if not isinstance(spec, dict):
        raise ValueError("it must hold an object")  # noqa: TRY004 - a value of the file, not of the program
    argv = spec.get("argv")
    if not argv or not isinstance(argv, list) or not all(isinstance(word, str) for word in argv):
        raise ValueError('"argv" must be a list of words')
    for key, kind, what in (
        ("display_name", str, "a text"),
        ("language", str, "a text"),
        ("metadata", dict, "an object"),
        ("env", dict, "an object"),
        ("interrupt_mode", str, "a text"),
    ):
        if not isinstance(spec.get(key, kind()), kind):
            raise ValueError(f'"{key}" must be {what}')
    return spec


def resolve_argv(argv: Sequence[str], prefix: str) -> tuple[list[str], Problem | None]:
    """Make a kernel's command one of this prefix, wherever its kernel.json was written.

    jupyter_client takes a bare ``python`` and ``{prefix}`` for those of the server. A bare name is looked up in
    ``bin``; so is the last part of a path that is not there, as in an environment that was moved.

    Returns:
        The command, and why it cannot be run.
    """
    command = [word.replace("{prefix}", prefix) for word in argv]
    program = command[0]
    if os.path.isabs(program) and os.access(program, os.X_OK):
        return command, None
    own = f"{prefix}/bin/{os.path.basename(program)}"
    if os.access(own, os.X_OK):
        return [own, *command[1:]], None
    if os.path.isabs(program) or program.startswith("python"):
        missing = program if os.path.isabs(program) else own
        problem = Problem(
            "no-executable",
            f"{missing}, which runs the kernel, is not there.",
            "Install the kernel's language into the environment again.",
        )
        return [missing, *command[1:]], problem
    return command, None
