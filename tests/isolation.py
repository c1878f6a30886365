"""Keep the user's own conda and Jupyter away from the tests, and the tests away from them.

Home is a new, empty folder, and no variable of conda, mamba or Jupyter is set. Only what costs a download stays where
the user has it: the caches, installed Pythons, and pip's configuration, which may name the package index of the place.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

_FOREIGN = ("CONDA", "_CE_", "MAMBA", "PIXI_", "RATTLER_", "JUPYTER", "IPYTHON", "XDG_")


def isolate() -> Callable[[], None]:
    """Give this process, and those it starts, a home of their own; return what puts the old one back."""
    before = dict(os.environ)
    home = Path(tempfile.mkdtemp(prefix="envkernels-home-"))
    kept = _kept_places() | before
    os.environ.clear()
    os.environ |= {name: kept[name] for name in kept if not name.startswith(_FOREIGN)} | {"HOME": str(home)}

    def restore() -> None:
        os.environ.clear()
        os.environ |= before
        shutil.rmtree(home, ignore_errors=True)

    return restore


def _kept_places() -> dict[str, str]:
    home = Path.home()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache")
    config = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
    places = {
        "ENVKERNELS_TEST_CHANNEL": cache / "jupyter-envkernels" / "test-channel",
        "PIP_CACHE_DIR": cache / "pip",
        "PLAYWRIGHT_BROWSERS_PATH": cache / "ms-playwright",
        "PYENV_ROOT": home / ".pyenv",
        "UV_CACHE_DIR": cache / "uv",
        "UV_PYTHON_INSTALL_DIR": Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share") / "uv" / "python",
    }
    if (pip_configuration := config / "pip" / "pip.conf").exists():
        places["PIP_CONFIG_FILE"] = pip_configuration
    return {name: str(place) for name, place in places.items()}
