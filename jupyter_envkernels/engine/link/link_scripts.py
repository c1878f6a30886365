"""Run post-link scripts of packages, ``bin/.NAME-post-link.sh``, as conda-build's documentation describes them.

The engine would run them in the staging prefix, which has another path. So they run after the rename, in the activated
environment. Pre-unlink scripts do not run: they would change an environment that must not change before its new version
is complete.
"""

from __future__ import annotations

import graphlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
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
        packages: those that were linked into it.
        environ: the activated environment.
        report: gets the output of the scripts, and their messages for users in ``.messages.txt``.

    Raises:
        LinkFailed: a script failed; with its error, or its last line.
    """
    for package in _with_script(prefix, packages):
        code, output = await _run(prefix, package, environ, report)
        if code != 0:
            said = last_words(output, code)
            raise LinkFailed(
                f"The post-link script of {package.name} failed: {said}",
                remedy=f"Choose another version of {package.name}, or remove it; "
                "see the log for the output of the script.",
            )


def without_pre_unlink(prefix: Path, names: Collection[str] | None = None) -> str:
    """Return a sentence on packages whose pre-unlink scripts are not run; empty if there are none.

    Args:
        prefix: the environment, before packages are unlinked.
        names: of the packages to unlink; None for all.
    """
    before, _, after = _script(Path(), "*", "pre-unlink").name.partition("*")
    found = (path.name[len(before) : -len(after)] for path in (prefix / "bin").glob(f"{before}*{after}"))
    if not (going := sorted(name for name in found if names is None or name in names)):
        return ""
    return (
        f"Pre-unlink scripts are not run ({', '.join(going)}): changes that these packages made to other files remain."
    )


def _with_script(prefix: Path, packages: Sequence[PlannedPackage]) -> list[PlannedPackage]:
    """Return the packages that have a post-link script, dependencies first."""
    found = {package.name: package for package in packages if _script(prefix, package.name, "post-link").is_file()}
    return [found[name] for name in _in_order(packages) if name in found] if found else []


async def _run(
    prefix: Path, package: PlannedPackage, environ: Mapping[str, str], report: Report
) -> tuple[int, list[str]]:
    """Run a script; return its exit code, and the lines of its output and its messages for users."""
    output: list[str] = []
    variables = {
        "PREFIX": str(prefix),
        "PKG_NAME": package.name,
        "PKG_VERSION": package.version,
        "PKG_BUILDNUM": str(json.loads(package.record).get("build_number", 0)),
    }
    report.log(f"Running the post-link script of {package.name}.")
    path = _script(prefix, package.name, "post-link")
    code = await run(["bash", str(path)], cwd=prefix, environ={**environ, **variables}, line=output.append)
    messages = prefix / _MESSAGES
    if messages.is_file():
        output += read_head(messages, _MAX_BYTES).decode(errors="replace").splitlines()
        messages.unlink()
    if output:
        report.log("\n".join(output))
    return code, output


def _script(prefix: Path, name: str, kind: str) -> Path:
    """Return where a package has its script of a kind."""
    return prefix / "bin" / f".{name}-{kind}.sh"


def _in_order(packages: Iterable[PlannedPackage]) -> list[str]:
    """Return names of packages in the order of dependencies; sorted if there is a cycle."""
    graph = {
        package.name: {text.split(" ", 1)[0] for text in json.loads(package.record).get("depends", ())}
        for package in packages
    }
    try:
        return list(graphlib.TopologicalSorter(graph).static_order())
    except graphlib.CycleError:
        return sorted(graph)
