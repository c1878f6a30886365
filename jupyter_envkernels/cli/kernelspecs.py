"""Verbs about kernelspecs."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict
from pathlib import Path

from jupyter_core.paths import jupyter_data_dir

from ..config import load_traits
from ..errors import InvalidRequest
from ..kernels import sync
from ..kernels.specmanager import SyncEnvKernelSpecManager
from .answer import Answer
from .doors import open_catalog
from .tables import table, terminal_width


def show(_: Namespace) -> Answer:
    """``kernels``."""
    specs = SyncEnvKernelSpecManager(catalog=open_catalog()).get_all_specs()
    rows = [(name, model["spec"]["display_name"]) for name, model in sorted(specs.items())]
    text = table(("KERNEL", "SHOWN AS"), rows, width=terminal_width())
    return Answer({"kernelspecs": specs}, text if rows else "There are no kernels.")


def write(args: Namespace) -> Answer:
    """``sync``.

    Raises:
        InvalidRequest: the configuration would have them written again.
    """
    if args.remove and load_traits().sync_kernelspecs:
        raise InvalidRequest(
            "The setting c.EnvKernels.sync_kernelspecs keeps these kernelspecs.", remedy="Change the setting first."
        )
    data_dir = Path(jupyter_data_dir())
    report = asdict(sync.remove(data_dir) if args.remove else sync.sync(open_catalog(), data_dir))
    return Answer(report, "\n".join(f"{what}: {', '.join(names) or '-'}" for what, names in report.items()))
