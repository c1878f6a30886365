"""Run the verb that shows the program's versions, folders and configuration."""

from __future__ import annotations

import asyncio
import os
import platform
import sys
from argparse import Namespace
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from .._version import __version__
from ..config import config_files
from ..documents import info_json
from ..jobs.lint_client import LintClient
from ..jobs.settings import read_setup
from ..models import EngineOptions, Machine, size
from .environments import environments
from .output import VerbResult, printable
from .settings import manager_options, open_catalog

_SECONDS = 30.0
"""Timeout for the engine, which may be loaded from a slow disk."""

Json = Mapping[str, Any]


def show(args: Namespace) -> VerbResult:
    """Show versions, folders and configuration; with ``--envs`` the environments."""
    if args.envs:
        return environments(sizes=False)
    catalog, options = open_catalog(), manager_options()
    document = info_json(
        read_setup(catalog, options),
        asyncio.run(_machine(options.engine)),
        version=__version__,
        python=Path(sys.executable),
        python_version=platform.python_version(),
        rattler_version=_rattler_version(),
        virtual_package_overrides={
            name: value for name, value in sorted(os.environ.items()) if name.startswith("CONDA_OVERRIDE_")
        },
        condarc_files=catalog.settings().files,
        config_files=tuple(config_files()),
        journal_dir=options.journal_dir,
    )
    return VerbResult(document, _aligned(_lines(document)))


async def _machine(options: EngineOptions) -> Machine | None:
    lint_client = LintClient(options)
    try:
        return await lint_client.machine(_SECONDS)
    finally:
        await lint_client.stop()


def _rattler_version() -> str | None:
    try:
        return version("py-rattler")
    except PackageNotFoundError:
        return None


def _lines(info: Json) -> Iterator[tuple[str, Iterable[str]]]:
    """Yield labels and values."""
    yield "version", [info["version"]]
    yield "python", [f"{info['python_version']} ({info['python']})"]
    yield "py-rattler", [info["rattler_version"] or "not installed"]
    yield "platform", [info["platform"] or "unknown: the engine does not respond"]
    found = info["virtual_packages"] or ()
    yield "virtual packages", [f"{each['name']}={each['version']}={each['build']}" for each in found]
    yield "overrides", [f"{name}={value}" for name, value in info["virtual_package_overrides"].items()]
    yield "channel URLs", info["channel_urls"]
    yield "channel priority", [info["channel_priority"]]
    yield "environment folders", _folders(info)
    free = "" if info["free_bytes"] is None else f" ({size(info['free_bytes'])} free)"
    yield "new environments in", [f"{info['root']}{free}" if info["root"] else "none: no folder is writable"]
    yield "package cache", [info["package_cache"]]
    yield "journals of jobs", [info["journal_dir"]]
    yield "conda configuration", info["condarc_files"]
    yield "Jupyter configuration", info["config_files"]
    yield "policy files", info["limits"]["files"]
    if problem := info["policy_problem"]:
        yield "policy problem", [problem["message"]]


def _folders(info: Json) -> Iterator[str]:
    """Yield the folders of environments that exist, and that of new ones; ``doctor`` shows all that are searched."""
    for place in info["locations"]:
        if place["kind"] == "folder" and (place["exists"] or place["path"] == info["root"]):
            access = "writable" if place["writable"] else "read-only"
            yield f"{place['path']} ({'shared, ' if place['is_shared'] else ''}{access})"


def _aligned(lines: Iterable[tuple[str, Iterable[str]]]) -> str:
    """Return labels right-aligned before their values, each value on a line of its own."""
    known = [(label, list(values) or ["none"]) for label, values in lines]
    width = max(len(label) for label, _ in known)
    rows = [
        f"{label if not number else '':>{width}} {' ' if number else ':'} {printable(value)}"
        for label, values in known
        for number, value in enumerate(values)
    ]
    return "\n".join(rows)
