"""Does the environment's kernel start? Asked before the environment may be seen."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from ..errors import VerifyFailed
from .backend import Report
from .process import run

# The launcher is a stub that imports the kernel only when it runs.
_IMPORTS = {"ipykernel_launcher": "ipykernel.kernelapp"}


async def verify_kernels(prefix: Path, environ: Mapping[str, str], report: Report) -> None:
    """Check each kernelspec of a prefix: its program is there, and its Python module imports.

    Args:
        prefix: the environment, in its final place.
        environ: the activated environment.
        report: gets what the imports print.

    Raises:
        VerifyFailed: with the last line of what the kernel said.
    """
    for path in sorted((prefix / "share" / "jupyter" / "kernels").glob("*/kernel.json")):
        await _verify(path, prefix, environ, report)


async def _verify(path: Path, prefix: Path, environ: Mapping[str, str], report: Report) -> None:
    argv = _argv(path)
    program = prefix / "bin" / argv[0]  # an absolute argv[0] replaces what is before it
    if not program.exists():
        raise VerifyFailed(
            f"The kernel {path.parent.name} cannot start: its program {argv[0]} is not there.",
            remedy="Choose another version of the kernel package.",
        )
    if "-m" not in argv[:-1] or not program.name.startswith("python"):
        return
    module = argv[argv.index("-m") + 1]
    output: list[str] = []
    code = await run(
        [str(program), "-c", f"import {_IMPORTS.get(module, module)}"], cwd=prefix, environ=environ, line=output.append
    )
    if code != 0:
        report.log("\n".join(output))
        said = output[-1] if output else f"exit code {code}"
        raise VerifyFailed(
            f"The kernel {path.parent.name} of the new environment does not start: {said}",
            remedy="A package of the spec, often one of its pip section, does not fit the kernel. The log has more.",
        )


def _argv(path: Path) -> list[str]:
    try:
        argv = json.loads(path.read_text(encoding="utf-8"))["argv"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise VerifyFailed(f"The kernelspec {path} cannot be read: {error}.") from error
    if not isinstance(argv, list) or not argv or not all(isinstance(word, str) for word in argv):
        raise VerifyFailed(f"The kernelspec {path} has no argv.")
    return argv
