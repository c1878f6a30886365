"""Scripts of packages: ``bin/.NAME-post-link.sh`` and its like, as conda-build's documentation describes them.

The engine would run those of post-link where it links, which is not where the environment will stand. They run after
the rename, in the activated environment. When those of pre-unlink run, :mod:`.unlink_scripts` tells.
"""

from __future__ import annotations

import graphlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ...errors import LinkFailed
from ...files import read_head
from ...models import PlannedPackage
from ..backend import Report
from ..process import run
from ..traceback_summary import last_words

_MESSAGES = ".messages.txt"
_MAX_BYTES = 1 << 20


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
        LinkFailed: a script failed; with the error that it told, or its last line.
    """
    for package in _with_script(prefix, packages, "post-link"):
        code, output = await _run(prefix, package, "post-link", environ, report)
        if code != 0:
            said = last_words(output, code)
            raise LinkFailed(
                f"The post-link script of {package.name} failed: {said}",
                remedy=f"Choose another version of {package.name}, or remove it; "
                "the log has all that its script printed.",
            )


async def run_pre_unlink(
    prefix: Path, packages: Sequence[PlannedPackage], environ: Mapping[str, str], report: Report
) -> None:
    """Run the pre-unlink scripts of packages, those of dependencies last.

    Args:
        prefix: the environment, with its packages still complete.
        packages: what will be unlinked.
        environ: the activated environment.
        report: gets what the scripts print, and which ones failed: as with conda, that hinders nothing.
    """
    for package in reversed(_with_script(prefix, packages, "pre-unlink")):
        code, _ = await _run(prefix, package, "pre-unlink", environ, report)
        if code != 0:
            report.log(f"The pre-unlink script of {package.name} failed with exit code {code}; going on without it.")


def _with_script(prefix: Path, packages: Sequence[PlannedPackage], kind: str) -> list[PlannedPackage]:
    """Packages that have such a script, dependencies first."""
    found = {package.name: package for package in packages if script(prefix, package.name, kind).is_file()}
    return [found[name] for name in _in_order(packages) if name in found] if found else []


async def _run(
    prefix: Path, package: PlannedPackage, kind: str, environ: Mapping[str, str], report: Report
) -> tuple[int, list[str]]:
    """Run a script; its exit code, and the lines that it has printed and left for the person."""
    output: list[str] = []
    variables = {
        "PREFIX": str(prefix),
        "PKG_NAME": package.name,
        "PKG_VERSION": package.version,
        "PKG_BUILDNUM": str(json.loads(package.record).get("build_number", 0)),
    }
    report.log(f"Running the {kind} script of {package.name}.")
    path = script(prefix, package.name, kind)
    code = await run(["bash", str(path)], cwd=prefix, environ={**environ, **variables}, line=output.append)
    messages = prefix / _MESSAGES
    if messages.is_file():
        output += read_head(messages, _MAX_BYTES).decode(errors="replace").splitlines()
        messages.unlink()
    if output:
        report.log("\n".join(output))
    return code, output


def script(prefix: Path, name: str, kind: str) -> Path:
    """Return where a package has its script of a kind."""
    return prefix / "bin" / f".{name}-{kind}.sh"


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
