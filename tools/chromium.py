"""Find a Chromium that runs, or install one: what the browser tests and the pictures need.

As a program it prints which one it is, and ends with status 1 and a remedy where none can be had.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.setup_node import usable_node

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_PLAYWRIGHT_BUILDS = ("chromium-*/chrome-linux*/chrome", "chromium-*/chrome-mac*/*.app/Contents/MacOS/*")

REMEDY = "As an administrator install it (Debian: apt-get install chromium; Ubuntu: google-chrome), and run this again."


def find_chromium() -> Path | None:
    """Return the executable of a Chromium that runs: the machine's, or one that playwright installed; else None."""
    return next((path for path in _candidates() if _runs(path)), None)


def install_chromium() -> Path | None:
    """Install a Chromium: playwright's, else Debian's package. Return its executable; None where neither can be had."""
    choose_node()
    for commands in (_playwright_commands(), _debian_commands()):
        for command in commands:
            print("$", " ".join(command), flush=True)
            if subprocess.run(command, check=False).returncode:
                break
        if found := find_chromium():
            return found
    return None


def choose_node() -> None:
    """Have playwright run the Node of PATH: the one that it brings needs libraries that a small system lacks."""
    if node := usable_node():
        os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", node)


def main() -> int:
    """Find or install, and say which."""
    chromium = find_chromium()
    if chromium is None:
        print("No Chromium on this machine: installing one for the browser tests", flush=True)
        chromium = install_chromium()
    if chromium is None:
        print(f"Chromium cannot be had: see the lines above. {REMEDY}", file=sys.stderr)
        return 1
    print(f"Chromium: {chromium}")
    return 0


def _candidates() -> Iterator[Path]:
    for name in NAMES:
        if found := shutil.which(name):
            yield Path(found)
    folder = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or "~/.cache/ms-playwright").expanduser()
    for pattern in _PLAYWRIGHT_BUILDS:
        yield from sorted(folder.glob(pattern), reverse=True)


def _runs(chromium: Path) -> bool:
    """Whether it starts at all: Ubuntu's ``chromium-browser`` is a stub, and libraries may be missing."""
    try:
        return subprocess.run([chromium, "--version"], capture_output=True, timeout=30, check=False).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False


def _playwright_commands() -> list[list[str]]:
    return [[sys.executable, "-m", "playwright", "install", "chromium"]]


def _debian_commands() -> list[list[str]]:
    if shutil.which("apt-get") is None:
        return []
    root: list[str] = []
    if os.geteuid() != 0:
        root = ["sudo", "--non-interactive"]
        if shutil.which("sudo") is None or subprocess.run([*root, "true"], check=False).returncode:
            print("Debian's package needs an administrator: neither root nor sudo without a password", file=sys.stderr)
            return []
    apt = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet"]
    return [[*apt, "update"], [*apt, "install", "--yes", "--no-install-recommends", "chromium"]]


if __name__ == "__main__":
    sys.exit(main())
