"""Conda environments as Jupyter kernels: found, created and managed from JupyterLab.

The package's public surface is the command line (``jupyter envkernels``), the REST interface, and the configuration
``c.EnvKernels``; see ``docs/``. What is here are the hooks by which Jupyter finds the extension.
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
