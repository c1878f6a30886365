"""Environments that jobs make and change are as conda expects them, by its own rules."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from pathlib import Path

from jupyter_envkernels.engine.operations import Clone, Rollback
from tests.conda_rules import problems, remove, strays

from .conftest import Place, managing, until
from .test_updates import do, update


async def settled(place: Place) -> None:
    """Wait until all bytecode is compiled."""

    async def is_settled() -> bool:
        return not await asyncio.to_thread(place.processes)

    await until(is_settled)


async def check(place: Place, prefix: Path) -> None:
    await settled(place)
    assert problems(prefix) == []
    assert strays(prefix) == []


def can_import(prefix: Path, module: str) -> bool:
    done = subprocess.run([prefix / "bin" / "python", "-c", f"import {module}"], capture_output=True, check=False)
    return done.returncode == 0


async def test_as_conda_expects_it(place: Place, channel_pythons: list[str]) -> None:
    python = f"python={channel_pythons[-1]}"
    packages = (python, "prefix-demo=1.0", "entrypoint-demo", "odd-names", "syntax-error-py")
    lesson, copy, second = (place.envs / name for name in ("lesson", "copy", "second"))
    async with managing(place) as manager:
        await do(manager, place.create("lesson", *packages))
        await check(place, lesson)
        await do(manager, place.create("second", python, "entrypoint-demo"))  # which gets the bytecode of the first
        assert [text for text in problems(second) if "site-packages" in text] == []
        await do(manager, Clone("copy", copy, source=lesson))
        await check(place, copy)
        (cache,) = lesson.glob("lib/python3.*/site-packages/lab_entry/__pycache__")
        shutil.rmtree(cache)  # which a record may name all the same
        await do(manager, update(place, "lesson", "legacy-tarbz2", remove=("entrypoint-demo",)))
        await check(place, lesson)
        assert not can_import(lesson, "lab_entry")
        await do(manager, Rollback("lesson", lesson, revision=0))
        await check(place, lesson)
    for prefix in (lesson, copy):
        assert can_import(prefix, "lab_entry")
        remove(prefix, "entrypoint-demo")
        assert not can_import(prefix, "lab_entry")
        assert strays(prefix) == []
