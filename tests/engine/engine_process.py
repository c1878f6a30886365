"""The backend in a process of its own, as it must be: ``python -m tests.engine.engine_process CACHE SPECS CHANNELS``.

SPECS and CHANNELS are JSON lists. It prints the packages, or the failure, as a JSON document.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

from jupyter_envkernels.engine.rattler import RattlerBackend
from jupyter_envkernels.envs.condarc import load_settings
from jupyter_envkernels.errors import EnvKernelsError


def main(cache: str, specs: str, channels: str) -> None:
    answer: object
    try:
        backend = RattlerBackend(Path(cache), load_settings(os.environ))
        packages = asyncio.run(backend.solve(json.loads(specs), json.loads(channels)))
        answer = {"packages": {p.name: [p.version, p.subdir, p.channel.rstrip("/")] for p in packages}}
    except EnvKernelsError as error:
        answer = {"code": error.code, "message": error.message, "remedy": error.remedy}
    print(json.dumps(answer), flush=True)
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
