"""Run activation scripts, which are shell code of packages, in bash; the changes to variables are cached.

One shell sources all of them, as ``conda activate`` does. If a script ends that shell (``exit``, ``exec``, ``set -e``,
``set -u``) or does not end, it is reported, and another shell continues after it.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from ..errors import OperationFailed
from ..models import Problem
from ..specs import without_credentials
from ..system import kill_group
from .fingerprints import stamp_of
from .server_tokens import without_server_tokens

TIMEOUT_SECONDS = 30.0
_CACHE_SIZE = 256
_MAX_SAID = 500
_MAX_OUTPUT = 1 << 16
_MAX_ENVIRON = 1 << 24
_OURS = "_envkernels_"
_STATUS = re.compile(rb"^(\d+) (\d+)$", re.MULTILINE)
_SHELLS_OWN = ("_", "SHLVL", "PWD", "OLDPWD", "BASH_ENV", "ENV")
_PER_KERNEL = ("JPY_", "IPY_", "KERNEL_")
# The resulting variables go into their own file, so that scripts may print anything. If a script ends the shell, the
# trap or the alias writes them; if that fails, the exports after the previous script count. After each script, options,
# traps, IFS and the working folder are restored: it may have set them for itself. Its own trap on EXIT runs as if the
# shell had ended with it. The status is written last: it says that the script has finished. ``command`` bypasses
# functions that scripts define. No process is started for a script, and no file is written twice, which would flush it.
# Paths are arguments and never part of the code.
_CODE = r"""
_envkernels_env=$1 _envkernels_folder=$2 _envkernels_number=$3 _envkernels_before=$4
shift 4
[ -z "$_envkernels_before" ] || . "$_envkernels_before"
_envkernels_save='"$_envkernels_env" -0 >|"$_envkernels_out.variables"'
shopt -s expand_aliases 2>/dev/null
alias exec="$_envkernels_save && exec"
_envkernels_out=$_envkernels_folder/$_envkernels_number-begin
trap "$_envkernels_save" EXIT
trap >|"$_envkernels_out.traps"
read -r _envkernels_trap <"$_envkernels_out.traps"
umask >|"$_envkernels_out.umask"
read -r _envkernels_umask <"$_envkernels_out.umask"
_envkernels_options=$_envkernels_out.options
{ set +o; shopt -p; } >|"$_envkernels_options" 2>/dev/null
for _envkernels_script in "$@"; do
    _envkernels_out=$_envkernels_folder/$_envkernels_number
    command trap "$_envkernels_save" EXIT
    command set --
    . "$_envkernels_script" >|"$_envkernels_out.out" 2>|"$_envkernels_out.err"
    _envkernels_status=$?
    command trap - ERR DEBUG RETURN 2>/dev/null
    . "$_envkernels_options"
    command unset IFS
    command cd /
    command umask "$_envkernels_umask"
    { command trap; command export -p; command export -fp; } >|"$_envkernels_out.exports" 2>/dev/null
    command read -r _envkernels_first <"$_envkernels_out.exports"
    case $_envkernels_first in
        "$_envkernels_trap") ;;
        *) (. "$_envkernels_out.exports") >>"$_envkernels_out.out" 2>&1 ;;
    esac
    command echo "$_envkernels_number $_envkernels_status" >>"$_envkernels_folder/status"
    _envkernels_number=$((_envkernels_number + 1))
done; {
    command trap - EXIT
    "$_envkernels_env" -0 >|"$_envkernels_folder/end.variables" 2>|"$_envkernels_folder/end.err"
}
"""

_Change: TypeAlias = "dict[str, str | None]"
_cache: dict[bytes, _Change] = {}
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of scripts.

    Attributes:
        environ: the variables afterwards.
        problems: the scripts that failed, each with the end of its output.
    """

    environ: dict[str, str]
    problems: tuple[Problem, ...] = ()


def run_scripts(scripts: Sequence[str], environ: Mapping[str, str]) -> Outcome:
    """Source scripts in bash and return the variables afterwards.

    Unless a script fails, the changes are cached while neither the scripts nor the variables change. If a script ends
    the shell, the variables that it has set until then count; none count if it has its own trap on EXIT, or is stopped
    because it does not end.

    Args:
        scripts: absolute paths, in the order in which to source them.
        environ: the current variables. The scripts do not see the server's tokens and the variables of single kernels;
            the result has these unchanged.

    Raises:
        OperationFailed: there is no shell, or it cannot be started.
    """
    if not scripts:
        return Outcome(dict(environ))
    own = without_server_tokens({n: value for n, value in environ.items() if not n.startswith(_PER_KERNEL)})
    key = _fingerprint(scripts, own)
    with _lock:
        change = _cache.get(key) if key else None
    problems: tuple[Problem, ...] = ()
    if change is None:
        sourced = _source(scripts, own)
        change, problems = _difference(own, sourced.environ), sourced.problems
        if key and not problems:
            _remember(key, change)
    result = {name: value for name, value in environ.items() if name not in change}
    result.update({name: value for name, value in change.items() if value is not None})
    return Outcome(result, problems)


def _remember(key: bytes, change: _Change) -> None:
    with _lock:
        while len(_cache) >= _CACHE_SIZE:
            del _cache[next(iter(_cache))]
        _cache[key] = change


def _fingerprint(scripts: Sequence[str], environ: Mapping[str, str]) -> bytes | None:
    """Return a key for the cache; None while a script is so new that a change of it could go unnoticed."""
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


def _source(scripts: Sequence[str], environ: Mapping[str, str]) -> Outcome:
    shell, env = shutil.which("bash") or shutil.which("sh"), shutil.which("env")
    if not shell or not env:
        raise OperationFailed(
            "The environment has activation scripts, but there is no shell to run them.",
            remedy="Install bash, or use an environment without activation scripts.",
        )
    try:
        with tempfile.TemporaryDirectory(prefix="envkernels-", ignore_cleanup_errors=True) as folder:
            return _Run(scripts, Path(folder), shell, env).source(environ)
    except OSError as error:
        raise OperationFailed(
            f"The activation scripts cannot be run: {error.strerror}.",
            remedy="Free space in the folder for temporary files, and check for very long variables.",
        ) from error


class _Run:
    """Shells that source scripts, and the files that they write: see ``_CODE``.

    Args:
        scripts: in the order in which to source them.
        folder: an empty one for the files.
        shell, env: paths of the programs.
    """

    def __init__(self, scripts: Sequence[str], folder: Path, shell: str, env: str) -> None:
        self._scripts = scripts
        self._folder = folder
        self._shell = shell
        self._env = env

    def source(self, environ: Mapping[str, str]) -> Outcome:
        """Source all scripts in one shell, or in several if scripts end them."""
        variables = {name: value for name, value in environ.items() if name not in ("BASH_ENV", "ENV")}
        start, exports, stopped = 0, "", set[int]()
        while True:
            ended = self._shell_ends(start, exports, variables)
            done = self._statuses()
            last = next(n for n in range(start, len(self._scripts) + 1) if n not in done)
            if last == len(self._scripts):
                break
            delivered = self._variables(str(last)) if ended else None
            if delivered is not None:
                variables, exports = delivered, ""
            elif last > start:
                variables, exports = {}, f"{self._folder}/{last - 1}.exports"
            if not ended:
                stopped.add(last)
            start = last + 1
        problems = [p for n in range(len(self._scripts)) if (p := self._problem(n, done.get(n), stopped=n in stopped))]
        found = self._variables("end")
        if found is None:
            said = self._read("end.err").decode(errors="replace")
            problems.append(_told(f"The variables set by {', '.join(self._scripts)} cannot be used.", said))
        return Outcome(dict(environ) if found is None else found, tuple(problems))

    def _shell_ends(self, start: int, exports: str, environ: Mapping[str, str]) -> bool:
        """Run a shell, and return whether it ended in time; if not, it is killed with its child processes."""
        process = subprocess.Popen(
            [
                *(self._shell, "-c", _CODE, Path(self._shell).name),
                *(self._env, str(self._folder), str(start), exports, *self._scripts[start:]),
            ],
            cwd="/",  # a python that a script runs would import from the server's working folder
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            process.wait(TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired:
            kill_group(process.pid)
            process.wait()
            return False
        return True

    def _statuses(self) -> dict[int, int]:
        """Return the exit codes of the scripts that have finished."""
        return {int(number): int(status) for number, status in _STATUS.findall(self._read("status"))}

    def _problem(self, number: int, status: int | None, *, stopped: bool) -> Problem | None:
        """Return why a script failed. An exit code without errors printed is ignored: many scripts end with a test."""
        if stopped:
            what = f"was stopped: the scripts had not ended after {TIMEOUT_SECONDS:.0f} seconds"
        elif status is None:
            what = "ended the shell that sourced it"
        elif status and self._read(f"{number}.err"):
            what = f"failed with exit code {status}"
        else:
            return None
        script = self._scripts[number]
        said = (self._read(f"{number}.out") + self._read(f"{number}.err")).decode(errors="replace")
        return _told(f"{script} {what}.", said.replace(f"{script}: ", ""))  # bash begins its errors with it

    def _variables(self, name: str) -> dict[str, str] | None:
        """Return the variables that a shell has written; None if it did not, or not completely."""
        data = self._read(f"{name}.variables", _MAX_ENVIRON)
        pairs = (item.partition("=") for item in os.fsdecode(data).split("\0") if "=" in item)
        found = {name: value for name, _, value in pairs if not name.startswith(_OURS)}
        return found if data.endswith(b"\0") else None

    def _read(self, name: str, most: int = _MAX_OUTPUT) -> bytes:
        """Return the end of a file; empty if there is none, or if a script's umask makes it unreadable."""
        try:
            with (self._folder / name).open("rb") as file:
                file.seek(max(0, os.fstat(file.fileno()).st_size - most))
                return file.read(most)
        except OSError:
            return b""


def _told(what: str, said: str) -> Problem:
    """Return a problem with the end of the output."""
    line = "".join(filter(str.isprintable, " ".join(without_credentials(said).split())))
    if len(line) > _MAX_SAID:  # a truncated word could be the end of a secret
        line = "…" + line[-_MAX_SAID:].lstrip().partition(" ")[2]
    return Problem(
        "activation-script",
        f"{what} It printed: {line}" if line else what,
        "Correct the script, or update or remove the package that brought it. It runs again when a kernel starts.",
    )
