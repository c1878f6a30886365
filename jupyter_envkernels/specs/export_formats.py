"""Write the packages of an environment as a file from which it can be recreated.

Formats: environment.yml (CEP 24, https://conda.org/learn/ceps/cep-0024/), the list of URLs that ``conda list
--explicit`` writes (CEP 23, https://conda.org/learn/ceps/cep-0023/), and pip's requirements file. A pixi.lock needs the
engine: see ``engine.export``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from ..models import EnvSpec, ExportFormat, InstalledPackage, Inventory, PlannedPackage
from .environment_yml import write
from .redact import without_credentials
from .requirements import title_of

_PUBLIC = re.compile(r"https://conda\.anaconda\.org/(?P<name>.+)|https://repo\.anaconda\.com/pkgs/(?:main|r|msys2)")


def export_text(name: str, inventory: Inventory, form: ExportFormat) -> str:
    """Return an environment as text, without credentials.

    Args:
        name: of the environment.
        inventory: its packages.
        form: every format but ``pixi-lock``.
    """
    return without_credentials(_WRITERS[form](name, inventory))


def channels_of(packages: Iterable[InstalledPackage | PlannedPackage]) -> tuple[str, ...]:
    """Return the URLs of the channels of packages, most used first."""
    counts = Counter(package.channel for package in packages if package.channel)
    return tuple(sorted(counts, key=lambda channel: (-counts[channel], channel)))


def channel_name(url: str) -> str:
    """Return the name of a channel of anaconda.org or of ``defaults``; else its URL."""
    found = _PUBLIC.fullmatch(url.rstrip("/"))
    return (found["name"] or "defaults") if found else url


def _channel_names(inventory: Inventory) -> tuple[str, ...]:
    return tuple(dict.fromkeys(channel_name(url) for url in channels_of(inventory.of("conda"))))


def _yaml(name: str, inventory: Inventory) -> str:
    return _environment_yml(name, inventory, lambda package: f"={package.version}={package.build}")


def _yaml_no_builds(name: str, inventory: Inventory) -> str:
    return _environment_yml(name, inventory, lambda package: f"=={package.version}")


def _environment_yml(name: str, inventory: Inventory, pin: Callable[[InstalledPackage], str]) -> str:
    """Return all packages; those not of the first channel name theirs, as priority could choose another."""
    channels = _channel_names(inventory)

    def line(package: InstalledPackage) -> str:
        channel = channel_name(package.channel)
        prefix = f"{channel}::" if channel and channel != channels[0] else ""
        return f"{prefix}{package.name}{pin(package)}"

    dependencies = tuple(line(package) for package in inventory.of("conda"))
    return write(EnvSpec(name, channels, dependencies, _requirement_lines(inventory), inventory.variables))


def _yaml_from_history(name: str, inventory: Inventory) -> str:
    """Return the requested packages; all packages if it is not recorded which they are."""
    if not inventory.requested:
        return _yaml_no_builds(name, inventory)
    asked = tuple(package.requirement for package in inventory.of("pip") if package.requested)
    return write(EnvSpec(name, _channel_names(inventory), inventory.requested, asked, inventory.variables))


def _explicit(_: str, inventory: Inventory) -> str:
    conda = inventory.of("conda")
    lines = ["# conda create --name NAME --file FILE makes an environment of these packages."]
    if inventory.platform:
        lines.append(f"# platform: {inventory.platform}")
    if left_out := inventory.of("pip"):
        lines.append(f"# Not in this list, because pip installed them: {', '.join(p.name for p in left_out)}")
    lines += [f"# no URL: {package.name}={package.version}={package.build}" for package in conda if not package.url]
    lines.append("@EXPLICIT")
    return "\n".join([*lines, *(_hashed_url(package) for package in conda if package.url)]) + "\n"


def _hashed_url(package: InstalledPackage) -> str:
    """Return the URL with its hash, whose length tells the algorithm, as conda writes it."""
    return "#".join(filter(None, (package.url, package.sha256 or package.md5)))


def _requirements(_: str, inventory: Inventory) -> str:
    python = next((package.version for package in inventory.of("conda") if package.name == "python"), "")
    return "\n".join([title_of(python), *_requirement_lines(inventory)]) + "\n"


def _requirement_lines(inventory: Inventory) -> tuple[str, ...]:
    return tuple(package.requirement for package in inventory.of("pip"))


_WRITERS: Mapping[str, Callable[[str, Inventory], str]] = {
    "yaml": _yaml,
    "yaml-no-builds": _yaml_no_builds,
    "yaml-from-history": _yaml_from_history,
    "explicit": _explicit,
    "requirements": _requirements,
}
