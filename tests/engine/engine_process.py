"""The backend in a process of its own, as it must be: ``python -m tests.engine.engine_process CACHE SPECS CHANNELS``.

SPECS and CHANNELS are JSON lists. With a fourth argument it links the packages into that prefix. It prints what came of
it as a JSON document.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jupyter_envkernels.documents import problem_json
from jupyter_envkernels.engine.rattler import RattlerBackend
from jupyter_envkernels.envs.conda_config.condarc import load_settings
from jupyter_envkernels.errors import EnvKernelsError

from .fakes import Heard


async def work(backend: RattlerBackend, specs: Sequence[str], channels: Sequence[str], prefix: str) -> dict[str, Any]:
    packages = await backend.solve(specs, channels)
    heard = Heard()
    if prefix:
        await backend.install(packages, Path(prefix), Path(prefix), specs, heard)
    found = {p.name: [p.version, p.subdir, p.channel.rstrip("/")] for p in packages}
    return {"packages": found, "lines": heard.lines, "amounts": heard.amounts}


def main(cache: str, specs: str, channels: str, prefix: str = "") -> None:
    answer: object
    try:
        backend = RattlerBackend(Path(cache), load_settings(os.environ))
        answer = asyncio.run(work(backend, json.loads(specs), json.loads(channels), prefix))
    except EnvKernelsError as error:
        answer = problem_json(error.problem)
    print(json.dumps(answer), flush=True)
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
