"""What it costs to list the kernels of N environments, beside N static kernelspecs of Jupyter's own.

    python -m benchmarks.listing [--counts 10 100 1000] [--runs 7] [--folder FOLDER]

In process: a new process for each run, with jupyter_server loaded; the first listing, and the median of 15 more.
``ours`` is what any Jupyter program calls, for environments in a root of ``~/.condarc``; ``ours, by list`` where only
``environments.txt`` names them. ``ours, for REST`` gives what REST needs as well, ``environments`` is what GET
environments answers before anything has been measured, ``with sizes`` afterwards. Through a server: GET
/api/kernelspecs, the longest time that the event loop stood still meanwhile, and the processor time of a warm GET.
All figures are medians in milliseconds; ratios are to static kernelspecs in the same run.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.prefixes import make, make_footprints

_POLLS = 21
_KINDS = {
    "static": "static",
    "sync": "ours",
    "listed": "ours, by list",
    "rest": "ours, for REST",
    "environments": "environments",
    "footprints": "with sizes",
}


def in_process(folder: Path, runs: int) -> None:
    """Measure and print the in-process listings; the kinds take turns, so that a busy moment hits all of them."""
    measured: dict[str, list[dict[str, Any]]] = {kind: [] for kind in _KINDS}
    for run in range(runs + 1):
        for kind in _KINDS:
            done = subprocess.run(_command(kind, folder), capture_output=True, check=True)
            if run:  # the first one warms the page cache
                measured[kind].append(json.loads(done.stdout))
    reference: tuple[float, float] | None = None
    for kind, title in _KINDS.items():
        constructor, cold = (_median(run[part] for run in measured[kind]) for part in ("constructor", "first"))
        warm = _median(statistics.median(run["warm"]) for run in measured[kind])
        reference = reference or (cold, warm)
        ratios = f"x{cold / reference[0]:.2f} cold, x{warm / reference[0]:.3f} warm to cold"
        print(f"  {title:14} constructor {constructor:6.2f}  cold {cold:7.1f}  warm {warm:7.2f}   {ratios}")


def through_a_server(folder: Path, kind: str) -> float:
    """Measure and print the GETs of one server; the median of the warm ones."""
    with _server(folder, kind) as url:
        _get(f"{url}probe")
        first, first_gap = _listing(url)
        warm = [_listing(url) for _ in range(_POLLS)]
        before = _get(f"{url}probe")["cpu"]
        for _ in range(_POLLS):
            _get(f"{url}api/kernelspecs")
        cpu = (_get(f"{url}probe")["cpu"] - before) / _POLLS
        get, gap, worst = _median(w for w, _ in warm), _median(g for _, g in warm), max(g for _, g in warm)
        print(
            f"  {kind:12} first GET {first:6.1f} gap {first_gap:5.1f}   warm GET {get:6.1f} gap {gap:5.1f} "
            f"(max {worst:.1f}) CPU {cpu:5.1f}"
        )
        if kind == "serve-ours":
            _stale(folder, url)
    return get


def _stale(folder: Path, url: str) -> None:
    """The first listing after one environment has come, and after everything was forgotten."""
    changed, forgotten = [], []
    for number in range(7):
        new = folder / f"envs/new{number}"
        (new / "conda-meta").mkdir(parents=True)
        (new / "conda-meta/history").touch()
        changed.append(_listing(url))
        (new / "conda-meta/history").unlink()
        (new / "conda-meta").rmdir()
        new.rmdir()
        time.sleep(2.5)  # until the folder's time stamp is trusted again
        _listing(url)
        _get(f"{url}forget")
        forgotten.append(_listing(url))
    for title, measured in (("one more environment", changed), ("all forgotten", forgotten)):
        get, gap, worst = _median(w for w, _ in measured), _median(g for _, g in measured), max(g for _, g in measured)
        print(f"    then, {title:21} GET {get:6.1f} gap {gap:5.1f} (max {worst:.1f})")


def _listing(url: str) -> tuple[float, float]:
    """Milliseconds of a GET, and the longest stall of the event loop in that time."""
    _get(f"{url}probe")
    started = time.perf_counter()
    _get(f"{url}api/kernelspecs")
    elapsed = (time.perf_counter() - started) * 1000
    return elapsed, _get(f"{url}probe")["gap"]


def _get(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=60) as response:
        body = response.read()
    return json.loads(body) if url.endswith("probe") else body


@contextmanager
def _server(folder: Path, kind: str) -> Iterator[str]:
    process = subprocess.Popen(_command(kind, folder), stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.kill()
        process.wait()


def _command(kind: str, folder: Path) -> list[str]:
    return [sys.executable, "-m", "benchmarks.listing_process", kind, str(folder)]


def _median(values: Iterator[float]) -> float:
    return statistics.median(values)


def main() -> None:
    """Make the environments and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--counts", type=int, nargs="+", default=[10, 100, 1000])
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--folder", type=Path, help="keep the environments there for another run")
    arguments = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # few people set it
    with tempfile.TemporaryDirectory() as temporary:
        for count in arguments.counts:
            folder = (arguments.folder or Path(temporary)).absolute() / str(count)
            make(folder, count)
            make_footprints(folder)
            time.sleep(3)  # until all time stamps are trusted
            print(f"N = {count}")
            in_process(folder, arguments.runs)
            static, ours = (through_a_server(folder, kind) for kind in ("serve-static", "serve-ours"))
            print(f"  warm GET of ours to that of static kernelspecs: x{ours / static:.2f}")


if __name__ == "__main__":
    main()
