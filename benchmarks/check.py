"""What it costs to check a spec, offline and with its channels.

    python -m benchmarks.check [--records 300000] [--runs 20]

The spec has 100 lines, as an export has: some names, versions and builds that there are not, and a pip section. It is
checked on a big made-up channel over local HTTP, not sharded, so that the whole of it is fetched and indexed. All in
one run:

- offline: ``specs.check`` in this process;
- cold: the first question, with the start of the process that answers and the download of the channel;
- begun: the first question to a new process, the channel being in the cache;
- warm: further questions, each on a text that was edited, as when somebody types.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import string
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import zstandard

from jupyter_envkernels.jobs.lint_client import LintClient
from jupyter_envkernels.models import EngineOptions
from jupyter_envkernels.specs import check
from tests.channel.server import ChannelServer

_VERSIONS = 10
_FAMILY = 20
_LIMITS = {"offline": 50.0, "warm": 300.0}
"""Milliseconds."""


def write_channel(folder: Path, records: int) -> list[str]:
    """Make a channel of so many packages; the names of those."""
    chance = random.Random(1)
    syllables = ["".join(chance.choices(string.ascii_lowercase, k=chance.randint(2, 9))) for _ in range(5000)]
    names = sorted({"-".join(chance.choices(syllables, k=chance.randint(1, 3))) for _ in range(records // _VERSIONS)})
    for number, subdir in enumerate(("linux-64", "noarch")):
        own = {
            file: record
            for place in range(number, len(names), 2)
            for file, record in packages(names[place], subdir, _near(names, place), chance)
        }
        text = json.dumps({"info": {"subdir": subdir}, "packages": {}, "packages.conda": own}).encode()
        (folder / subdir).mkdir(parents=True)
        (folder / subdir / "repodata.json").write_bytes(text)
        (folder / subdir / "repodata.json.zst").write_bytes(zstandard.compress(text))
    return names


def _near(names: list[str], place: int) -> list[str]:
    """What a package may need: of packages that need any others, all would need all."""
    first = place // _FAMILY * _FAMILY
    return names[first : first + _FAMILY]


def packages(
    name: str, subdir: str, names: list[str], chance: random.Random
) -> Iterator[tuple[str, dict[str, object]]]:
    for number in range(_VERSIONS):
        build = f"py312h{number:07x}_0"
        yield (
            f"{name}-1.{number}.0-{build}.conda",
            {
                "name": name,
                "version": f"1.{number}.0",
                "build": build,
                "build_number": 0,
                "depends": [
                    "__glibc >=2.17",
                    *(f"{other} >=1.0,<2" for other in chance.sample(names, min(3, len(names)))),
                ],
                "subdir": subdir,
                "sha256": "0" * 64,
                "size": 1000,
            },
        )


def write_spec(names: list[str]) -> str:
    chosen = random.Random(2).sample(names, 100)
    lines = [f"{name}=1.{number % 9}.0=py312h000000{number % 9}_0" for number, name in enumerate(chosen[:70])]
    lines += [f"{name}>=7" for name in chosen[70:75]]
    lines += [f"{name}=1.1.0=py310h0000001_0" for name in chosen[75:80]]
    lines += [f"{name[:-1]}q" for name in chosen[80:85]]
    lines += ["pip", "pip:", *(f"  - {name}==1.2.0" for name in chosen[85:])]
    return "name: lesson\ndependencies:\n" + "".join(f"  - {line}\n" for line in lines).replace("  -   -", "    -")


async def ask(options: EngineOptions, text: str, runs: int) -> tuple[list[float], int, float]:
    """Milliseconds of each question to one new process, how much was said, and its resident megabytes."""
    client = LintClient(options)
    spent = []
    said = 0
    for number in range(runs):
        begun = time.perf_counter()
        said = len(await client.advise(f"{text}# {number}\n", 120))
        spent.append(1000 * (time.perf_counter() - begun))
    (process,) = psutil.Process().children()
    resident = process.memory_info().rss / 2**20
    await client.stop()
    return spent, said, resident


def offline(text: str, runs: int) -> list[float]:
    spent = []
    for _ in range(runs):
        begun = time.perf_counter()
        check(text)
        spent.append(1000 * (time.perf_counter() - begun))
    return spent


def told(name: str, spent: list[float]) -> str:
    limit = f", {statistics.median(spent) / _LIMITS[name]:.2f} of the limit" if name in _LIMITS else ""
    return f"{name}: {statistics.median(spent):.1f} ms ({min(spent):.1f}-{max(spent):.1f}){limit}"


async def measure(options: EngineOptions, text: str, runs: int) -> None:
    spent = offline(text, runs + 1)[1:]
    print(told("offline", spent))
    cold, said, _ = await ask(options, text, 1)
    print(told("cold", cold) + f", {said} remarks")
    (begun, *warm), said, resident = await ask(options, text, runs + 1)
    print(told("begun", [begun]) + f", {said} remarks")
    print(told("warm", warm) + f", {statistics.median(warm) / statistics.median(spent):.1f} times offline")
    print(f"the process that answers: {resident:.0f} MiB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=300_000)
    parser.add_argument("--runs", type=int, default=20)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        text = write_spec(write_channel(folder / "big", arguments.records))
        print(f"{arguments.records:,} packages, a spec of {len(text.splitlines())} lines")
        with ChannelServer(folder) as server:
            asyncio.run(measure(EngineOptions((f"{server.url}/big",), folder / "cache"), text, arguments.runs))


if __name__ == "__main__":
    main()
