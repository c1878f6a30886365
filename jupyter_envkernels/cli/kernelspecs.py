"""Run the verbs about kernelspecs."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from jupyter_core.paths import jupyter_data_dir

from ..config import load_traits
from ..errors import Forbidden, InvalidRequest
from ..kernels import sync
from ..kernels.nb_conda_kernels import written_kernelspecs
from ..kernels.specmanager import SyncEnvKernelSpecManager
from .output import Table, VerbResult, printable
from .settings import open_catalog


def show(_: Namespace) -> VerbResult:
    """List the kernelspecs as Jupyter sees them."""
    specs = SyncEnvKernelSpecManager(catalog=open_catalog()).get_all_specs()
    rows = [(name, model["spec"]["display_name"]) for name, model in sorted(specs.items())]
    return VerbResult({"kernelspecs": specs}, Table(("KERNEL", "SHOWN AS"), rows, empty="There are no kernels."))


def write(args: Namespace) -> VerbResult:
    """Write kernelspecs of environments as files, or remove them.

    Raises:
        InvalidRequest: they cannot be removed, because the configuration would write them again.
    """
    if args.remove and load_traits().sync_kernelspecs:
        raise InvalidRequest(
            "The setting c.EnvKernels.sync_kernelspecs keeps these kernelspecs.", remedy="Change the setting first."
        )
    data_dir = Path(jupyter_data_dir())
    replaced = [] if args.remove else _replace(args)
    report = asdict(sync.remove(data_dir) if args.remove else sync.sync(open_catalog(), data_dir))
    report["replaced"] = replaced
    return VerbResult(report, "\n".join(f"{what}: {', '.join(names) or '-'}" for what, names in report.items()))


def _replace(args: Namespace) -> list[str]:
    """Delete kernelspecs that nb_conda_kernels has written, and return their names.

    Raises:
        Forbidden: one of them cannot be deleted.
    """
    found = written_kernelspecs()
    if not found or not (args.replace or (not args.json and _is_agreed(found))):
        return []
    try:
        for folder in found:
            sync.remove_folder(folder)
    except OSError as error:
        raise Forbidden(
            f"{error.filename} cannot be deleted: {error.strerror}.", remedy="Ask the administrator to delete it."
        ) from error
    return [folder.name for folder in found]


def _is_agreed(folders: Sequence[Path]) -> bool:
    """Ask for confirmation at a terminal; without one, return False."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    for folder in folders:
        print(printable(str(folder)), file=sys.stderr)
    print("nb_conda_kernels has written these kernelspecs. Replace them? [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in {"y", "yes"}
