"""Checks before an environment is created, changed or removed, for requests of all kinds."""

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
    """Check that packages can write the path into scripts, JSON and programs, and shells into PATH, as it is.

    Raises:
        InvalidRequest: it cannot.
    """
    path = str(prefix)
    if any(char in _MISREAD or char < " " for char in path):
        raise InvalidRequest(
            f"{path!a} cannot be the path of an environment: packages, shells and PATH misread quotes, colons, dollar "
            "signs, backslashes and control characters.",
            remedy="Choose another folder.",
        )
    if (length := len(os.fsencode(prefix))) > PLACEHOLDER:
        raise InvalidRequest(
            f"The path {path} has {length} bytes; packages have room for {PLACEHOLDER}.", remedy="Choose a shorter one."
        )


def check_unused(prefix: Path) -> None:
    """Check that nothing stands where an environment goes.

    Raises:
        AlreadyExists: something does: an environment, or anything else, be it a link that leads nowhere.
        InvalidRequest: the name is too long for a folder.
        Forbidden: it cannot be looked at.
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
        raise Forbidden(f"{prefix} cannot be looked at: {error.strerror}.") from error
    raise AlreadyExists(
        f"{prefix} exists already.",
        remedy="Choose another name, or remove the existing environment first.",
        details={"prefix": str(prefix)},
    )


def check_free(prefix: Path, trust: Trust) -> None:
    """Check that an environment can be made there: the place is free, and writable, but not by others.

    Raises:
        AlreadyExists, InvalidRequest: see :func:`check_unused`.
        Forbidden: permissions forbid it, or see :func:`check_place`.
    """
    check_unused(prefix)
    folder = next(path for path in prefix.parents if path.exists())
    if not folder.is_dir():
        raise Forbidden(f"{folder} is not a folder.", remedy="Choose another place.")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise Forbidden(f"You may not write into {folder}.", remedy="Choose another folder.")
    check_place(folder, trust)


def check_place(folder: Path, trust: Trust) -> None:
    """Refuse to work in a folder where accounts that are not trusted can replace what is being made.

    Raises:
        Forbidden: they can.
    """
    verdict = trust.judge(folder)
    if not verdict.ok:
        raise Forbidden(
            f"Other accounts could replace what is made in {folder}: {verdict.reason}",
            remedy="Choose another folder, or add this one to c.EnvKernels.roots if you trust all who can write there.",
        )


def check_cache(folder: Path, trust: Trust) -> None:
    """Refuse a package cache into which other accounts can write: what they put there would be linked, and run.

    Args:
        folder: the package cache; made when missing, for its owner alone.
        trust: the rule of whose files may be used.

    Raises:
        Forbidden: they can.
    """
    session = trust.session()
    parts: list[Path] = []
    with suppress(OSError):  # which the package manager tells when it needs the folder
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
    """Refuse an environment that another person's job is at work on, or has not put back yet.

    Raises:
        Busy: there is such a job.
    """
    with suppress(OSError):
        owner = (prefix / PENDING_MARK).lstat().st_uid
        if owner != os.geteuid():
            name = account_name(owner)
            raise Busy(
                f"A job of {name} works on {prefix}.",
                remedy=f"Wait until it is over. If it was interrupted, the next start of the server of {name} puts the "
                "environment back.",
                details={"account": name, "prefix": str(prefix)},
            )


def check_idle(prefix: Path) -> None:
    """Refuse to take an environment away under kernels that run in it.

    Raises:
        InUse: kernels run in it; as far as this machine can tell.
    """
    if running := running_kernels(prefix):
        count = "A kernel runs" if len(running) == 1 else f"{len(running)} kernels run"
        raise InUse(
            f"{count} in {prefix}.",
            remedy="Shut down what uses it, or remove it all the same by force.",
            details={
                "prefix": str(prefix),
                "kernels": [{"pid": kernel.pid, "command": kernel.command} for kernel in running],
            },
        )


def check_there(prefix: Path) -> None:
    """Check that there is an environment.

    Raises:
        NotFound: there is none.
    """
    if not (prefix / "conda-meta").is_dir():
        raise NotFound(f"There is no environment at {prefix}.", details={"prefix": str(prefix)})


def check_trusted(prefix: Path, trust: Trust) -> None:
    """Refuse an environment whose scripts and programs would run, and which other accounts can change.

    Raises:
        Forbidden: they can.
    """
    verdict = trust.judge(prefix)
    if not verdict.ok:
        problem = not_trusted(str(prefix), verdict)
        raise Forbidden(problem.message, remedy=problem.remedy, details=problem.details)


def check_changeable(prefix: Path) -> None:
    """Refuse what must not be removed, nor exchanged for another version of itself.

    Raises:
        NotFound: there is no environment.
        Busy: see :func:`check_settled`.
        Forbidden: it is a link, the base of an installation, frozen, what runs this program, or has other environments
            in it; or permissions forbid it.
    """
    if prefix.is_symlink():
        raise Forbidden(f"{prefix} is a link to {prefix.readlink()}.", remedy="Name the environment that it leads to.")
    check_there(prefix)
    check_settled(prefix)
    if is_root(prefix):
        raise Forbidden(f"{prefix} is the base of a conda installation.")
    if reason := why_frozen(prefix):
        raise Forbidden(f"{prefix} cannot be changed: {reason}.", remedy="Clone it.")
    if nested := sorted(path.parent.name for path in (prefix / "envs").glob("*/conda-meta")):
        raise Forbidden(
            f"{prefix} has other environments in its folder envs: {', '.join(nested)}.", remedy="Move these away first."
        )
    real = prefix.resolve()
    if any(Path(running).resolve().is_relative_to(real) for running in (sys.prefix, sys.base_prefix)):
        raise Forbidden(f"Jupyter itself runs in {prefix}.")
    if not os.access(prefix.parent, os.W_OK | os.X_OK) or not os.access(prefix, os.W_OK | os.X_OK):
        raise Forbidden(f"You may not change {prefix}.")
