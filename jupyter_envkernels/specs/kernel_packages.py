"""Know which packages contain a Jupyter kernel."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

# By name: nothing in the metadata of a package says that it contains a kernel.
_BRINGS_A_KERNEL = re.compile(
    r"ipykernel|xeus-.+|r-irkernel|r-xeusr|.+[-_]kernel|metakernel.*|ijulia"
    r"|jupyterlab|notebook|jupyter|jupyter_console|spyder-kernels"
)


def brings_a_kernel(name: str) -> bool:
    """Return whether a package of that name, in lower case, contains a kernel."""
    return _BRINGS_A_KERNEL.fullmatch(name) is not None


def kernel_packages_missing(names: Iterable[str], kernel_packages: Sequence[str]) -> tuple[str, ...]:
    """Return the packages to add so that an environment with python has a kernel; empty if none are needed.

    Args:
        names: of packages in the environment or the spec.
        kernel_packages: packages to add, such as ``("ipykernel",)``.
    """
    present = {name.lower() for name in names}
    if "python" not in present or any(map(brings_a_kernel, present)):
        return ()
    return tuple(name for name in kernel_packages if name.lower() not in present)


def kernel_packages_for(names: Iterable[str], kernel_packages: Sequence[str]) -> tuple[str, ...]:
    """Return the packages that give a kernel to an environment without one; empty if its language is unknown.

    Args:
        names: of packages in the environment.
        kernel_packages: those for python, such as ``("ipykernel",)``.
    """
    present = {name.lower() for name in names}
    if "python" in present:
        return tuple(kernel_packages)
    return ("r-irkernel",) if "r-base" in present else ()
