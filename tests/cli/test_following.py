"""A job, followed to its end by a script and at a terminal, with interrupts, signals and a queue; and its plan."""

from __future__ import annotations

import json
import signal
import time

import psutil
import pytest

from jupyter_envkernels.cli.following import failure_of, plan_text
from jupyter_envkernels.cli.output import REFUSED
from jupyter_envkernels.documents import plan_json
from jupyter_envkernels.engine.operations import PlanOnly, Update
from jupyter_envkernels.errors import Cancelled, Forbidden
from jupyter_envkernels.models import PackageChange, Plan, PlannedPackage, Problem
from tests.channel.server import ChannelServer
from tests.cli.jobs import a_job
from tests.cli.shell import Shell, read_until

BIG = "big-demo"


def test_an_interrupt_cancels(shell: Shell, slow_channel: ChannelServer) -> None:
    process = shell.start("create", "-f", shell.spec("big", BIG), "--json")
    read_until(process, "downloading")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130, out + err
    assert "Cancelling" in err
    assert "Traceback" not in err
    failure = json.loads(out)["error"]
    assert failure["code"] == "cancelled"
    assert shell.made() == []
    assert shell.state(failure["details"]["job"]) == "cancelled"


def test_an_interrupt_at_a_terminal(shell: Shell, slow_channel: ChannelServer) -> None:
    with shell.terminal("create", "-f", shell.spec("big", BIG)) as terminal:
        terminal.read(until="of 41.9 MB")
        terminal.press("\x03")
        assert terminal.wait() == 130
        assert terminal.shown.rstrip().endswith("Cancelled; nothing was changed.")
        assert terminal.output.rfind("\x1b[?25h") > terminal.output.rfind("\x1b[?25l"), "the cursor is shown again"
    assert shell.made() == []
    assert shell.state() == "cancelled"


def test_two_interrupts_leave_at_once_and_leave_nothing(shell: Shell, slow_channel: ChannelServer) -> None:
    with shell.terminal("create", "-f", shell.spec("big", BIG)) as terminal:
        terminal.read(until="of 41.9 MB")
        terminal.press("\x03\x03")
        assert terminal.wait() == 130
    deadline = time.monotonic() + 30
    while shell.json("jobs")["jobs"][0]["state"] == "running":
        assert time.monotonic() < deadline
    assert shell.state() == "cancelled"
    assert shell.made() == []


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM])
def test_a_job_outlives_the_command_line(shell: Shell, channel_server: ChannelServer, ending: signal.Signals) -> None:
    channel_server.add_rule(BIG, throttle=15_000_000)
    process = shell.start("create", "-f", shell.spec("big", BIG))
    read_until(process, "downloading")
    process.send_signal(ending)
    _, err = process.communicate(timeout=30)
    assert process.returncode == -ending
    assert ("The job continues" in err) is (ending == signal.SIGTERM)
    [job] = shell.json("jobs")["jobs"]
    assert job["state"] == "running"
    assert shell.json("log", "last", "--follow")["state"] == "succeeded"
    assert shell.made() == ["big"]


def test_a_job_outlives_the_terminal(shell: Shell, channel_server: ChannelServer) -> None:
    channel_server.add_rule(BIG, throttle=15_000_000)
    with shell.terminal("create", "-f", shell.spec("big", BIG)) as terminal:
        terminal.read(until="of 41.9 MB")
        terminal.hang_up()
        assert terminal.process.wait(30) == -signal.SIGHUP
    assert shell.json("log", "last", "--follow")["state"] == "succeeded"
    assert shell.made() == ["big"]


def test_what_a_dead_command_line_left_is_cleaned_up_by_the_next(shell: Shell, channel_server: ChannelServer) -> None:
    channel_server.add_rule(r"/simple/", delay=60)
    lines = f"[--index-url {channel_server.url}/simple, envkernels-demo-pip]"
    (shell.home / "pip.yml").write_text(f"name: lesson\ndependencies: [python, {{pip: {lines}}}]\n")
    process = shell.start("create", "-f", "pip.yml")
    read_until(process, "pip:")
    worker = next(child for child in psutil.Process(process.pid).children() if "worker" in " ".join(child.cmdline()))
    for victim in (psutil.Process(process.pid), worker):
        victim.kill()
    process.communicate()
    assert shell.made() == ["lesson"]
    channel_server.reset()
    assert shell.json("create", "-f", shell.spec("lesson", "prio-demo"))["state"] == "succeeded"
    assert (shell.envs / "lesson" / "share" / "lab" / "prio-demo.txt").exists()


def test_jobs_of_all_wait_for_their_turn_and_for_no_more_than_there_is_room_for(
    shell: Shell, slow_channel: ChannelServer
) -> None:
    shell.configure("max_concurrent_jobs = 1", "max_queued_jobs = 1")
    first = shell.start("create", "-f", shell.spec("first", BIG))
    read_until(first, "downloading")
    second = shell.start("create", "-f", shell.spec("second", "prio-demo"))
    assert "Waiting for its turn" in read_until(second, "queued")
    time.sleep(0.5)
    assert shell.json("create", "-f", shell.spec("third", "prio-demo"), code=1)["error"]["code"] == "queue-full"
    states = {job["environment"]: job["state"] for job in shell.json("jobs")["jobs"]}
    assert states == {"first": "running", "second": "queued"}
    first.send_signal(signal.SIGINT)
    first.communicate(timeout=30)
    out, err = second.communicate(timeout=60)
    assert second.returncode == 0, err
    assert out.startswith("The environment is ready")


def test_the_administrator_s_limits_refuse_before_the_job_and_in_it(shell: Shell, slow_channel: ChannelServer) -> None:
    shell.configure("denied_packages = ['prio-*']", "max_packages = 1")
    denied = shell.json("create", "-f", shell.spec("lesson", "prio-demo"), code=REFUSED)["error"]
    assert (denied["code"], shell.json("jobs")["jobs"]) == ("not-allowed", [])
    large = shell.json("create", "-f", shell.spec("lesson", "python"), code=REFUSED)["error"]
    assert large["code"] == "not-allowed"
    assert large["message"].endswith("packages; 1 are allowed.")
    assert shell.made() == []


def test_a_place_that_another_command_line_works_on_is_refused(shell: Shell, slow_channel: ChannelServer) -> None:
    spec = shell.spec("big", BIG)
    process = shell.start("create", "-f", spec)
    read_until(process, "downloading")
    refused = shell.json("create", "-f", spec, code=1)["error"]
    assert refused["code"] == "busy"
    assert shell.json("cancel", refused["details"]["job"])["state"] == "cancelled"
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Cancelled" in err


def test_what_is_said_of_a_job_that_did_not_succeed() -> None:
    forbidden = failure_of(a_job(state="failed", error=Problem("forbidden", "No.", "Ask.")))
    assert isinstance(forbidden, Forbidden)
    assert (forbidden.message, forbidden.remedy, forbidden.details) == ("No.", "Ask.", {"job": a_job().id})
    assert isinstance(failure_of(a_job(state="cancelled")), Cancelled)
    assert failure_of(a_job(state="failed", error=Problem("internal-error", "Oh.", ""))).code == "internal-error"


PREFIX = a_job().request.prefix


def package(name: str, *, size: int = 0, cached: bool = False) -> PlannedPackage:
    url = f"https://channel/noarch/{name}.conda"
    return PlannedPackage(name, "2.0", "py_0", "channel", "noarch", url, None, size, cached, "{}")


PLAN = Plan(
    packages=(package("numpy", size=8_200_000), package("zlib", cached=True), package("odd")),
    pip=("cowsay", "git+https://user:secret@host/x.git"),
    pip_removed=("sheep",),
    variables={"LESSON": "two words"},
    changes=(
        PackageChange("numpy", "upgraded", "1.26.4 py_0", "2.0 py_0"),
        PackageChange("odd", "rebuilt", "2.0 py_0", "2.0 py_1"),
        PackageChange("old", "removed", "1.0 py_0", None),
        PackageChange("zlib", "added", None, "2.0 py_0"),
    ),
    free_bytes=45_000_000_000,
    warnings=(Problem("pinned", "numpy is pinned.", "Change the pin."),),
)


def test_a_plan_says_what_changes_and_what_it_costs() -> None:
    text = plan_text(plan_json(PlanOnly(Update("lesson", PREFIX)), PLAN))
    assert "secret" not in text
    assert text.replace("***@", "").replace("//host", "//host").splitlines()[:11] == [
        "update lesson: /envs/lesson",
        "",
        "PACKAGE  CHANGE    DOWNLOAD  VERSION",
        "numpy    upgraded    8.2 MB  1.26.4 -> 2.0",
        "odd      rebuilt          ?  2.0 py_0 -> 2.0 py_1",
        "old      removed             1.0",
        "zlib     added       cached  2.0",
        "",
        "Packages: 1 upgraded, 1 rebuilt, 1 removed, 1 added",
        "Download: 8.2 MB, about 32.8 MB on disk; 45.0 GB are free",
        "pip removes: sheep",
    ]
    assert text.splitlines()[-1] == "Warning: numpy is pinned. Change the pin."
    assert "Variables: LESSON" in text
    assert "pip installs: cowsay, git+https://" in text


def test_a_plan_that_changes_nothing() -> None:
    text = plan_text(plan_json(PlanOnly(Update("lesson", PREFIX)), Plan(())))
    assert text == "update lesson: /envs/lesson\n\nPackages: nothing changes\nDownload: 0 B"
