"""The processes that ``benchmarks.listing`` measures: ``python -m benchmarks.listing_process KIND FOLDER``.

``static``, ``sync``, ``listed`` and ``rest`` list kernels in process, ``environments`` and ``footprints`` what GET
environments answers, without and with sizes and last uses; for ``listed``, only ``environments.txt`` names them. They
print one line of JSON: milliseconds of the constructor, of the first listing and of the ones after it.
``serve-static`` and ``serve-ours`` run a Jupyter server until they are killed. It prints its address; ``/probe`` gives
the longest time that its event loop stood still since the last question, and the processor time that the process has
used; ``/forget`` makes the next listing read everything again.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jupyter_server.services.kernelspecs.handlers  # noqa: F401 - what a server has loaded already
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_server.serverapp import ServerApp
from tornado import web
from traitlets.config import Config

from jupyter_envkernels.envs.catalog import Catalog
from jupyter_envkernels.envs.usage import Footprints
from jupyter_envkernels.kernels.specmanager import EnvKernelSpecManager, SyncEnvKernelSpecManager
from jupyter_envkernels.models import CatalogOptions
from jupyter_envkernels.server.listing import Listing

_NAP = 0.001
_WARM = 15
_MANAGERS: dict[str, type[Any]] = {
    "static": KernelSpecManager,
    "sync": SyncEnvKernelSpecManager,
    "listed": SyncEnvKernelSpecManager,
    "rest": EnvKernelSpecManager,
}


class Environments:
    """Lists environments as REST does."""

    def __init__(self) -> None:
        self.get_all_specs = Listing(Catalog(CatalogOptions(), os.environ), Footprints()).text


def list_in_process(kind: str) -> dict[str, Any]:
    """Milliseconds of the constructor and of each listing."""
    constructed, manager = _timed(_MANAGERS.get(kind, Environments))
    loop = asyncio.new_event_loop()

    async def listing() -> Any:
        found = manager.get_all_specs()
        return await found if inspect.isawaitable(found) else found

    first, specs = _timed(lambda: loop.run_until_complete(listing()))
    warm = [_timed(lambda: loop.run_until_complete(listing()))[0] for _ in range(_WARM)]
    loop.close()
    return {"constructor": constructed, "first": first, "warm": warm, "specs": len(specs)}


def _timed(call: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    result = call()
    return (time.perf_counter() - started) * 1000, result


class Loop:
    """Measures how much later than asked for the event loop wakes a task up."""

    def __init__(self) -> None:
        self.longest = 0.0

    async def watch(self) -> None:
        while True:
            asked = time.perf_counter()
            await asyncio.sleep(_NAP)
            self.longest = max(self.longest, time.perf_counter() - asked - _NAP)


class Probe(web.RequestHandler):
    def initialize(self, loop: Loop) -> None:
        self.loop = loop

    def get(self) -> None:
        self.write({"gap": self.loop.longest * 1000, "cpu": time.process_time() * 1000})
        self.loop.longest = 0.0


class Forget(web.RequestHandler):
    def initialize(self, manager: SyncEnvKernelSpecManager) -> None:
        self.manager = manager

    def get(self) -> None:
        self.manager.catalog = Catalog(CatalogOptions(), os.environ)


def serve(kind: str) -> None:
    """Run a server with one manager or the other."""
    manager = EnvKernelSpecManager if kind == "serve-ours" else KernelSpecManager
    config = {
        "ServerApp": {
            "kernel_spec_manager_class": manager,
            "open_browser": False,
            "port": 0,
            "jpserver_extensions": {},
        },
        "IdentityProvider": {"token": ""},
    }
    app = ServerApp(config=Config(config), log_level="ERROR", allow_root=True)
    app.initialize(argv=[], find_extensions=False)
    loop = Loop()
    handlers: list[Any] = [("/probe", Probe, {"loop": loop})]
    if isinstance(app.kernel_spec_manager, SyncEnvKernelSpecManager):
        handlers.append(("/forget", Forget, {"manager": app.kernel_spec_manager}))
    app.web_app.add_handlers(".*$", handlers)
    app.io_loop.add_callback(loop.watch)
    app.io_loop.add_callback(lambda: print(app.connection_url, flush=True))
    app.start()


def main() -> None:
    """Do as asked, in the home folder of the one who has all the environments or kernelspecs."""
    kind, folder = sys.argv[1], Path(sys.argv[2])
    home = folder / ("empty" if kind.endswith("static") else "listed" if kind == "listed" else "home")
    home.mkdir(exist_ok=True)
    os.environ["HOME"] = str(home)
    if kind.endswith("static"):
        os.environ["JUPYTER_DATA_DIR"] = str(folder / "static")
    if kind == "footprints":
        os.environ["JUPYTER_DATA_DIR"] = str(folder / "known")
    if kind.startswith("serve-"):
        serve(kind)
    else:
        print(json.dumps(list_in_process(kind)))


if __name__ == "__main__":
    main()
