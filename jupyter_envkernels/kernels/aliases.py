"""Resolve names by which notebooks know a kernel but which are not listed.

They come from nb_conda_kernels, from another configuration of this package, from :mod:`.sync`, or from before a rename.
A name is resolved only if it can mean no other kernel.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeAlias

from ..envs.former_prefixes import read_former_prefixes
from ..envs.kernel_ids import clean, kernel_suffixes
from ..models import Environment, Kernel
from .kernelspecs import hashed_id

Meant: TypeAlias = "tuple[Environment, Kernel | None, str]"
_Fold: TypeAlias = "Callable[[str], str]"

_PYTHON = ("py", "python3", "python2")


def resolve(name: str, environments: Iterable[Environment]) -> Meant | None:
    """Return the only environment that a kernel name can mean, the kernel, and the kernel's raw name.

    As in jupyter_client, case is ignored, unless it distinguishes environments.

    Args:
        name: ``conda-base-KERNEL`` or ``conda-env-NAME-KERNEL``.
        environments: the existing environments.

    Returns:
        The kernel is None if the environment does not have it; the result is None if the name means no environment or
        more than one.
    """
    # Otherwise another account could name an environment so that a notebook runs its kernel, or makes a name ambiguous.
    trusted = [environment for environment in environments if environment.is_trusted]
    return _resolve(name, trusted, str) or _resolve(name, trusted, str.lower)


def _resolve(name: str, environments: Sequence[Environment], fold: _Fold) -> Meant | None:
    listed = [
        (env, kernel)
        for env in environments
        for kernel in env.kernels
        if fold(name) in map(fold, (kernel.id, hashed_id(env, kernel)))
    ]
    if len(listed) == 1:
        return *listed[0], listed[0][1].raw_name
    matches = [
        (environment, rest)
        for environment in environments
        for part in _parts(environment)
        if (rest := fold(name).removeprefix(fold(f"conda-{part}-"))) != fold(name) and rest
    ]
    exact: list[Meant] = [
        (env, kernel, kernel.raw_name) for env, rest in matches if (kernel := _kernel(env, rest, fold))
    ]
    found = exact or [(env, None, "python3") for env, rest in matches if rest in _PYTHON and not env.kernels]
    return found[0] if len({env.id for env, _, _ in found}) == 1 else None


def _parts(environment: Environment) -> set[str]:
    """Return the parts that may identify an environment in an id."""
    parts = _parts_of(environment.prefix) | {f"env-{clean(environment.prefix.name)}-{environment.id[:8]}"}
    for former in read_former_prefixes(environment.prefix):
        parts |= _parts_of(former)
    return parts | {"base", "root"} if environment.is_base else parts


def _parts_of(prefix: Path) -> set[str]:
    """Return the parts that may identify a prefix: its name, alone, with its hash, and with its project's name."""
    name = clean(prefix.name)
    # nb_conda_kernels also gave names such as env-project-lesson, for project/envs/lesson.
    parts = {f"env-{name}", f"env-{name}-{hashlib.sha256(os.fsencode(prefix)).hexdigest()[:8]}"}
    return parts | {f"env-{clean(prefix.parent.parent.name)}-{name}"} if prefix.parent.name == "envs" else parts


def _kernel(environment: Environment, rest: str, fold: _Fold) -> Kernel | None:
    suffixes = kernel_suffixes([kernel.raw_name for kernel in environment.kernels])
    for kernel in environment.kernels:
        if rest in map(fold, (suffixes[kernel.raw_name], clean(kernel.raw_name))):
            return kernel
    return None
