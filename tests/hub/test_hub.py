"""Each user of a JupyterHub sees and changes what is his own, through the hub's proxy; nobody else does."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from tests.accounts import Account, give
from tests.channel.server import ChannelServer
from tests.cli.shell import Shell
from tests.prefixes import add_kernel

from .hub import USERS, Client, Hub

Browsers = dict[str, Client]


def spec(name: str, package: str = "prio-demo") -> dict[str, Any]:
    return {"kind": "create", "text": f"name: {name}\ndependencies: [{package}]\n"}


def names(client: Client, user: str) -> list[str]:
    answer = client.fetch("GET", user, "environments")
    assert answer.status == 200, answer
    return sorted(environment["name"] for environment in answer.body["environments"] if not environment["is_base"])


def done(hub: Hub, client: Client, user: str, body: Any) -> Any:
    """A job when it has succeeded."""
    accepted = client.fetch("POST", user, "jobs", body)
    assert accepted.status == 202, accepted
    assert accepted.headers["Location"] == f"/user/{user}/envkernels/jobs/{accepted.body['id']}"

    def now() -> Any:
        return client.fetch("GET", user, f"jobs/{accepted.body['id']}").body

    hub.until(lambda: now()["finished"])
    job = now()
    assert job["state"] == "succeeded", job
    return job


def test_each_has_his_own(hub: Hub, browsers: Browsers) -> None:
    for user in USERS:
        job = done(hub, browsers[user], user, spec(f"of-{user}"))
        assert job["user"] == user
        assert job["prefix"] == str(hub.home(user) / ".conda" / "envs" / f"of-{user}")
        events = browsers[user].fetch("GET", user, f"jobs/{job['id']}/events").body["events"]
        assert {event["user"] for event in events} == {user}
        assert [event["seq"] for event in events] == list(range(1, job["seq"] + 1))
        log = browsers[user].fetch("GET", user, f"jobs/{job['id']}/log").body["text"]
        assert f"Created {job['prefix']}." in log
        jobs = hub.home(user) / ".local" / "share" / "jupyter" / "envkernels" / "jobs"
        assert {path.stat().st_mode & 0o077 for path in (jobs, jobs / job["id"])} == {0}, "closed to other accounts"
        assert {path.stat().st_uid for path in (jobs, Path(job["prefix"]))} == {hub.home(user).stat().st_uid}
    for user, other in zip(USERS, reversed(USERS), strict=True):
        assert f"of-{user}" in names(browsers[user], user)
        assert f"of-{other}" not in names(browsers[user], user)
        assert {job["user"] for job in browsers[user].fetch("GET", user, "jobs").body["jobs"]} == {user}
    (environment,) = (
        environment
        for environment in browsers["ada"].fetch("GET", "ada", "environments").body["environments"]
        if environment["name"] == "of-ada"
    )
    done(hub, browsers["ada"], "ada", {"kind": "remove", "environment": environment["id"]})
    assert "of-ada" not in names(browsers["ada"], "ada")
    assert "of-bob" in names(browsers["bob"], "bob")


def test_a_page_of_somebody_else_can_ask_for_nothing(hub: Hub, browsers: Browsers) -> None:
    """Such a page makes the browser send its cookies, but it cannot know what the header holds."""
    for method, path, body in [("GET", "environments", None), ("GET", "jobs", None), ("POST", "jobs", spec("forged"))]:
        refused = browsers["ada"].fetch(method, "ada", path, body, xsrf=False)
        assert refused.status == 403, refused
    assert "forged" not in str(browsers["ada"].fetch("GET", "ada", "jobs").body)


def test_nobody_uses_the_server_of_another(hub: Hub, browsers: Browsers) -> None:
    own = browsers["bob"].cookie("jupyterhub-user-bob", "/user/bob/")
    xsrf = browsers["bob"].cookie("_xsrf", "/user/bob/")
    header = {"X-XSRFToken": xsrf, "Sec-Fetch-Mode": "cors"}
    forged = {**header, "Cookie": f'jupyterhub-user-ada="{own}"; _xsrf={xsrf}'}
    program = Client(hub, token=hub.token("bob"))
    for method, path, body in [("GET", "environments", None), ("GET", "jobs", None), ("POST", "jobs", spec("forged"))]:
        by_cookie = browsers["bob"].ask(method, f"/user/ada/envkernels/{path}", body, headers=header)
        by_token = program.fetch(method, "ada", path, body)
        by_forged_cookie = Client(hub).ask(method, f"/user/ada/envkernels/{path}", body, headers=forged)
        unknown = Client(hub).ask(method, f"/user/ada/envkernels/{path}", body, headers={"Sec-Fetch-Mode": "cors"})
        answers = [by_cookie, by_forged_cookie, by_token, unknown]
        assert [answer.status for answer in answers] == [403] * 4
    assert browsers["bob"].ask("GET", "/user/ada/files/").status == 403, "nor does the hub lead there"
    assert "forged" not in str(browsers["ada"].fetch("GET", "ada", "jobs").body)


def test_a_program_with_a_token(hub: Hub) -> None:
    program = Client(hub, token=hub.token("bob"))
    job = done(hub, program, "bob", spec("by-token"))
    assert job["user"] == "bob"
    assert "by-token" in names(program, "bob")


def test_a_job_outlives_the_server_of_its_user(hub: Hub, channel_server: ChannelServer) -> None:
    channel_server.add_rule("big-demo", throttle=400_000)
    program = Client(hub, token=hub.token("ada"))
    job = program.fetch("POST", "ada", "jobs", spec("slow", "big-demo")).body

    def now() -> Any:
        return program.fetch("GET", "ada", f"jobs/{job['id']}").body

    hub.until(lambda: now()["phase"] == "downloading")
    hub.stop_server("ada")
    assert program.fetch("GET", "ada", "jobs").status != 200
    hub.start_server("ada")
    assert now()["state"] == "running"
    assert program.fetch("DELETE", "ada", f"jobs/{job['id']}").body["state"] == "cancelled"
    assert "slow" not in names(program, "ada")


def test_what_one_makes_where_both_may_is_no_kernel_of_the_other(hub: Hub, channel_server: ChannelServer) -> None:
    course = hub.folder / "course"
    course.mkdir()
    course.chmod(0o1777 if os.geteuid() == 0 else 0o755)
    for user in USERS:
        (hub.home(user) / "course").symlink_to(course)
    prefix = course / ".pixi" / "envs" / "exam"
    bob = hub.home("bob").stat()
    shell = Shell(hub.home("bob"), f"{channel_server.url}/main", hub.python)
    shell.json("create", "-p", str(prefix), "-f", "-", feed="dependencies: [prio-demo]\n")
    add_kernel(prefix)
    give(prefix, Account(bob.st_uid, bob.st_gid, shell.home))

    ada = Client(hub, token=hub.token("ada"))
    found = ada.fetch("GET", "ada", "environments").body["environments"]
    (exam,) = [environment for environment in found if environment["name"] == "course:exam"]
    assert (exam["is_trusted"], exam["kernels"]) == (False, [])
    assert re.search(r"belongs to user \d+\.|can be written by every account\.", exam["problem"]["message"])
    assert "exam" not in str(ada.ask("GET", "/user/ada/api/kernelspecs").body)
    session = {"path": "a", "type": "notebook", "name": "", "kernel": {"name": "conda-env-exam-py"}}
    assert ada.ask("POST", "/user/ada/api/sessions", session).status == 501
    assert ada.fetch("POST", "ada", "jobs", {"kind": "clone", "source": exam["id"], "name": "copy"}).status == 403
