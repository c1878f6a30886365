"""Make ``.venv`` and install the package into it, editable, with the extra ``lab`` or ``test``. Needs no packages."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
EXTRAS = {
    "lab": "JupyterLab and the package into .venv: about a minute, once",
    "test": "what the tests need into .venv: one or two minutes, once",
}
LABEXTENSION = VENV / "share" / "jupyter" / "labextensions" / "jupyter-envkernels"


def main(extra: str) -> int:
    """Set up; the exit status is that of the step that failed."""
    if not _works(VENV / "bin" / "python"):
        _require_venv()
        _run(sys.executable, "-m", "venv", "--clear", str(VENV))
    if LABEXTENSION.is_symlink():  # by `jupyter-builder develop`; pip would write and remove files through it
        LABEXTENSION.unlink()
    # The labextension is built by its own rule of the Makefile, again only when its sources changed.
    environment = os.environ | {"SKIP_JUPYTER_BUILDER": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    print(f"Installing {EXTRAS[extra]}", flush=True)
    install = ("-m", "pip", "install", "--quiet", "--no-compile")  # Python compiles the few modules that it imports
    _run(str(VENV / "bin" / "python"), *install, "--editable", f".[{extra}]", env=environment)
    return 0


def _works(python: Path) -> bool:
    command = [str(python), "-m", "pip", "--version"]
    return python.exists() and subprocess.run(command, capture_output=True, check=False).returncode == 0


def _require_venv() -> None:
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise SystemExit(
            f"{sys.executable} cannot make virtual environments: it lacks the module venv or ensurepip.\n"
            f"On Debian and Ubuntu, install it as root: apt-get install python{version}-venv\n"
            "Or name another Python: make PYTHON=/path/to/python"
        )


def _run(*command: str, env: dict[str, str] | None = None) -> None:
    print("$", " ".join(command), flush=True)
    if status := subprocess.run(command, cwd=ROOT, env=env, check=False).returncode:
        raise SystemExit(status)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
