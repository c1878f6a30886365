"""Activation scripts are shell code of packages: they are sourced once in bash, and what they change is remembered."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from ..errors import OperationFailed
from .server_tokens import without_server_tokens
from .stamps import stamp_of

TIMEOUT_SECONDS = 30.0
_CACHE_SIZE = 256
_FILE = "_ENVKERNELS_FILE"
_SHELLS_OWN = ("_", "SHLVL", "PWD", "OLDPWD", "BASH_ENV", "ENV")
_PER_KERNEL = ("JPY_", "IPY_", "KERNEL_")
# The variables travel in a file of their own, so that scripts may print what they like; the trap delivers them even
# where a script calls exit. Paths are arguments and never part of the code.
_CODE = 'trap \'"$0" -0 >"$_ENVKERNELS_FILE"\' EXIT; for script in "$@"; do . "$script" >&2; done'

_Change: TypeAlias = "dict[str, str | None]"
_cache: dict[bytes, _Change] = {}
_lock = threading.Lock()


def run_scripts(scripts: Sequence[str], environ: Mapping[str, str]) -> dict[str, str]:
    """Source scripts in bash and return the variables afterwards.

    What they change is remembered for as long as neither the scripts nor the variables change.

    Args:
        scripts: absolute paths, in the order in which to source them.
        environ: the variables that there are; the scripts see neither the server's tokens nor what differs from kernel
            to kernel, which the result has as it was.

    Raises:
        OperationFailed: there is no shell, or the scripts do not end.
    """
    own = without_server_tokens({n: value for n, value in environ.items() if not n.startswith(_PER_KERNEL)})
    key = _fingerprint(scripts, own)
    with _lock:
        change = _cache.get(key) if key else None
    if change is None:
        change = _difference(own, _source(scripts, own))
        if key:
            _remember(key, change)
    result = {name: value for name, value in environ.items() if name not in change}
    result.update({name: value for name, value in change.items() if value is not None})
    return result


def _remember(key: bytes, change: _Change) -> None:
    with _lock:
        while len(_cache) >= _CACHE_SIZE:
            del _cache[next(iter(_cache))]
        _cache[key] = change


def _fingerprint(scripts: Sequence[str], environ: Mapping[str, str]) -> bytes | None:
    """What the outcome depends on; None while a script is so young that it may change unseen."""
    now = time.time_ns()
    digest = hashlib.sha256()
    for script in scripts:
        stamp = stamp_of(script, now)
        if stamp is None:
            return None
        digest.update(os.fsencode(f"{script}\0{stamp}\0"))
    for name in sorted(environ):
        digest.update(os.fsencode(f"{name}={environ[name]}\0"))
    return digest.digest()


def _difference(before: Mapping[str, str], after: Mapping[str, str]) -> _Change:
    changed: _Change = {name: value for name, value in after.items() if before.get(name) != value}
    changed.update(dict.fromkeys(set(before) - set(after)))
    return {name: value for name, value in changed.items() if name not in _SHELLS_OWN}


def _source(scripts: Sequence[str], environ: Mapping[str, str]) -> dict[str, str]:
    shell, env = shutil.which("bash") or shutil.which("sh"), shutil.which("env")
    if not shell or not env:
        raise OperationFailed(
            "The environment has activation scripts, but there is no shell to run them.",
            remedy="Install bash, or use an environment without activation scripts.",
        )
    seen = {name: value for name, value in environ.items() if name not in ("BASH_ENV", "ENV")}
    with tempfile.NamedTemporaryFile() as variables, tempfile.TemporaryFile() as messages:
        process = subprocess.Popen(
            [shell, "-c", _CODE, env, *scripts],
            cwd="/",  # a python that a script runs would import what lies where the server was started
            env={**seen, _FILE: variables.name},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=messages,
            start_new_session=True,
        )
        ended = _wait(process)
        messages.seek(0)
        data, said = variables.read(), messages.read()
    if not ended or not data:
        raise _failure(scripts, said, ended=ended)
    pairs = (item.partition("=") for item in os.fsdecode(data).split("\0") if "=" in item)
    return {name: value for name, _, value in pairs if name != _FILE}


def _wait(process: subprocess.Popen[bytes]) -> bool:
    """Whether the shell ended in time; if not, it is killed with all that it started."""
    try:
        process.wait(TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return False
    return True


def _failure(scripts: Sequence[str], said: bytes, *, ended: bool) -> OperationFailed:
    what = "gave no variables" if ended else f"did not end within {TIMEOUT_SECONDS:.0f} seconds"
    return OperationFailed(
        f"The activation scripts {what}: {', '.join(scripts)}. {said[-500:].decode(errors='replace').strip()}".strip(),
        remedy="Correct the scripts, or remove the package that brought them.",
    )
