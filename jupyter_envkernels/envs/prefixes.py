"""One prefix -> what is in it: its kernelspecs, or why it has none. Whatever is broken in it becomes a Problem."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..models import PENDING_MARK, Problem
from .discovery import Stamp, stamp_of

_KERNELS = "share/jupyter/kernels"
_MAX_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class RawKernel:
    """One folder below ``share/jupyter/kernels``; ``spec`` is None where kernel.json cannot be used."""

    name: str
    folder: str
    spec: Mapping[str, Any] | None
    resources: tuple[str, ...] = ()
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Contents:
    """What a prefix holds.

    Attributes:
        checks: paths and their stamps; while all are the same, so is the rest. Empty where that cannot be told.
    """

    kernels: tuple[RawKernel, ...] = ()
    has_condabin: bool = False
    is_writable: bool = False
    problem: Problem | None = None
    checks: tuple[tuple[str, Stamp | None], ...] = ()


class NotAnEnvironment(Exception):
    """The prefix is no conda environment, or none yet. ``problem`` says why."""

    def __init__(self, code: str, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.problem = Problem(code, message, remedy)


def read_prefix(prefix: str) -> Contents:
    """Read one prefix.

    An environment is what conda takes for one: it has ``conda-meta/history``.

    Raises:
        NotAnEnvironment: it has not, or a job is still building it.
    """
    try:
        os.stat(f"{prefix}/conda-meta/history")
    except (FileNotFoundError, NotADirectoryError):
        raise _absence(prefix) from None
    except OSError as error:
        return Contents(problem=_unreadable(prefix, error))
    if os.access(f"{prefix}/{PENDING_MARK}", os.F_OK):
        raise NotAnEnvironment("pending", f"{prefix} is still being built.", "Wait for its job to end.")
    return _read_environment(prefix)


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


def _read_environment(prefix: str) -> Contents:
    now = time.time_ns()
    folder = f"{prefix}/{_KERNELS}"
    kernels: tuple[RawKernel, ...] = ()
    problem: Problem | None = None
    stamp = stamp_of(folder, now)
    try:
        names = sorted(os.listdir(folder))
    except (FileNotFoundError, NotADirectoryError):
        names = []
    except OSError as error:
        names, problem = [], _unreadable(folder, error)
    found = [_read_kernel(prefix, f"{folder}/{name}", name) for name in names]
    kernels = tuple(kernel for kernel in found if kernel)
    meta = f"{prefix}/conda-meta"
    checks = [(folder, stamp)] if names else []
    if kernels:
        checks += [
            (f"{kernel.folder}/kernel.json", stamp_of(f"{kernel.folder}/kernel.json", now)) for kernel in kernels
        ]
    else:
        problem = problem or _why_no_kernel(prefix)
    settled = all(stamp for _, stamp in checks) and not any(kernel.problem for kernel in kernels)
    return Contents(
        kernels,
        has_condabin=os.access(f"{prefix}/condabin", os.F_OK),
        is_writable=os.access(meta, os.W_OK),
        problem=problem,
        checks=tuple(checks) if settled and kernels else (),
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


def _read_kernel(prefix: str, folder: str, name: str) -> RawKernel | None:
    """One kernelspec folder; None where there is no kernel.json in it."""
    try:
        files = os.listdir(folder)
        if "kernel.json" not in files:
            return None
        with open(f"{folder}/kernel.json", "rb") as file:
            spec = parse_kernel_json(file.read(_MAX_BYTES))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        return RawKernel(name, folder, None, problem=_unreadable(f"{folder}/kernel.json", error))
    except ValueError as error:
        problem = Problem(
            "bad-kernelspec", f"{folder}/kernel.json cannot be used: {error}.", "Install the kernel's package again."
        )
        return RawKernel(name, folder, None, problem=problem)
    resources = tuple(sorted(file for file in files if file.startswith("logo-") or file in ("kernel.js", "kernel.css")))
    argv, problem = resolve_argv(spec["argv"], prefix)
    return RawKernel(name, folder, {**spec, "argv": argv}, resources, problem)


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
