"""Check paths, permissions and state before an environment is created, changed or removed."""

from __future__ import annotations

import errno
import os
import shlex
import sys
from contextlib import suppress
from pathlib import Path

from ...envs.conda_roots import is_root
from ...envs.frozen import why_frozen
from ...envs.prefixes import not_trusted
from ...envs.running_kernels import running_kernels
from ...envs.trust import Trust, account_name
from ...errors import AlreadyExists, Busy, Forbidden, InUse, InvalidRequest, NotFound
from ...models import PENDING_MARK
from ..link.relocate import PLACEHOLDER

_MISREAD = "\"'`$:\\\x7f"


def check_path(prefix: Path) -> None:
    """Check that a prefix can be written unchanged into scripts, JSON, binaries and PATH.

    Raises:
        InvalidRequest: it cannot.
    """
    path = str(prefix)
    if any(char in _MISREAD or char < " " for char in path):
        raise InvalidRequest(
            f"{path!a} cannot be the path of an environment: packages and shells misread quotes, colons, dollar "
            "signs, backslashes and control characters.",
            remedy="Choose another folder.",
        )
    if (length := len(os.fsencode(prefix))) > PLACEHOLDER:
        raise InvalidRequest(
            f"The path {path} has {length} bytes; packages allow {PLACEHOLDER}.", remedy="Choose a shorter one."
        )


def check_unused(prefix: Path) -> None:
    """Check that a prefix does not exist.

    Raises:
        AlreadyExists: it exists, as an environment or anything else, such as a broken link.
        InvalidRequest: the name is too long for a folder.
        Forbidden: permissions forbid the check.
    """
    try:
        prefix.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise InvalidRequest(
                f"The name {prefix.name} is too long for a folder.", remedy="Choose a shorter one."
            ) from error
        raise Forbidden(f"{prefix} cannot be accessed: {error.strerror}.") from error
    raise AlreadyExists(
        f"{prefix} exists already.",
        remedy="Choose another name, or remove the existing environment first.",
        details={"prefix": str(prefix)},
    )


def check_free(prefix: Path, trust: Trust) -> None:
    """Check that a new environment can be created: nothing is there, and the folder is writable, but not by others.

    Raises:
        AlreadyExists, InvalidRequest: as :func:`check_unused`.
        Forbidden: permissions forbid it; and as :func:`check_place`.
    """
    check_unused(prefix)
    folder = next(path for path in prefix.parents if path.exists())
    if not folder.is_dir():
        raise Forbidden(f"{folder} is not a folder.", remedy="Choose another one.")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise Forbidden(f"You may not write to {folder}.", remedy="Choose another folder.")
    check_place(folder, trust)


def check_place(folder: Path, trust: Trust) -> None:
    """Check that no untrusted account can replace files in a folder.

    Raises:
        Forbidden: an untrusted account can.
    """
    verdict = trust.judge(folder)
    if not verdict.ok:
        raise Forbidden(
            f"Other accounts could replace environments in {folder}: {verdict.reason}",
            remedy="Choose another folder, or add this one to c.EnvKernels.roots if you trust all who can write there.",
        )


def check_cache(folder: Path, trust: Trust) -> None:
    """Check that no untrusted account can write to the package cache, because its packages are linked and run.

    Args:
        folder: the package cache; created if missing, for its owner only.
        trust: decides which accounts are trusted.

    Raises:
        Forbidden: an untrusted account can.
    """
    session = trust.session()
    parts: list[Path] = []
    with suppress(OSError):  # the package manager will report it
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        parts = sorted(path for path in folder.iterdir() if path.is_dir())
    for place in (folder, *parts):
        reason = session.judge(place).reason
        if not reason and session.place(str(place)).is_sticky:
            reason = f"{place} can be written by every account."
        if reason:
            raise Forbidden(
                f"Other accounts could put packages into the package cache {folder}: {reason}",
                remedy=f"Allow only trusted accounts to write there (chmod -R go-w {shlex.quote(str(folder))}), or set "
                "c.EnvKernels.package_cache to another folder.",
            )


def check_settled(prefix: Path) -> None:
    """Check that no job of another account is changing the environment, or has still to be rolled back.

    Raises:
        Busy: there is such a job.
    """
    with suppress(OSError):
        owner = (prefix / PENDING_MARK).lstat().st_uid
        if owner != os.geteuid():
            name = account_name(owner)
            raise Busy(
                f"A job of {name} is changing {prefix}.",
                remedy=f"Wait until it ends. If it was interrupted, it is rolled back when {name} next starts Jupyter.",
                details={"account": name, "prefix": str(prefix)},
            )


def check_idle(prefix: Path) -> None:
    """Check that no kernels are running in an environment, as far as this machine knows.

    Raises:
        InUse: kernels are running in it.
    """
    if running := running_kernels(prefix):
        count = "1 kernel is" if len(running) == 1 else f"{len(running)} kernels are"
        raise InUse(
            f"{count} running in {prefix}.",
            remedy="Shut down the kernels, or use force to remove it anyway.",
            details={
                "prefix": str(prefix),
                "kernels": [{"pid": kernel.pid, "command": kernel.command} for kernel in running],
            },
        )


def check_there(prefix: Path) -> None:
    """Check that an environment exists.

    Raises:
        NotFound: it does not exist.
    """
    if not (prefix / "conda-meta").is_dir():
        raise NotFound(f"There is no environment at {prefix}.", details={"prefix": str(prefix)})


def check_trusted(prefix: Path, trust: Trust) -> None:
    """Check that no untrusted account can change an environment, because its scripts and programs are run.

    Raises:
        Forbidden: an untrusted account can.
    """
    verdict = trust.judge(prefix)
    if not verdict.ok:
        problem = not_trusted(str(prefix), verdict)
        raise Forbidden(problem.message, remedy=problem.remedy, details=problem.details)


def check_changeable(prefix: Path) -> None:
    """Check that an environment may be updated or removed.

    Raises:
        NotFound: it does not exist.
        Busy: as :func:`check_settled`.
        Forbidden: it is a link, a base environment, frozen, runs this program, or contains other environments; or
            permissions forbid it.
    """
    if prefix.is_symlink():
        raise Forbidden(f"{prefix} is a link to {prefix.readlink()}.", remedy="Use the target of the link.")
    check_there(prefix)
    check_settled(prefix)
    if is_root(prefix):
        raise Forbidden(f"{prefix} is the base of a conda installation.")
    if reason := why_frozen(prefix):
        raise Forbidden(f"{prefix} cannot be changed: {reason}.", remedy="Clone it.")
    if nested := sorted(path.parent.name for path in (prefix / "envs").glob("*/conda-meta")):
        raise Forbidden(
            f"{prefix} contains other environments in envs: {', '.join(nested)}.", remedy="Move these elsewhere first."
        )
    real = prefix.resolve()
    if any(Path(running).resolve().is_relative_to(real) for running in (sys.prefix, sys.base_prefix)):
        raise Forbidden(f"Jupyter itself runs in {prefix}.")
    if not os.access(prefix.parent, os.W_OK | os.X_OK) or not os.access(prefix, os.W_OK | os.X_OK):
        raise Forbidden(f"You may not change {prefix}.")
