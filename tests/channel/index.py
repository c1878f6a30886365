"""Index channels: ``python index.py CHANNEL...`` writes repodata.json, its .zst and the shards into each subdir.

A program of its own, which ends without finalizing Python: py-rattler may crash there.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

from rattler.index import index_fs


def index_channels(*channels: Path) -> None:
    """Index *channels* in a process of its own; raise CalledProcessError where that fails."""
    subprocess.run([sys.executable, "-I", __file__, *map(str, channels)], check=True, stdout=subprocess.DEVNULL)


async def _index(channels: list[Path]) -> None:
    for channel in channels:
        await index_fs(channel, write_zst=True, write_shards=True)


if __name__ == "__main__":
    asyncio.run(_index([Path(argument) for argument in sys.argv[1:]]))
    os._exit(0)
