"""Find the root prefixes of conda, mamba and micromamba without running them."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from ..models import COMMITTED_MARK

_FOLDERS = ("miniforge3", "mambaforge", "miniconda3", "anaconda3", "micromamba", "conda")
_MANAGERS = ("conda", "mamba")


def home_of(environ: Mapping[str, str]) -> Path:
    """Return the home folder, to which a shell would expand ``~``."""
    home = environ.get("HOME")
    return Path(home) if home else Path.home()


def designated_root(environ: Mapping[str, str], running_prefix: Path = Path(sys.prefix)) -> Path | None:
    """Return the root prefix that variables, ``PATH`` or the running prefix name; None if none does.

    It depends on how this process was started and not on the existing environments, because kernel ids are derived
    from it.
    """
    for variable in ("CONDA_ROOT", "CONDA_ROOT_PREFIX", "MAMBA_ROOT_PREFIX"):
        if environ.get(variable):
            return Path(environ[variable])
    executable = environ.get("CONDA_EXE")
    if executable and os.path.isabs(executable):
        return Path(executable).parent.parent
    return _root_above(running_prefix) or _root_on_path(environ)


def usual_roots(environ: Mapping[str, str]) -> tuple[Path, ...]:
    """Return the default root prefixes of installers, whether or not they exist."""
    home = home_of(environ)
    parents = (home, Path("/opt"), Path("/usr/local"))
    return (*(parent / name for parent in parents for name in _FOLDERS), home / ".local/share/mamba")


def is_root(prefix: str | Path) -> bool:
    """Return whether a prefix is the root of an installation of conda or mamba: it has ``condabin``.

    The package ``conda`` has that folder too, so prefixes in a folder ``envs`` and those made by a job do not count.
    """
    if os.path.basename(os.path.dirname(prefix)) == "envs" or not os.path.isdir(f"{prefix}/condabin"):
        return False
    return not os.path.exists(f"{prefix}/{COMMITTED_MARK}")


def _root_above(prefix: Path) -> Path | None:
    candidates = [prefix] + ([prefix.parent.parent] if prefix.parent.name == "envs" else [])
    return next((root for root in candidates if is_root(root)), None)


def _root_on_path(environ: Mapping[str, str]) -> Path | None:
    for name in _MANAGERS:
        found = shutil.which(name, path=environ.get("PATH", ""))
        if found and is_root(root := Path(os.path.realpath(found)).parent.parent):
            return root
    return None
