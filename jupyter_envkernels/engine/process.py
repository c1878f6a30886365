"""Run a program and hand on what it prints."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path


async def run(
    argv: Sequence[str],
    *,
    cwd: Path,
    environ: Mapping[str, str],
    line: Callable[[str], None],
    feed: str = "",
) -> int:
    """Run a program to its end.

    Args:
        argv: the program and its arguments; no shell is involved.
        cwd: its working folder.
        environ: its whole environment.
        line: called with each line of its output and error output, as they come.
        feed: its standard input.

    Returns:
        Its exit code; negative for a signal.

    Raises:
        OSError: it cannot be started.
    """
    process = await asyncio.create_subprocess_exec(
        *argv,
        cwd=cwd,
        env=dict(environ),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        limit=1 << 20,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(feed.encode())
    process.stdin.close()
    async for raw in process.stdout:
        line(raw.decode(errors="replace").rstrip())
    return await process.wait()
