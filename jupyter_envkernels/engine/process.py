"""Run a program of others: hand on what it prints, and keep the server's tokens from it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path

from ..envs.server_tokens import without_server_tokens

_LONGEST = 1 << 16
"""Bytes after which a line is cut."""

_PATIENCE = 5.0
"""Seconds to wait for a killed program: what it started may hold its output open."""


async def run(
    argv: Sequence[str],
    *,
    cwd: Path,
    environ: Mapping[str, str],
    line: Callable[[str], None],
    feed: str = "",
) -> int:
    """Run a program to its end. It is killed when this function is left before that.

    Args:
        argv: the program and its arguments; no shell is involved.
        cwd: its working folder.
        environ: its environment, but for the tokens of the server.
        line: called with each line of its output and error output, as they come; very long ones come in pieces.
        feed: its standard input.

    Returns:
        Its exit code; negative for a signal.

    Raises:
        OSError: it cannot be started.
    """
    process = await asyncio.create_subprocess_exec(
        *argv,
        cwd=cwd,
        env=without_server_tokens(environ),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(feed.encode())
        process.stdin.close()
        async for raw in _lines(process.stdout):
            line(raw.decode(errors="replace").rstrip())
        return await process.wait()
    finally:
        if process.returncode is None:
            await _kill(process)


async def _lines(stream: asyncio.StreamReader) -> AsyncIterator[bytes]:
    rest = b""
    while chunk := await stream.read(_LONGEST):
        *whole, rest = (rest + chunk).split(b"\n")
        for raw in whole:
            yield raw
        if len(rest) >= _LONGEST:
            yield rest
            rest = b""
    if rest:
        yield rest


async def _kill(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    with contextlib.suppress(asyncio.TimeoutError):
        await asyncio.wait_for(process.wait(), _PATIENCE)
