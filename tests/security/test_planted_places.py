"""A stranger who watches what a user's job makes in a folder of both, and plants links and folders meanwhile."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.accounts import own
from tests.channel.server import ChannelServer

from .neighbours import Neighbours, neighbours

_ATTACK = """\
import os, sys, tempfile, time
from contextlib import suppress
from pathlib import Path
folder, target, jobs, user = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
def stems():
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (process / "cmdline").read_text().split("\\0")
            yield from (f".lesson.envkernels-{word.rpartition('/')[2]}" for word in words if jobs in word)
    for name in os.listdir(tempfile.gettempdir()):
        if name.startswith("envkernels-2"):
            yield f".lesson.{name}"
    for name in os.listdir(folder):
        yield name.rpartition(".")[0]
print("ready", flush=True)
while True:
    for stem in set(stems()) - {""}:
        for end in ("new", "was", "old", "spent"):
            with suppress(OSError):
                (folder / f"{stem}.{end}").symlink_to(target)
    for path in folder.glob(".lesson*") if os.geteuid() != user else ():
        with suppress(OSError):
            path.rename(folder / "stolen")
            path.mkdir(mode=0o777)
    time.sleep(0.01)
"""


@pytest.fixture
def site(channel_server: ChannelServer) -> Iterator[Neighbours]:
    with neighbours(f"{channel_server.url}/main") as site:
        yield site


@contextmanager
def attacking(site: Neighbours, folder: Path, target: Path) -> Iterator[None]:
    """Have the stranger plant links to a target beside all that appears in a folder."""
    user = site.server.home.stat().st_uid
    jobs = f"{site.place.folder}/jobs/2"
    command = [site.shell.python, "-c", _ATTACK, str(folder), str(target), jobs, str(user)]
    environ = {**os.environ, "HOME": str(site.stranger.home)}
    with subprocess.Popen(command, env=environ, cwd="/", stdout=subprocess.PIPE) as attacker:
        assert attacker.stdout is not None
        assert attacker.stdout.readline() == b"ready\n"
        try:
            yield
        finally:
            attacker.kill()


def state(folder: Path) -> dict[str, int]:
    return {path.name: path.lstat().st_mode for path in (folder, *folder.rglob("*"))}


def test_a_job_in_a_folder_of_all(site: Neighbours, channel_server: ChannelServer) -> None:
    channel_server.add_rule("prio-demo", delay=1.0)  # so that the stranger has time
    secret = site.server.home / ".ssh"
    secret.mkdir(mode=0o700)
    (secret / "id_rsa").write_text("secret")
    (secret / "id_rsa").chmod(0o600)
    own(secret, site.user.uid, site.user.gid)
    before = state(secret)
    prefix = site.shared / "lesson"
    with attacking(site, site.shared, secret):
        site.shell.json("create", "-p", str(prefix), "-f", "-", feed="dependencies: [prio-demo]\n")
    owners = {path.lstat().st_uid for path in (prefix, *prefix.rglob("*"))}
    assert owners == {site.user.uid if os.geteuid() == 0 else os.geteuid()}
    assert state(secret) == before
    assert any(path.is_symlink() for path in site.shared.iterdir()), "the stranger was there"
