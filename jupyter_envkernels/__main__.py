"""Run ``python -m jupyter_envkernels``, which is the program ``jupyter envkernels``."""

from __future__ import annotations

from .cli import command

if __name__ == "__main__":
    command()
