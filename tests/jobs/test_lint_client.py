"""Questions for the engine: in time, from a process that never stays behind."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

from jupyter_envkernels.jobs import lint_client as module
from jupyter_envkernels.jobs.lint_client import LintClient
from jupyter_envkernels.models import CheckedSpec, EngineOptions
from jupyter_envkernels.specs import check
from tests.channel.server import ChannelServer

from .conftest import Place, until

TEXT = "dependencies: [prio-dmo]"
LONG = 60.0


def processes(of: int | None = None) -> list[psutil.Process]:
    """The living processes of inquiries that we, or another process, have started."""
    children = psutil.Process(of).children()
    return [p for p in children if p.status() != psutil.STATUS_ZOMBIE and "jobs.lint_worker" in " ".join(p.cmdline())]


def gone(process: psutil.Process) -> bool:
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@asynccontextmanager
async def asking(place: Place, idle: float = LONG) -> AsyncIterator[LintClient]:
    client = LintClient(EngineOptions((place.channel,), place.folder / "cache"), idle=idle)
    try:
        yield client
    finally:
        await client.stop()
        assert processes() == []


async def codes(client: LintClient, seconds: float = LONG, text: str = TEXT) -> list[str]:
    return [diagnostic.code for diagnostic in await client.advise(text, seconds)]


async def test_one_process_answers_many_questions(place: Place) -> None:
    async with asking(place) as client:
        assert processes() == []
        assert await codes(client) == ["no-such-package"]
        (first,) = processes()
        answers = await asyncio.gather(*(codes(client, text=f"dependencies: [a{n}, b]") for n in range(9)))
        assert answers == [["no-such-package"] * 2] * 9
        assert processes() == [first]
    assert gone(first)


async def further(client: LintClient, text: str) -> CheckedSpec:
    return await client.further(check(text), text, LONG)


async def test_who_names_no_channel_is_told_of_the_terms_of_the_configured_one(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    pkgs = "https://repo.anaconda.com/pkgs/main"
    configuration = {"default_channels": [pkgs], "mirrored_channels": {pkgs: [place.channel]}}
    (place.folder / "condarc").write_text(json.dumps(configuration))
    monkeypatch.setenv("CONDARC", str(place.folder / "condarc"))
    client = LintClient(EngineOptions(("defaults",), place.folder / "cache"))
    try:
        checked = await further(client, "name: one\ndependencies: [prio-demo]\n")
        assert [(d.code, d.line) for d in checked.diagnostics] == [("terms-of-service", None)]
        checked = await further(client, "name: one\nchannels: [defaults]\ndependencies: [prio-demo]\n")
        assert [(d.code, d.line) for d in checked.diagnostics] == [("terms-of-service", 2)]
        checked = await further(client, f"name: one\nchannels: [{place.channel}]\ndependencies: [prio-demo]\n")
        assert checked.diagnostics == ()
    finally:
        await client.stop()


async def test_the_configuration_tells_whose_a_channel_is(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, _, _ = place.channel.rpartition("/")
    configuration = {"default_channels": [place.channel], "custom_channels": {"main": folder}}
    (place.folder / "condarc").write_text(json.dumps(configuration))
    monkeypatch.setenv("CONDARC", str(place.folder / "condarc"))
    client = LintClient(EngineOptions(("defaults",), place.folder / "cache"))
    try:
        for head in ("", "channels: [defaults]\n"):
            checked = await further(client, f"name: one\n{head}dependencies: [prio-demo]\n")
            assert checked.diagnostics == (), head
        checked = await further(client, "name: one\nchannels: [main]\ndependencies: [prio-demo]\n")
        assert "terms-of-service" not in [d.code for d in checked.diagnostics]
    finally:
        await client.stop()


async def test_what_this_machine_is(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONDA_OVERRIDE_CUDA", "12.4")
    async with asking(place) as client:
        machine = await client.machine(LONG)
    assert machine is not None
    assert "-" in machine.platform
    assert ("__cuda", "12.4") in [(v.name, v.version) for v in machine.virtual_packages]


async def test_no_channel_is_asked_by_way_of_a_cache_that_others_can_write(place: Place) -> None:
    (place.folder / "cache" / "repodata").mkdir(parents=True)
    (place.folder / "cache" / "repodata").chmod(0o777)
    async with asking(place) as client:
        (diagnostic,) = await client.advise(TEXT, LONG)
        assert diagnostic.code == "channels-not-asked"
        assert f"packages into the package cache {place.folder}/cache: " in diagnostic.message
        assert processes() == []


async def test_it_ends_when_nobody_asks_and_begins_again(place: Place) -> None:
    async def ended() -> bool:
        return gone(first)

    others = set(psutil.Process().children())  # what other tests have not waited for
    async with asking(place, idle=0.05) as client:
        assert await codes(client) == ["no-such-package"]
        (first,) = set(psutil.Process().children()) - others
        await until(ended)
        assert await codes(client) == ["no-such-package"]


async def test_a_hanging_channel_holds_up_nobody(place: Place, channel_server: ChannelServer) -> None:
    channel_server.add_rule("/main/", hang_after=0)
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.01)
            ticks += 1

    async with asking(place) as client:
        await client.machine(LONG)  # so that the process runs, however busy this machine is
        ticking = asyncio.create_task(tick())
        assert await codes(client, 2) == ["channel-slow"]
        ticking.cancel()
        assert ticks > 50
        channel_server.reset()


@pytest.mark.parametrize("end", [psutil.Process.kill, psutil.Process.terminate])
async def test_a_process_that_dies_takes_its_question_with_it(
    place: Place, channel_server: ChannelServer, end: Callable[[psutil.Process], None]
) -> None:
    channel_server.add_rule("/main/", hang_after=0)

    async def is_asked() -> bool:
        return bool(channel_server.log)

    async with asking(place) as client:
        question = asyncio.create_task(client.advise(TEXT, LONG))
        await until(is_asked)
        (process,) = processes()
        end(process)
        (told,) = await question
        assert (told.severity, told.code, told.line) == ("info", "channels-not-asked", None)
        channel_server.reset()
        assert await codes(client) == ["no-such-package"]


async def test_a_process_that_does_not_answer_is_replaced(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    async with asking(place) as client:
        assert await codes(client) == ["no-such-package"]
        (hung,) = processes()
        hung.suspend()
        assert await codes(client, 0.3) == ["channels-not-asked"]
        assert not gone(hung)  # it may only be slow
        monkeypatch.setattr(module, "_PATIENCE", 0.0)
        assert await codes(client, LONG) == ["no-such-package"]
        assert gone(hung)


async def test_it_does_not_outlive_its_client(place: Place, channel_server: ChannelServer) -> None:
    channel_server.add_rule("/main/", hang_after=0)
    program = (
        "import asyncio, sys, pathlib\n"
        "from jupyter_envkernels.jobs.lint_client import LintClient\n"
        "from jupyter_envkernels.models import EngineOptions\n"
        "client = LintClient(EngineOptions((sys.argv[1],), pathlib.Path(sys.argv[2])))\n"
        "asyncio.run(client.advise('dependencies: [a]', 60))\n"
    )
    asker = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, place.channel, str(place.folder / "cache")
    )

    async def is_asked() -> bool:
        return bool(channel_server.log)

    async def ended() -> bool:
        return gone(process)

    await until(is_asked)
    (process,) = processes(asker.pid)
    assert os.getpgid(process.pid) == process.pid
    os.kill(asker.pid, signal.SIGKILL)
    await asker.wait()
    await until(ended)


async def test_a_machine_that_can_start_no_process(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    async with asking(place) as client:
        with monkeypatch.context() as broken:
            broken.setattr(sys, "executable", "/absent/python")
            assert await codes(client) == ["channels-not-asked"]
            assert await client.machine(LONG) is None
        assert await codes(client) == ["no-such-package"]


async def test_an_engine_that_cannot_be_loaded(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "rattler.py").write_text("raise ImportError('no wheel for this machine')\n")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    async with asking(place) as client:
        (told,) = await client.advise(TEXT, LONG)
    assert told.code == "channels-not-asked"
    assert "no wheel for this machine" in told.message
    assert "no wheel for this machine" in caplog.text
