"""Open JupyterLab with the panel, in the folder ``.lab`` with two example specs. Arguments go on to ``jupyter lab``.

Environments are made from the channels that the user has configured for conda, or conda-forge. Where those are not
reachable, a local channel of real packages takes their place (``tests.channel``), so that the panel works offline too.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from jupyter_envkernels.envs.conda_config.condarc import load_settings
from tests.channel.build import BuildError, ensure_channel
from tests.channel.pip_index import PROJECT
from tests.channel.server import ChannelServer

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "docs" / "examples"
WORK = ROOT / ".lab"
TIMEOUT = 5.0
"""Seconds after which an address counts as not reachable."""


def main(arguments: Sequence[str]) -> int:
    """Run JupyterLab until it ends; return its exit status."""
    copy_examples(EXAMPLES, WORK)
    settings = load_settings(os.environ)
    channels = settings.channels or ("conda-forge",)
    command = [sys.executable, "-m", "jupyter", "lab", "-y", f"--ServerApp.root_dir={WORK}"]
    if os.geteuid() == 0:  # as in a container, where there is no other account
        command.append("--allow-root")
    with ExitStack() as stack:
        environment = dict(os.environ)
        url = next(iter(settings.channel_urls(channels)), "")
        if not reachable(f"{url}/noarch/repodata.json"):
            print(f"{url} is not reachable: a local channel of real packages takes its place", flush=True)
            try:
                server = stack.enter_context(ChannelServer(ensure_channel()))
            except BuildError as error:
                print(f"The local channel cannot be built: {error}", file=sys.stderr)
                return 1
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            environment |= local_environment(server.url, channels, folder)
            command.append(f"--EnvKernels.default_channels={server.url}/main")
        return _run([*command, *arguments], environment)


def copy_examples(source: Path, target: Path) -> None:
    """Copy the specs into the working folder; what is there stays as it is."""
    target.mkdir(exist_ok=True)
    for example in source.glob("*.yml"):
        if not (target / example.name).exists():
            shutil.copy(example, target)


def reachable(url: str) -> bool:
    """Whether a server answers at *url*, whatever it answers short of a failure of its own."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method="HEAD"), timeout=TIMEOUT):
            return True
    except urllib.error.HTTPError as error:
        return error.code < 500
    except (OSError, ValueError):
        return False


def local_environment(url: str, channels: Sequence[str], folder: Path) -> dict[str, str]:
    """Return the variables by which all channel names mean the local channel, and pip finds its local index if need be.

    conda's own variable CONDARC names one more configuration file, which is written into *folder*.
    """
    local = [f"{url}/main"]
    names = {name for name in channels if "/" not in name} | {"conda-forge", "defaults"}
    condarc = folder / "condarc.yml"
    condarc.write_text(json.dumps({"channels": local, "custom_multichannels": dict.fromkeys(sorted(names), local)}))
    variables = {"CONDARC": str(condarc)}
    index = pip_index()
    if not reachable(f"{index.rstrip('/')}/pip/"):
        print(f"{index} is not reachable: a pip section finds no package but {PROJECT}", flush=True)
        variables["PIP_INDEX_URL"] = f"{url}/simple"
    return variables


def pip_index() -> str:
    """Return the package index that pip is configured to use."""
    command = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
    configured = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    return os.environ.get("PIP_INDEX_URL") or configured or "https://pypi.org/simple"


def _run(command: Sequence[str], environment: dict[str, str]) -> int:
    signal.signal(signal.SIGINT, lambda *_: None)  # Ctrl-C reaches JupyterLab too, and it ends: wait for that
    with subprocess.Popen(command, env=environment) as lab:
        signal.signal(signal.SIGTERM, lambda *_: lab.terminate())
        return lab.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
