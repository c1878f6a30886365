"""Check that the kernels of an environment start, before the environment is visible.

To import a kernel takes longer than to link a small environment, so it is imported only if that may fail. An
environment with the same packages as one that has passed, on the same kind of machine and with nothing from elsewhere,
passes without an import; the package cache stores which. So does one with conda packages alone, unless its kernel is
older than its Python.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
from collections.abc import Container, Mapping
from contextlib import suppress
from pathlib import Path

from ...envs.interpreters import other_prefix
from ...envs.prefixes import MAX_KERNEL_JSON_BYTES
from ...errors import VerifyFailed
from ...files import read_file
from ...models import Plan
from ..backend import Report
from ..isolated_python import isolated
from ..process import run
from ..traceback_summary import foreign_part, last_words
from .kernel_age import is_of_its_time

# the launcher is a stub that imports the kernel only when it runs
_IMPORTS = {"ipykernel_launcher": "ipykernel.kernelapp"}


def is_sure(plan: Plan, package_cache: Path) -> bool:
    """Return whether the kernel of an environment of this plan need not be imported."""
    return _is_exact(plan) and (_record_of(plan, package_cache).exists() or is_of_its_time(plan))


def remember(plan: Plan, package_cache: Path) -> None:
    """Record that an environment of this plan has passed."""
    if _is_exact(plan):
        record = _record_of(plan, package_cache)
        with suppress(OSError):
            record.parent.mkdir(parents=True, exist_ok=True)
            record.touch()


def _is_exact(plan: Plan) -> bool:
    """Return whether the digest of a plan identifies all files; of pip packages it has only the lines."""
    return not plan.pip and all(package.sha256 for package in plan.packages)


def _record_of(plan: Plan, package_cache: Path) -> Path:
    machine = "-".join(filter(None, [os.uname().machine, *platform.libc_ver()]))
    return package_cache / "passed" / f"{plan.digest}-{machine}"


async def broken_kernels(prefix: Path, environ: Mapping[str, str]) -> frozenset[str]:
    """Return names of kernelspecs whose program or module is missing."""
    return frozenset([path.parent.name for path in _kernelspecs(prefix) if not await _passes(path, prefix, environ)])


async def _passes(path: Path, prefix: Path, environ: Mapping[str, str]) -> bool:
    try:
        argv, program = _program(path, prefix, environ)
    except VerifyFailed:
        return False
    module = _module(argv, program)
    return not module or _is_there(module, prefix)


async def verify_kernels(
    prefix: Path,
    environ: Mapping[str, str],
    report: Report,
    *,
    imports: bool,
    excused: Container[str] = (),
) -> None:
    """Check that the program and the Python module of each kernelspec exist.

    Args:
        prefix: the environment, in its final place.
        environ: the activated environment.
        report: gets the output of imports.
        imports: import the module. Otherwise it is sufficient that its file exists: for a clone of an environment that
            has passed, and if :func:`is_sure`.
        excused: names of kernelspecs that need not pass, because they did not before.

    Raises:
        VerifyFailed: a kernel does not start; with its error.
    """
    for path in _kernelspecs(prefix):
        if path.parent.name in excused:
            report.log(f"The kernelspec {path.parent.name} did not work before, and is not checked.")
        else:
            await _verify(path, prefix, environ, report, imports=imports)


def _kernelspecs(prefix: Path) -> list[Path]:
    return sorted((prefix / "share" / "jupyter" / "kernels").glob("*/kernel.json"))


async def _verify(path: Path, prefix: Path, environ: Mapping[str, str], report: Report, *, imports: bool) -> None:
    argv, program = _program(path, prefix, environ)
    if other := other_prefix(str(program), str(prefix)):
        report.log(f"The kernelspec {path.parent.name} runs the interpreter of {other}, and is not checked.")
        return
    module = _module(argv, program)
    if not module or (not imports and _is_there(module, prefix)):
        return
    output: list[str] = []
    code = await run(isolated(program, f"import {module}"), cwd=prefix, environ=environ, line=output.append)
    if code != 0:
        report.log("\n".join(output))
        raise VerifyFailed(
            f"The kernel {path.parent.name} of the new environment does not start: {last_words(output, code)}",
            remedy=foreign_part(output, prefix)
            or "A package of the spec, often in its pip section, is not compatible with the kernel. See the log.",
            explanation="\n".join(output),
            details={"kernel": path.parent.name},
        )


def _program(path: Path, prefix: Path, environ: Mapping[str, str]) -> tuple[list[str], Path]:
    """Return the command of a kernelspec, and the path of its program.

    Raises:
        VerifyFailed: the program is missing.
    """
    argv = _argv(path)
    program = prefix / "bin" / argv[0]  # an absolute argv[0] replaces what is before it
    is_elsewhere = not program.name.startswith("python") and shutil.which(argv[0], path=environ.get("PATH"))
    if not program.exists() and not is_elsewhere:
        raise VerifyFailed(
            f"The kernel {path.parent.name} cannot start: its program {argv[0]} does not exist.",
            remedy="Choose another version of the kernel package.",
        )
    return argv, program


def _module(argv: list[str], program: Path) -> str:
    """Return the Python module of a kernel; empty if it is another program."""
    if "-m" not in argv[:-1] or not program.name.startswith("python"):
        return ""
    module = argv[argv.index("-m") + 1]
    return _IMPORTS.get(module, module)


def _is_there(module: str, prefix: Path) -> bool:
    """Return whether the file of a module exists where packages install it; False if only an import could tell."""
    place = module.replace(".", "/")
    folders = prefix.glob("lib/python3.*/site-packages")
    return any((folder / f"{place}{end}").is_file() for folder in folders for end in (".py", "/__init__.py"))


def _argv(path: Path) -> list[str]:
    try:
        argv = json.loads(read_file(path, MAX_KERNEL_JSON_BYTES))["argv"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise VerifyFailed(f"The kernelspec {path} cannot be read: {error}.") from error
    if not isinstance(argv, list) or not argv or not all(isinstance(word, str) for word in argv):
        raise VerifyFailed(f"The kernelspec {path} has no argv.")
    return argv
