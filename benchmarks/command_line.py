"""What a person waits for who asks for help or for a list, beside ``python -c pass`` and ``jupyter kernelspec list``.

    python -m benchmarks.command_line [--counts 1 10 100] [--runs 5]

Whole processes, from their start to their end, in the home of somebody with N environments. Bytecode is cached in a
folder of its own, which a first run fills, as an installation does. The commands take turns, so that a busy moment hits
all of them. Medians in milliseconds; ratios are to the median of ``python -c pass`` in the same run.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.prefixes import make

_OURS = (sys.executable, "-m", "jupyter_envkernels.cli")
_BARE = "python -c pass"
_JUPYTER = "jupyter kernelspec list"
COMMANDS: Mapping[str, Sequence[str]] = {
    _BARE: (sys.executable, "-c", "pass"),
    _JUPYTER: (sys.executable, "-m", "jupyter_client.kernelspecapp", "list"),
    "envkernels --help": (*_OURS, "--help"),
    "envkernels list": (*_OURS, "list"),
    "envkernels list --json": (*_OURS, "list", "--json"),
    "jupyter envkernels list": (sys.executable, "-m", "jupyter_core", "envkernels", "list"),
    "envkernels jobs": (*_OURS, "jobs"),
}


def measure(environ: Mapping[str, str], runs: int) -> None:
    """Measure and print all commands in one home."""
    measured: dict[str, list[float]] = {title: [] for title in COMMANDS}
    for run in range(runs + 1):
        for title, command in COMMANDS.items():
            started = time.perf_counter()
            subprocess.run(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
            if run:  # the first one warms the caches
                measured[title].append((time.perf_counter() - started) * 1000)
    medians = {title: statistics.median(times) for title, times in measured.items()}
    for title, median in medians.items():
        ratios = f"x{median / medians[_BARE]:5.1f} of python, x{median / medians[_JUPYTER]:.2f} of {_JUPYTER}"
        print(f"  {title:24} {median:6.0f}  (max {max(measured[title]):.0f})  {ratios}")


def main() -> None:
    """Make the homes and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--counts", type=int, nargs="+", default=[1, 10, 100])
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environ["PYTHONPYCACHEPREFIX"] = f"{temporary}/bytecode"
        for count in arguments.counts:
            folder = Path(temporary) / str(count)
            make(folder, count)
            time.sleep(3)  # until all time stamps are trusted
            print(f"{count} environments")
            measure({**environ, "HOME": str(folder / "home")}, arguments.runs)


if __name__ == "__main__":
    main()
