"""Use conda environments as Jupyter kernels, and create and manage them in JupyterLab.

The public interfaces are the command line (``jupyter envkernels``), the REST API and the configuration
``c.EnvKernels``; see ``docs/``. This module has the hooks by which Jupyter finds the extension.
"""

from __future__ import annotations

from typing import Any

from ._version import __version__

__all__ = ["__version__"]


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "labextension", "dest": "jupyter-envkernels"}]


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    from .server.extension import EnvKernels  # noqa: PLC0415 - the command line must not pay for the server

    return [{"module": "jupyter_envkernels", "app": EnvKernels}]
