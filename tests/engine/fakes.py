"""What stands for the package manager and for the report of a job; ``test_backend.py`` holds them to what they fake."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from jupyter_envkernels.engine.backend import NO_LIMIT, NO_ORIGINS, Report
from jupyter_envkernels.envs.prefix_data import record_path, record_paths
from jupyter_envkernels.errors import DownloadFailed, SolveFailed
from jupyter_envkernels.models import JobPhase, LockedPackage, PlannedPackage, ProgressUnit, Room

CHANNEL = "https://conda.example/main"
ABSENT = "does-not-exist"
"""The one package that no channel has."""


def nothing(_: Path) -> None:
    """A package manager that does nothing else."""


def planned(spec: str, channel: str) -> PlannedPackage:
    """Return the package that ``NAME`` or ``NAME=VERSION`` means."""
    name, _, version = spec.partition("=")
    version = version or "1.0"
    url = f"{channel}/noarch/{name}-{version}-0.conda"
    return PlannedPackage(name, version, "0", channel, "noarch", url, None, 1, cached=True, record="{}")


@dataclass
class SmallBackend:
    """A :class:`~jupyter_envkernels.engine.backend.Backend` whose packages are one file each.

    Attributes:
        address: of all packages; empty where they are in the channel that lists them.
        at_solve, after_install: called with the staging folder, to go wrong or to do something else meanwhile.
    """

    address: str = ""
    at_solve: Callable[[], None] = lambda: None
    after_install: Callable[[Path], None] = nothing

    async def solve(
        self,
        specs: Sequence[str],
        channels: Sequence[str],
        installed: Sequence[PlannedPackage] = (),
        *,
        fixed: bool = False,
        origins: Mapping[str, str] = NO_ORIGINS,
    ) -> tuple[PlannedPackage, ...]:
        self.at_solve()
        there = {package.name: package for package in installed}
        found = [there.get(spec) or planned(spec, self.address or channels[0]) for spec in sorted(specs)]
        _check_known(found)
        if fixed and any(package.version != there.get(package.name, package).version for package in found):
            raise SolveFailed("A package is fixed.")
        return tuple(found)

    async def locked(self, packages: Sequence[LockedPackage]) -> tuple[PlannedPackage, ...]:
        parts = [package.url.rsplit("/", 2) for package in packages]
        found = [_of_stem(file.removesuffix(".conda"), channel) for channel, _, file in parts]
        if any(package.name == ABSENT for package in found):
            raise DownloadFailed("A package is not there.")
        return tuple(sorted(found, key=lambda package: package.name))

    async def find(self, dists: Sequence[str], installed: Sequence[PlannedPackage]) -> tuple[PlannedPackage, ...]:
        parts = [dist.replace("::", "/").rsplit("/", 2) for dist in dists]
        found = [_of_stem(stem, channel) for channel, _, stem in parts]
        _check_known(found)
        return tuple(sorted(found, key=lambda package: package.name))

    def log_in(self, places: Sequence[str]) -> None:
        """No channel asks for a login."""

    def is_newer(self, version: str, other: str) -> bool:
        return [int(part) for part in version.split(".")] > [int(part) for part in other.split(".")]

    async def install(
        self,
        packages: Sequence[PlannedPackage],
        staging: Path,
        prefix: Path,
        requested: Sequence[str],
        report: Report,
        *,
        room: Room = NO_LIMIT,
    ) -> None:
        report.phase("linking", "Linking")
        kernel = staging / "share" / "jupyter" / "kernels" / "demo" / "kernel.json"
        for folder in (staging / "conda-meta", staging / "bin", kernel.parent):
            folder.mkdir(parents=True, exist_ok=True)
        for path in record_paths(staging):
            (staging / "bin" / json.loads(path.read_text())["name"]).unlink()
            path.unlink()
        for package in packages:
            link(package, staging, prefix)
        kernel.unlink(missing_ok=True)
        kernel.write_text(json.dumps({"argv": [f"{prefix}/bin/demo"], "display_name": "Demo", "language": "demo"}))
        self.after_install(staging)


def _of_stem(stem: str, channel: str) -> PlannedPackage:
    name, version, _ = stem.rsplit("-", 2)
    return planned(f"{name}={version}", channel)


def _check_known(packages: Iterable[PlannedPackage]) -> None:
    if any(package.name == ABSENT for package in packages):
        raise SolveFailed("No channel has a package.")


def link(package: PlannedPackage, staging: Path, prefix: Path) -> None:
    program = staging / "bin" / package.name
    program.write_text(f"#!{prefix}/bin/sh\n" if package.version == "1.0" else f"# {package.version}\n")
    program.chmod(0o755)
    record = {
        "name": package.name,
        "version": package.version,
        "build": package.build,
        "channel": package.channel,
        "subdir": package.subdir,
        "url": package.url,
        "files": [f"bin/{package.name}"],
        "paths_data": {"paths": [{"_path": f"bin/{package.name}", "prefix_placeholder": "/placeholder"}]},
    }
    record_path(staging, package.name, package.version, package.build).write_text(json.dumps(record))


@dataclass
class Heard:
    """A report that keeps what it hears, and can fail as one on a full disk does."""

    fails_at: JobPhase | None = None
    at_phase: Callable[[str], None] = lambda _: None
    phases: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    amounts: dict[str, list[tuple[int, int | None, str]]] = field(default_factory=dict)

    def phase(self, phase: JobPhase, message: str) -> None:
        self.phases.append(phase)
        self.at_phase(phase)
        if phase == self.fails_at:
            raise OSError(28, os.strerror(28), "events.jsonl")

    def progress(self, done: int, total: int | None, unit: ProgressUnit) -> None:
        self.amounts.setdefault(self.phases[-1] if self.phases else "", []).append((done, total, unit))

    def log(self, text: str) -> None:
        self.lines += text.splitlines()
