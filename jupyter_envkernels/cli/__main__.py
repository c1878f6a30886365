"""Run ``python -m jupyter_envkernels.cli``."""

from __future__ import annotations

from . import command

if __name__ == "__main__":
    command()
