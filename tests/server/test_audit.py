"""The audit trail of docs/administration.md: who asked for what, and how it ended."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from jupyter_server.auth.identity import IdentityProvider, User

from tests.jobs.conftest import until

from .conftest import Call, Reply

DOCS = Path(__file__).parents[2] / "docs" / "administration.md"


class NamedUsers(IdentityProvider):
    """As JupyterHub does: people have names."""

    def get_user(self, handler: Any) -> User:
        handler._token_authenticated = True
        return User("ada")


@pytest.fixture
def audit_file(tmp_path: Path) -> Path:
    return tmp_path / "log" / "environments.jsonl"


@pytest.fixture
def jp_server_config(jp_server_config: dict[str, Any], jp_config_dir: Path, audit_file: Path) -> dict[str, Any]:
    """The example of the documentation, in a file where an administrator has it, only for another log file."""
    (example,) = re.findall(r"```python\n(.*?)```", DOCS.read_text(), re.DOTALL)
    audit_file.parent.mkdir()
    jp_config_dir.joinpath("jupyter_server_config.py").write_text(
        example.replace("/var/log/jupyter/environments.jsonl", str(audit_file))
    )
    jp_server_config["ServerApp"]["identity_provider_class"] = NamedUsers
    return jp_server_config


async def test_the_example_of_the_documentation(
    call: Call, finish: Callable[[Reply], Awaitable[Any]], audit_file: Path
) -> None:
    job = await finish(await call("POST", "jobs", {"kind": "create", "text": "name: x\ndependencies: [prio-demo]"}))
    assert job["user"] == "ada"

    async def told_twice() -> bool:
        return len(audit_file.read_text().splitlines()) == 2

    await until(told_twice, seconds=10)
    lines = [json.loads(line) for line in audit_file.read_text().splitlines()]
    assert [(line["job_id"], line["user"], line["kind"], line["state"]) for line in lines] == [
        (job["id"], "ada", "create", "queued"),
        (job["id"], "ada", "create", "succeeded"),
    ]
    assert lines[-1]["message"] == job["message"]
    assert lines[0]["__timestamp__"]
