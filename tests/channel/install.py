"""Solve and install with py-rattler alone, to see that the channel is sound.

A program of its own, which ends without finalizing Python: py-rattler may crash there.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from rattler import Client, Gateway, MatchSpec, VirtualPackage, install, solve


class InstallError(Exception):
    """The environment could not be created; the message is py-rattler's."""


def create_environment(prefix: Path, *, channels: Sequence[str], specs: Sequence[str], cache: Path) -> list[str]:
    """Install *specs* into *prefix* and return what was installed, as ``NAME VERSION BUILD``. Raises InstallError."""
    request = {"prefix": str(prefix), "channels": list(channels), "specs": list(specs), "cache": str(cache)}
    command = [sys.executable, "-I", __file__]
    done = subprocess.run(command, input=json.dumps(request), capture_output=True, text=True, check=False)
    if done.returncode:
        raise InstallError(done.stderr)
    installed: list[str] = json.loads(done.stdout)
    return installed


async def _create(prefix: str, channels: list[str], specs: list[str], cache: str) -> list[str]:
    client = Client.default_client(max_retries=0)
    records = await solve(
        channels,
        [MatchSpec(spec, strict=False) for spec in specs],
        gateway=Gateway(cache_dir=Path(cache), client=client),
        virtual_packages=VirtualPackage.detect(),
    )
    await install(records, prefix, cache_dir=Path(cache), client=client, show_progress=False)
    return sorted(f"{record.name.normalized} {record.version} {record.build}" for record in records)


def _main() -> int:
    try:
        installed = asyncio.run(_create(**json.load(sys.stdin)))
    except Exception as error:  # noqa: BLE001 - whatever it is, the other side is told
        print(error, file=sys.stderr, flush=True)
        return 1
    print(json.dumps(installed), flush=True)
    return 0


if __name__ == "__main__":
    os._exit(_main())
