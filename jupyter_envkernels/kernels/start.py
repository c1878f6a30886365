"""Find out how the kernel of an environment starts, at each start by the provisioner or the launcher.

The command line activates environments for other programs by the same rules.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from ..envs.activation import Activated, activate, activation_files, conda_scripts
from ..envs.conda_config.condarc import load_settings
from ..envs.prefixes import KERNELS, NotAnEnvironment, RawKernel, read_prefix
from ..envs.trust import Trust, TrustSession
from ..envs.usage import record_activation
from ..errors import EnvKernelsError, Forbidden
from ..models import Problem


@dataclass(frozen=True, slots=True)
class Start:
    """How a kernel starts, or why it cannot.

    Attributes:
        argv: its command.
        environ: the variables when the prefix of its interpreter is activated.
        variables: those of its kernel.json; values may refer to others as ``${NAME}``.
        problem: why it cannot start.
        script_problems: scripts that failed, which does not keep it from starting.
    """

    argv: list[str] = field(default_factory=list)
    environ: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    problem: Problem | None = None
    script_problems: tuple[Problem, ...] = ()


def prepare(prefix: str, raw_name: str, environ: Mapping[str, str], trust: Callable[[], Trust]) -> Start:
    """Read the files of a kernel's environment, and run its activation scripts.

    Scripts that fail are stored, and listed with the environment.

    Args:
        prefix: of the environment.
        raw_name: of the kernel's folder.
        environ: the variables of this process.
        trust: returns the rule that decides whose files may be used.
    """
    try:
        return _look(prefix, raw_name, environ, trust().session())
    except NotAnEnvironment as absence:
        return Start(problem=absence.problem)
    except EnvKernelsError as failure:
        return Start(problem=failure.problem)


def _look(prefix: str, raw_name: str, environ: Mapping[str, str], session: TrustSession) -> Start:
    contents = read_prefix(prefix, session)
    kernel = next((kernel for kernel in contents.kernels if kernel.name == raw_name), None)
    problem = _problem(kernel, contents.problem)
    if problem or kernel is None or kernel.spec is None:
        return Start(problem=problem)
    active = Path(kernel.other_prefix or prefix)
    argv = kernel.spec["argv"]
    check_files([f"{prefix}/{KERNELS}/{raw_name}/kernel.json", *filter(os.path.isabs, argv[:1])], session)
    activated = activate_trusted(active, environ, session)
    script_problems = tuple(chain.from_iterable(activated.problems.values()))
    return Start(argv, activated.environ, kernel.spec.get("env", {}), script_problems=script_problems)


def activate_trusted(prefix: Path, environ: Mapping[str, str], session: TrustSession) -> Activated:
    """Activate an environment for a program that the user starts, and store which scripts failed.

    Raises:
        Forbidden: other accounts can change a file that would be run or read.
        OperationFailed: there are scripts, but no shell can be started to run them.
    """
    check_files(activation_files(prefix), session)
    if "CONDA_PREFIX" in environ:
        check_files(conda_scripts(Path(environ["CONDA_PREFIX"]), "deactivate.d"), session)
    activated = activate(prefix, environ, settings=load_settings(environ), server=Path(sys.prefix))
    record_activation(activated.problems)
    return activated


def check_files(paths: Iterable[str], session: TrustSession) -> None:
    """Refuse to start if other accounts can change a file that is run or read.

    Raises:
        Forbidden: they can.
    """
    for path in paths:
        if not (verdict := session.judge(path)).ok:
            raise Forbidden(
                f"{path} decides what runs, and other accounts can change it: {verdict.reason}",
                remedy="Remove their permission to write, or the file.",
            )


def _problem(kernel: RawKernel | None, of_environment: Problem | None) -> Problem | None:
    if kernel is not None:
        return kernel.problem
    return of_environment or Problem("no-kernel", "The environment no longer has this kernel.", "Add it again.")
