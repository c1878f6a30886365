"""Run the commands of the README where nothing is set up: in fresh Debians, as root and as a user.

Root's rights, debootstrap and the network are needed. ENVKERNELS_BARE_BINDS lists files and folders of this machine,
separated by colons, that shall be there too: pip's configuration, certificates, a folder of wheels.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tools.lab import EXAMPLES

ROOT = Path(__file__).resolve().parent.parent
SUITES = ("bookworm", "trixie")
ACCOUNTS = {"root": "/root", "person": "/home/person"}
PACKAGES = "python3,python3-venv,make,git,ca-certificates"
PATIENCE = 900.0
"""Seconds that JupyterLab may take, its local channel included, and a job."""

_TOKEN = "bare"  # noqa: S105 - of a server that lives for minutes
_KEPT = ("PIP_", "NPM_CONFIG_", "YARN_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_", "NODE_EXTRA_CA_CERTS")
_ENTER = """
set -eu
root=$1; binds=$2; shift 2
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
IFS=:
for place in $binds; do
    if [ -d "$place" ]; then mkdir -p "$root$place"; else mkdir -p "$root${place%/*}"; touch "$root$place"; fi
    mount --bind "$place" "$root$place"
done
exec chroot "$root" "$@"
"""


class Debian:
    """A minimal Debian in a folder.

    Args:
        root: the folder, which does not exist yet.
        suite: which Debian.
    """

    def __init__(self, root: Path, suite: str) -> None:
        self.root = root
        self.suite = suite
        mirror = os.environ.get("ENVKERNELS_BARE_MIRROR", "http://deb.debian.org/debian")
        command = ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", suite, str(root), mirror]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        for name in ("resolv.conf", "hosts"):
            shutil.copy(f"/etc/{name}", root / "etc" / name)
        self.start("root", "useradd --create-home person").wait()
        for account, home in ACCOUNTS.items():
            clone = Path(f"{root}{home}", "clone")
            subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(clone)], check=True)
            if account != "root":
                subprocess.run(["chown", "--recursive", "1000:1000", str(clone)], check=True)

    def start(self, account: str, command: str) -> subprocess.Popen[bytes]:
        """Run a line of the shell in the clone of an account, or its home; all that it starts ends with it."""
        home = ACCOUNTS[account]
        variables = {name: value for name, value in os.environ.items() if name.upper().startswith(_KEPT)}
        variables |= {"HOME": home, "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C"}
        enter = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", _ENTER, "sh", str(self.root)]
        enter += [os.environ.get("ENVKERNELS_BARE_BINDS", "")]
        shell = ["setpriv", "--reuid=1000", "--regid=1000", "--clear-groups"] if account != "root" else []
        line = f"cd {home}; cd clone 2>/dev/null; exec 2>&1; {command}"
        return subprocess.Popen([*enter, *shell, "/bin/sh", "-c", line], env=variables, start_new_session=True)

    def run(self, account: str, command: str) -> bool:
        """Run it to its end; tell how long it took, and whether it went well."""
        print(f"\n==> {self.suite}, {account}: {command}", flush=True)
        started = time.monotonic()
        status = self.start(account, command).wait()
        result = "failed" if status else "done"
        print(f"<== {self.suite}, {account}: {command}: {result} in {time.monotonic() - started:.0f} s", flush=True)
        return status == 0

    def run_lab(self, account: str) -> bool:
        """Run ``make lab``, wait for its page, and create the examples."""
        port = _free_port()
        arguments = f"--no-browser --port={port} --IdentityProvider.token={_TOKEN}"
        print(f"\n==> {self.suite}, {account}: make lab", flush=True)
        started = time.monotonic()
        with _ended(self.start(account, f"make lab LAB_ARGS='{arguments}'")) as lab:
            url = f"http://127.0.0.1:{port}"
            while not _answers(f"{url}/lab?token={_TOKEN}"):
                if lab.poll() is not None or time.monotonic() - started > PATIENCE:
                    print(f"<== {self.suite}, {account}: make lab: no page", flush=True)
                    return False
                time.sleep(0.5)
            print(f"<== {self.suite}, {account}: make lab: page in {time.monotonic() - started:.0f} s", flush=True)
            return all(_create(url, example) for example in sorted(EXAMPLES.glob("*.yml")))


def main() -> int:
    """Run all of it; the status is 1 where anything failed."""
    if os.geteuid() != 0 or shutil.which("debootstrap") is None:
        print("Left out: the check of bare machines needs root and debootstrap.", file=sys.stderr)
        return 0
    is_well = True
    for suite in SUITES:
        with tempfile.TemporaryDirectory(prefix=f"envkernels-{suite}-") as folder:
            Path(folder).chmod(0o755)
            debian = Debian(Path(folder, "root"), suite)
            for account in ACCOUNTS:
                is_well &= debian.run(account, "python3 -m venv ../venv && ../venv/bin/pip install --quiet .")
                is_well &= debian.run_lab(account)
                is_well &= debian.run(account, "make test")
    return 0 if is_well else 1


@contextmanager
def _ended(process: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """End a process, and all in its process namespace, at the end."""
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=30) as page:
            return b"jupyter-envkernels" in page.read()
    except OSError:
        return False


def _create(url: str, example: Path) -> bool:
    """Create an environment from an example; tell how that ended."""
    job = _call(url, "jobs", {"kind": "create", "text": example.read_text()})
    deadline = time.monotonic() + PATIENCE
    while job["state"] in {"queued", "running"} and time.monotonic() < deadline:
        time.sleep(1)
        job = _call(url, f"jobs/{job['id']}")
    print(f"    {example.name}: {job['state']} {job.get('error') or ''}", flush=True)
    return bool(job["state"] == "succeeded")


def _call(url: str, path: str, body: Any = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{url}/envkernels/{path}", data, {"Authorization": f"token {_TOKEN}"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


if __name__ == "__main__":
    sys.exit(main())
