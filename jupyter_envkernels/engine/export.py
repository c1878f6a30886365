"""Export an environment as text: every format of ``specs``, and pixi's lock file.

py-rattler writes the lock file (https://pixi.sh/latest/workspace/lockfile/).
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..envs.inventory import read_installed, read_inventory
from ..errors import BackendMissing
from ..models import Environment, Exported, ExportFormat, InstalledPackage, Inventory
from ..specs import channels_of, export_text, without_credentials

if TYPE_CHECKING:
    import rattler


def export(environment: Environment, form: ExportFormat) -> Exported:
    """Export an environment.

    Raises:
        NotFound: the environment no longer exists.
        InvalidSpec: a record of it is unreadable.
        BackendMissing: the format needs py-rattler, which cannot be imported.
    """
    inventory = read_inventory(environment.prefix)
    left_out = tuple(package.name for package in inventory.packages if not _has_place(package, form))
    if form == "pixi-lock":
        return Exported(_pixi_lock(environment.prefix, inventory, left_out), left_out)
    return Exported(export_text(environment.name, inventory, form), left_out)


def _has_place(package: InstalledPackage, form: ExportFormat) -> bool:
    """Return whether a format can hold a package.

    A lock file needs the URL or folder of a pip package; for a package from an index, no URL is recorded.
    """
    if form == "explicit":
        return package.manager == "conda" and bool(package.url)
    return form != "pixi-lock" or package.manager == "conda" or bool(_location(package))


def _pixi_lock(prefix: Path, inventory: Inventory, left_out: Sequence[str]) -> str:
    """Return a lock file with one environment, for the platform that the environment is for."""
    try:
        import rattler  # noqa: PLC0415 - its import costs more than the other formats

        from .solve.rattler_records import read_records  # noqa: PLC0415
    except ImportError as error:
        raise BackendMissing(f"py-rattler cannot be loaded: {error}", remedy="Install py-rattler again.") from error
    platform = rattler.LockPlatform(inventory.platform or str(rattler.Subdir.current()))
    lock = rattler.LockFile([platform])
    lock.set_channels("default", [rattler.LockChannel(f"{channel}/") for channel in channels_of(inventory.of("conda"))])
    installed = read_installed(prefix)
    for record in read_records(package for package in installed.conda if package.name not in installed.replaced):
        lock.add_conda_package("default", platform, record)
    for package in inventory.of("pip"):
        if location := _location(package):
            lock.add_pypi_package("default", platform, package.name, package.version, location)
    head = f"# Left out, because pip installed them from an index: {', '.join(left_out)}\n" if left_out else ""
    return head + without_credentials(_text(lock))


def _location(package: InstalledPackage) -> str:
    """Return the URL or folder that a pip package was installed from; empty if it came from an index."""
    name, is_url, url = package.requirement.partition(" @ ")
    return url if is_url else name.partition("-e ")[2]


def _text(lock: rattler.LockFile) -> str:
    """Return the text of a lock file, which py-rattler can only write to a path."""
    with tempfile.TemporaryDirectory(prefix="envkernels-lock-") as folder:
        path = Path(folder, "pixi.lock")
        lock.to_path(path)
        return path.read_text(encoding="utf-8")
