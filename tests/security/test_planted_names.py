"""Whoever sees the processes and /tmp of another account cannot put anything into the way of its jobs."""

from __future__ import annotations

import os
import secrets
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from msgspec import structs

from tests.accounts import Account
from tests.channel.server import ChannelServer
from tests.jobs.conftest import Place, in_phase, managing, over


def ids_in_sight() -> set[str]:
    """Ids of jobs that the processes of the machine and its folder for temporary files tell everybody."""
    words = [word for process in psutil.process_iter(["cmdline"]) for word in process.info["cmdline"] or ()]
    return {Path(word).name for word in words if "/jobs/" in word}


def attack(prefix: Path, job_id: str, secret: Path) -> None:
    """Do what an account can that knows the name of an environment and the id of the job that makes it."""
    shared, name = prefix.parent, prefix.name
    (staged,) = shared.glob(f".{name}.envkernels-*.new")
    assert job_id not in staged.name
    assert stat.S_IMODE(staged.lstat().st_mode) == 0o700
    if os.geteuid() != staged.lstat().st_uid:
        with pytest.raises(PermissionError):
            list(staged.iterdir())
        with pytest.raises(PermissionError):
            staged.rename(shared / "stolen")
    for suffix in ("new", "was", "old"):
        (shared / f".{name}.envkernels-{job_id}.{suffix}").symlink_to(secret)
    for suffix in ("was", "old"):  # as if one name told the others
        staged.with_suffix(f".{suffix}").symlink_to(secret)


@pytest.fixture
def prefix(accounts: tuple[Account, Account]) -> Iterator[Path]:
    """The prefix of a new environment, in a folder of root where each account can make entries."""
    shared = Path("/tmp")  # for accounts that cannot make one
    if os.geteuid() == 0:
        shared = accounts[1].home.parent / "shared"
        shared.mkdir()
        shared.chmod(0o1777)
    made = shared / f"lesson-{secrets.token_hex(8)}"
    yield made
    for path in shared.glob(f"*{made.name}*"):
        if path.is_symlink():
            path.unlink()
        else:
            shutil.rmtree(path)


async def test_a_job_in_a_folder_where_everybody_makes_environments(
    place: Place, channel_server: ChannelServer, accounts: tuple[Account, Account], prefix: Path
) -> None:
    _, attacker = accounts
    secret = place.folder / "home" / ".ssh"
    secret.mkdir(mode=0o700)
    (secret / "id_rsa").write_text("secret")
    (secret / "id_rsa").chmod(0o600)
    channel_server.add_rule("prio-demo.*conda$", delay=1)
    async with managing(place) as manager:
        request = structs.replace(place.create(prefix.name, "prio-demo"), prefix=prefix)
        job = await manager.submit(request)
        await in_phase(manager, job, "downloading", done=0)
        assert job.id in ids_in_sight()
        assert not [path for path in Path(tempfile.gettempdir()).iterdir() if job.id in path.name]
        with attacker.acting():
            attack(prefix, job.id, secret)
        done = await over(manager, job)
        assert done.state == "succeeded", manager.journal(job.id).log_file.read_text()
    assert prefix.stat().st_uid == os.geteuid()
    found = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (secret, *secret.iterdir())}
    assert found == {".ssh": 0o700, "id_rsa": 0o600}
