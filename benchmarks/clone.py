"""What a clone costs in time and on disk.

    python -m benchmarks.clone [--runs 5] [--clones 10] [--folder /dev/shm]

The source has python, ipykernel and numpy from the test channel, about 35 packages, compiled. In turn, each in a
process of its own: ``cp -al`` of the same tree, which clones nothing but names; the worker of jupyter-envkernels, of
which the phase ``linking`` does the same; and one that was started before, as it is while a plan is read. Then so many
clones are made, and what they take on disk (blocks of files that no other environment and not the package cache has) is
compared with what as many copies would take.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from benchmarks.create import TYPING, phases
from jupyter_envkernels.engine.operations import Clone, Create, JobRequest
from jupyter_envkernels.jobs.journal.reader import JobSpec
from jupyter_envkernels.jobs.journal.writer import create_journal
from jupyter_envkernels.jobs.prefork import PreforkedWorker
from jupyter_envkernels.jobs.worker_process import spawn
from jupyter_envkernels.models import EngineOptions, EnvSpec
from tests.channel.build import ensure_channel
from tests.channel.server import ChannelServer

_PACKAGES = ("python", "ipykernel", "numpy", "pip")


def run_job(request: JobRequest, folder: Path, channel: str, spare: PreforkedWorker | None = None) -> float:
    """Run a worker to its end; the seconds that its linking took."""
    order = JobSpec(request, EngineOptions((channel,), folder / "cache"), time.time())
    journal = create_journal(folder / "jobs", order)
    worker = spawn(journal, spare)
    assert worker is not None
    assert worker.wait() == 0
    assert journal.job().state == "succeeded", journal.log_file.read_text()
    return phases(journal).get("linking", 0.0)


def blocks(*folders: Path) -> int:
    """Bytes on disk of the folders together, each file once."""
    seen: set[tuple[int, int]] = set()
    total = 0
    for folder in folders:
        for path, _, names in os.walk(folder):
            for name in [".", *names]:
                found = Path(path, name).lstat()
                if (found.st_dev, found.st_ino) not in seen:
                    seen.add((found.st_dev, found.st_ino))
                    total += found.st_blocks * 512
    return total


def wait_for_bytecode(prefix: Path) -> None:
    """Until nothing more is compiled there."""
    before = -1
    while (now := sum(1 for _ in prefix.rglob("*.pyc"))) != before:
        before = now
        time.sleep(2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--clones", type=int, default=10)
    parser.add_argument("--folder", type=Path, default=Path("/dev/shm"), help="where to work; a tmpfs is quiet")
    arguments = parser.parse_args()
    with ChannelServer(ensure_channel()) as server, tempfile.TemporaryDirectory(dir=arguments.folder) as name:
        os.environ["HOME"] = name
        folder, channel = Path(name), f"{server.url}/main"
        source = folder / "source"
        run_job(Create("source", source, spec=EnvSpec(dependencies=_PACKAGES)), folder, channel)
        wait_for_bytecode(source)
        took: dict[str, list[float]] = {"cp": [], "clone": [], "linking": [], "prepared": []}
        spare = PreforkedWorker()
        for number in range(arguments.runs):
            copy, clone, other = (folder / f"{name}-{number}" for name in ("copy", "trial", "other"))
            started = time.perf_counter()
            subprocess.run(["cp", "-al", source, copy], check=True)
            copied = time.perf_counter()
            took["linking"].append(run_job(Clone(clone.name, clone, source=source), folder, channel))
            took["clone"].append(time.perf_counter() - copied)
            took["cp"].append(copied - started)
            spare.prepare()
            time.sleep(TYPING)
            started = time.perf_counter()
            run_job(Clone(other.name, other, source=source), folder, channel, spare)
            took["prepared"].append(time.perf_counter() - started)
            for made in (copy, clone, other):
                shutil.rmtree(made.rename(folder / "trash"), ignore_errors=True)
        cp, whole, linking, prepared = (statistics.median(seconds) for seconds in took.values())
        print(
            f"time: cp -al {cp:.2f} s; clone {whole:.2f} s, ratio {whole / cp:.2f}; "
            f"of it linking {linking:.2f} s, ratio {linking / cp:.2f}; "
            f"prepared {prepared:.2f} s, ratio {prepared / cp:.2f}"
        )

        before = blocks(source, folder / "cache")
        clones = [folder / f"clone-{number}" for number in range(arguments.clones)]
        for prefix in clones:
            run_job(Clone(prefix.name, prefix, source=source), folder, channel)
            wait_for_bytecode(prefix)
        added = blocks(source, folder / "cache", *clones) - before
        copies = arguments.clones * blocks(source)
        print(
            f"disk: {arguments.clones} clones {added / 1e6:.1f} MB, as many copies {copies / 1e6:.1f} MB, "
            f"{100 * added / copies:.1f} %"
        )


if __name__ == "__main__":
    main()
