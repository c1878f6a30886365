"""Find the running kernels of an environment, whichever program started them."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import msgspec

from ..files import read_file
from ..models import RunningKernel
from ..specs import without_credentials
from ..system import system

_CONNECTION_FILE = re.compile(r"(?:.*[/=])?kernel-[^/]+\.json")
_OTHER_FILE = re.compile(r"(?:--?\w[\w-]*=)?(?P<path>/.+\.json)")
_MAX_BYTES = 65536


class _Connection(msgspec.Struct):
    """A connection file: https://jupyter-client.readthedocs.io/en/stable/kernels.html#connection-files."""

    shell_port: int
    iopub_port: int


def running_kernels(prefix: Path) -> tuple[RunningKernel, ...]:
    """Return the processes that run a program of the environment with a connection file, by process number.

    Only root sees those of other users.
    """
    import psutil  # noqa: PLC0415 - an idle server need not load it

    real = Path(os.path.realpath(prefix))
    # an update moves the program of a running kernel aside
    inside = (f"{real}{os.sep}", f"{real.parent}{os.sep}.{real.name[:50]}.envkernels-")
    found = (_kernel(pid) for pid in sorted(psutil.pids()) if system.program(pid).startswith(inside))
    return tuple(kernel for kernel in found if kernel)


def _kernel(pid: int) -> RunningKernel | None:
    import psutil  # noqa: PLC0415

    try:
        arguments = psutil.Process(pid).cmdline()
    except psutil.Error:
        return None  # it has ended
    if any(_is_connection_file(argument) for argument in arguments[1:]):
        return RunningKernel(pid, without_credentials(shlex.join(arguments)))
    return None


def _is_connection_file(argument: str) -> bool:
    """Return whether an argument is a connection file, by name or content: nbconvert names it ``tmp....json``."""
    if _CONNECTION_FILE.fullmatch(argument):
        return True
    other = _OTHER_FILE.fullmatch(argument)
    if not other:
        return False
    try:
        msgspec.json.decode(read_file(other["path"], _MAX_BYTES), type=_Connection)
    except (OSError, ValueError, RecursionError):
        return False
    return True
