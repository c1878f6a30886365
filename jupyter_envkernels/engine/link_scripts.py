"""Post-link scripts of packages: ``bin/.NAME-post-link.sh``, as conda-build's documentation describes them.

The engine would run them where it links, which is not where the environment will stand. They run after the rename, in
the activated environment.
"""

from __future__ import annotations

import graphlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ..errors import LinkFailed
from ..models import PlannedPackage
from .backend import Report
from .process import run

_MESSAGES = ".messages.txt"


async def run_post_link(
    prefix: Path, packages: Sequence[PlannedPackage], environ: Mapping[str, str], report: Report
) -> None:
    """Run the post-link scripts of packages, those of dependencies first.

    Args:
        prefix: the environment, in its final place.
        packages: what was linked into it.
        environ: the activated environment.
        report: gets what the scripts print, and what they leave in ``.messages.txt`` for the person.

    Raises:
        LinkFailed: a script failed; with the last line that it printed.
    """
    with_scripts = {package.name: package for package in packages if _script(prefix, package).is_file()}
    if not with_scripts:
        return
    for name in _in_order(packages):
        if name in with_scripts:
            await _run(prefix, with_scripts[name], environ, report)


async def _run(prefix: Path, package: PlannedPackage, environ: Mapping[str, str], report: Report) -> None:
    output: list[str] = []
    variables = {
        "PREFIX": str(prefix),
        "PKG_NAME": package.name,
        "PKG_VERSION": package.version,
        "PKG_BUILDNUM": str(json.loads(package.record).get("build_number", 0)),
    }
    report.log(f"Running the post-link script of {package.name}.")
    code = await run(
        ["bash", str(_script(prefix, package))], cwd=prefix, environ={**environ, **variables}, line=output.append
    )
    messages = prefix / _MESSAGES
    if messages.is_file():
        output += messages.read_text(encoding="utf-8", errors="replace").splitlines()
        messages.unlink()
    if output:
        report.log("\n".join(output))
    if code != 0:
        said = output[-1] if output else f"exit code {code}"
        raise LinkFailed(
            f"The post-link script of {package.name} failed: {said}",
            remedy=f"Choose another version of {package.name}, or remove it; the log has all that its script printed.",
        )


def _script(prefix: Path, package: PlannedPackage) -> Path:
    return prefix / "bin" / f".{package.name}-post-link.sh"


def _in_order(packages: Iterable[PlannedPackage]) -> list[str]:
    """Names of packages, each after those that it depends on; by name where they depend on each other in a circle."""
    graph = {
        package.name: {text.split(" ", 1)[0] for text in json.loads(package.record).get("depends", ())}
        for package in packages
    }
    try:
        return list(graphlib.TopologicalSorter(graph).static_order())
    except graphlib.CycleError:
        return sorted(graph)
