"""Run a program, pass on its output, and keep the server's tokens out of its environment."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path

from ..envs.server_tokens import without_server_tokens

_LONGEST = 1 << 16
"""Maximum length of a line in bytes; longer ones are split."""

_PATIENCE = 5.0
"""Seconds to wait for a killed program, whose children may keep its output open."""


async def run(
    argv: Sequence[str],
    *,
    cwd: Path,
    environ: Mapping[str, str],
    line: Callable[[str], None],
    feed: str = "",
) -> int:
    """Run a program to its end; kill it if this coroutine is cancelled.

    Args:
        argv: the program and its arguments; no shell is involved.
        cwd: its working folder.
        environ: its environment variables, from which the tokens of the server are removed.
        line: called with each line of stdout and stderr; very long lines are split.
        feed: its stdin.

    Returns:
        The exit code; negative for a signal.

    Raises:
        OSError: the program cannot be started.
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
