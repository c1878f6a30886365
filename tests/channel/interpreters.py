"""Find the CPythons of this machine: the running one, and those of PATH, pyenv, the system and GitHub's runners."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MINORS = range(9, 14)
"""Of Python 3: those looked for beside the running one."""

_PLACES = (
    "{pyenv}/versions/3.{minor}.*/bin/python3.{minor}",
    "/usr/local/bin/python3.{minor}",
    "/usr/bin/python3.{minor}",
    "{uv}/cpython-3.{minor}.*/bin/python3.{minor}",
    "/opt/hostedtoolcache/Python/3.{minor}.*/x64/bin/python3.{minor}",
)

_PROBE = """
import json, platform, sys, sysconfig
print(json.dumps({
    "executable": getattr(sys, "_base_executable", None) or sys.executable,
    "implementation": sys.implementation.name + sys.abiflags,
    "version": platform.python_version(),
    "prefix": sys.base_prefix,
    "stdlib": sysconfig.get_path("stdlib"),
}))
"""


@dataclass(frozen=True)
class Interpreter:
    """An installed CPython: the base interpreter where a virtual environment's was found."""

    executable: Path
    version: str
    prefix: Path
    stdlib: Path

    @property
    def minor(self) -> int:
        return int(self.version.split(".")[1])

    @property
    def xy(self) -> str:
        return f"3.{self.minor}"

    @property
    def abi(self) -> str:
        """The ABI tag of its wheels, such as ``cp312``."""
        return f"cp3{self.minor}"

    @classmethod
    def probe(cls, executable: Path) -> Interpreter | None:
        """Ask *executable* what it is; None where it does not run or is no ordinary CPython (PyPy, free-threaded)."""
        command = [str(executable), "-IS", "-c", _PROBE]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
            facts = json.loads(done.stdout)
        except (OSError, subprocess.SubprocessError, ValueError):
            return None
        if facts["implementation"] != "cpython":
            return None
        return cls(
            executable=Path(facts["executable"]),
            version=facts["version"],
            prefix=Path(facts["prefix"]),
            stdlib=Path(facts["stdlib"]),
        )


def find_interpreters() -> dict[str, list[Interpreter]]:
    """Return the candidates for each X.Y, the preferred one first: the running Python, for its own X.Y."""
    found: dict[str, list[Interpreter]] = {}
    for executable in dict.fromkeys(path.resolve() for path in _executables()):
        interpreter = Interpreter.probe(executable)
        if interpreter is not None and interpreter not in found.get(interpreter.xy, []):
            found.setdefault(interpreter.xy, []).append(interpreter)
    return dict(sorted(found.items(), key=lambda item: item[1][0].minor))


def _executables() -> Iterator[Path]:
    roots = {
        "pyenv": os.environ.get("PYENV_ROOT") or "~/.pyenv",
        "uv": os.environ.get("UV_PYTHON_INSTALL_DIR") or "~/.local/share/uv/python",
    }
    yield Path(sys.executable)
    for minor in MINORS:
        if on_path := shutil.which(f"python3.{minor}"):
            yield Path(on_path)
        for place in _PLACES:
            pattern = Path(place.format(**roots, minor=minor)).expanduser().relative_to("/")
            yield from sorted(Path("/").glob(str(pattern)), reverse=True)
