"""The audit trail of docs/administration.md: who asked for what, how it ended, and what was refused."""

from __future__ import annotations

import json
import logging
import re
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from jupyter_server.auth.authorizer import Authorizer
from jupyter_server.auth.identity import IdentityProvider, User
from jupyter_server.serverapp import ServerApp

from jupyter_envkernels.config import EnvKernels
from jupyter_envkernels.errors import InvalidRequest
from jupyter_envkernels.server.events import JOB_EVENT_SCHEMA
from tests.jobs.conftest import until
from tests.prefixes import make_prefix

from .conftest import Call, Fetch, Reply, answer

DOCS = Path(__file__).parents[2] / "docs" / "administration.md"
SPEC = "name: x\ndependencies: [prio-demo]"
Finish = Callable[[Reply], Awaitable[Any]]


class NamedUsers(IdentityProvider):
    """As JupyterHub does: people have names."""

    def get_user(self, handler: Any) -> User:
        handler._token_authenticated = True
        return User("ada")


class ReadOnly(Authorizer):
    """Lets everybody read, and nobody write."""

    def is_authorized(self, handler: Any, user: User, action: str, resource: str) -> bool:
        del handler, user, resource
        return action == "read"


@pytest.fixture
def audit_file(tmp_path: Path) -> Path:
    return tmp_path / "log" / "environments.jsonl"


@pytest.fixture
def jp_server_config(jp_server_config: dict[str, Any], jp_config_dir: Path, audit_file: Path) -> dict[str, Any]:
    """The example of the documentation, in a file where an administrator has it, only for another log file."""
    (example,) = (text for text in re.findall(r"```python\n(.*?)```", DOCS.read_text(), re.DOTALL) if "audit" in text)
    audit_file.parent.mkdir()
    jp_config_dir.joinpath("jupyter_server_config.py").write_text(
        example.replace("/var/log/jupyter/environments.jsonl", str(audit_file))
    )
    jp_server_config["ServerApp"]["identity_provider_class"] = NamedUsers
    jp_server_config["EnvKernels"]["denied_packages"] = ["act*"]
    return jp_server_config


@pytest.fixture
def told(audit_file: Path) -> Callable[[int], Awaitable[list[dict[str, Any]]]]:
    """Wait for so many lines; all lines that there are."""

    def lines() -> list[dict[str, Any]]:
        return [json.loads(line) for line in audit_file.read_text().splitlines()]

    async def wait(count: int) -> list[dict[str, Any]]:
        async def are_there() -> bool:
            return len(lines()) >= count

        await until(are_there, seconds=10)
        return lines()

    return wait


Told = Callable[[int], Awaitable[list[dict[str, Any]]]]


async def test_the_example_of_the_documentation(call: Call, finish: Finish, told: Told) -> None:
    job = await finish(await call("POST", "jobs", {"kind": "create", "text": SPEC}))
    assert job["user"] == "ada"
    lines = await told(2)
    assert [(line["job_id"], line["user"], line["kind"], line["state"]) for line in lines] == [
        (job["id"], "ada", "create", "queued"),
        (job["id"], "ada", "create", "succeeded"),
    ]
    assert lines[-1]["message"] == job["message"]
    assert lines[-1]["time"] == job["finished"]
    event = (await call("GET", f"jobs/{job['id']}/events", after=str(job["seq"] - 1))).json["events"][0]
    assert lines[-1] == {"time": job["finished"], **event}


async def test_no_client_can_write_into_it(
    call: Call, finish: Finish, told: Told, jp_fetch: Fetch, jp_serverapp: ServerApp
) -> None:
    job = await finish(await call("POST", "jobs", {"kind": "create", "text": SPEC}))
    (queued, *_) = (await call("GET", f"jobs/{job['id']}/events")).json["events"]
    heard = []

    async def listen(logger: Any, schema_id: str, data: dict[str, Any]) -> None:
        del logger, schema_id
        heard.append(data["user"])

    assert jp_serverapp.event_logger is not None
    jp_serverapp.event_logger.add_listener(schema_id=JOB_EVENT_SCHEMA, listener=listen)
    forged = {"schema_id": JOB_EVENT_SCHEMA, "version": "1", "data": {**queued, "user": "eve", "kind": "remove"}}
    assert (await answer(jp_fetch, "api", "events", method="POST", body=json.dumps(forged))).code == 204
    second = await finish(await call("POST", "jobs", {"kind": "create", "text": SPEC.replace("x", "y", 1)}))
    lines = await told(4)
    assert "eve" in heard
    assert sorted((line["job_id"], line["user"], line["kind"]) for line in lines) == [
        (known["id"], "ada", "create") for known in (job, job, second, second)
    ]


async def test_what_the_limits_refuse_is_in_it(call: Call, told: Told, envs: Path) -> None:
    body = {"kind": "create", "text": "name: x\ndependencies: [activate-demo]"}
    refused = await call("POST", "jobs", body)
    assert refused.status == 403
    (line,) = await told(1)
    assert time.time() - 60 < time.mktime(time.strptime(line.pop("time")[:19], "%Y-%m-%dT%H:%M:%S")) - time.timezone
    assert line == {
        "job_id": "", "kind": "create", "environment": "x", "prefix": f"{envs}/x", "user": "ada", "state": "refused",
        "phase": None, "seq": 0, "progress": None, "message": "POST /a%40b/envkernels/jobs",
        "error": refused.json,
    }  # fmt: skip


async def test_what_permissions_refuse_is_in_it(call: Call, told: Told, envs: Path) -> None:
    prefix = make_prefix(envs / "frozen")
    (prefix / "conda-meta/frozen").touch()
    (known,) = [env for env in (await call("GET", "environments")).json["environments"] if env["name"] == "frozen"]
    bodies = [{"kind": "add-kernel", "environment": known["id"]}, {"kind": "remove", "environment": known["id"]}]
    for body in (*bodies, {"kind": "plan", "of": bodies[0]}):
        assert (await call("POST", "jobs", body)).status == 403
    assert (await call("DELETE", f"environments/{known['id']}")).status == 403
    lines = await told(4)
    assert [line["kind"] for line in lines] == ["add-kernel", "remove", "plan", "remove"]
    assert {(line["user"], line["environment"], line["prefix"]) for line in lines} == {("ada", "frozen", str(prefix))}


async def test_what_the_authorizer_refuses_is_in_it(call: Call, told: Told, jp_serverapp: ServerApp) -> None:
    jp_serverapp.web_app.settings["authorizer"] = ReadOnly(parent=jp_serverapp)
    job = "20260101-000000-00000000"
    for verb, path, body in (
        ("POST", "jobs", {"kind": "create", "name": "x" * 1000, "text": SPEC}),
        ("POST", "jobs", {"kind": ["create"], "environment": {}}),
        ("POST", "jobs", b"\xff["),
        ("DELETE", f"jobs/{job}", None),
    ):
        assert (await call(verb, path, body)).status == 403
    lines = await told(4)
    assert [(line["kind"], line["environment"], line["job_id"]) for line in lines] == [
        ("create", "x" * 200, ""), ("", "", ""), ("", "", ""), ("", "", job)
    ]  # fmt: skip
    assert {line["user"] for line in lines} == {"ada"}


class Broken(logging.Handler):
    """Fails whenever it is told something."""

    def emit(self, record: logging.LogRecord) -> None:
        raise OSError(record.getMessage())


class Slow(logging.Handler):
    """Takes until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.let_go = threading.Event()
        self.seen: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.let_go.wait(60)
        self.seen.append(record)


@pytest.fixture
def slow() -> Slow:
    return Slow()


class TestOtherHandlers:
    """A list of handlers, given by the configuration without a function."""

    @pytest.fixture
    def jp_server_config(self, jp_server_config: dict[str, Any], slow: Slow) -> dict[str, Any]:
        silent = logging.NullHandler(logging.ERROR)
        jp_server_config["EnvKernels"]["audit_handlers"] = [Broken(), silent, slow]
        return jp_server_config

    async def test_they_hold_up_nothing(self, call: Call, finish: Finish, slow: Slow) -> None:
        job = await finish(await call("POST", "jobs", {"kind": "create", "text": SPEC}))
        assert job["state"] == "succeeded"
        assert slow.seen == []
        slow.let_go.set()

        async def has_seen_all() -> bool:
            return len(slow.seen) == int(job["seq"])

        await until(has_seen_all, seconds=20)


def test_what_is_no_handler_is_refused() -> None:
    assert EnvKernels().audit_logging() == ()
    with pytest.raises(InvalidRequest, match="audit_handlers"):
        EnvKernels(audit_handlers=lambda: ["file.log"]).audit_logging()
