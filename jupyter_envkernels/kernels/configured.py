"""Find another kernelspec manager in Jupyter's configuration; a server can have only one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from jupyter_core.paths import jupyter_config_path

from ..files import read_file

_MAX_BYTES = 1 << 20
_OURS = "jupyter_envkernels."
_APPLICATIONS = ("ServerApp", "NotebookApp", "LabApp", "JupyterNotebookApp", "SingleUserNotebookApp", "JupyterApp")
_NAMES = ("jupyter_config", "jupyter_server_config", "jupyter_notebook_config")


@dataclass(frozen=True, slots=True)
class OtherManager:
    """Another kernelspec manager, which replaces that of this package, so that environments are not listed as kernels.

    Attributes:
        name: its class, or the address of a gateway.
        source: the file or variable that configures it.
    """

    name: str
    source: str

    @property
    def message(self) -> str:
        """Return one line for a log."""
        return (
            f"{self.source} makes {self.name} the kernelspec manager, which decides which kernels are listed. "
            "'jupyter envkernels sync' writes kernelspecs of your environments where it can find them."
        )


def other_manager(environ: Mapping[str, str], folders: Iterable[str] | None = None) -> OtherManager | None:
    """Return the kernelspec manager that the configuration sets instead of ours; None if it does not.

    Configuration files in Python are not run, so they are ignored.

    Args:
        environ: the variables of the server.
        folders: those of Jupyter's configuration, highest priority first.
    """
    if environ.get("JUPYTER_GATEWAY_URL"):
        return OtherManager(f"the gateway {environ['JUPYTER_GATEWAY_URL']}", "JUPYTER_GATEWAY_URL")
    for folder in folders if folders is not None else jupyter_config_path():
        for file in _files(Path(folder)):
            name = _manager_in(file)
            if name:
                return None if name.startswith(_OURS) else OtherManager(name, str(file))
    return None


def _files(folder: Path) -> Iterator[Path]:
    for name in _NAMES:
        yield folder / f"{name}.json"
        yield from sorted((folder / f"{name}.d").glob("*.json"))


def _manager_in(file: Path) -> str | None:
    try:
        config = json.loads(read_file(file, _MAX_BYTES))
    except (OSError, ValueError):
        return None
    sections = config if isinstance(config, dict) else {}
    gateway = sections.get("GatewayClient")
    if isinstance(gateway, dict) and gateway.get("url"):
        return f"the gateway {gateway['url']}"
    found = (sections[name] for name in _APPLICATIONS if isinstance(sections.get(name), dict))
    return next(
        (str(section["kernel_spec_manager_class"]) for section in found if "kernel_spec_manager_class" in section), None
    )
