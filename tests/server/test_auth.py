"""Every verb asks the authorizer, for the right action on the right resource."""

from __future__ import annotations

import itertools
import json
import re
from typing import Any

from jupyter_server.auth.authorizer import Authorizer
from jupyter_server.auth.identity import User
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.serverapp import ServerApp

from .conftest import Fetch, answer
from .openapi import operations

JOB = "20260101-000000-00000000"
VERBS = [
    ("GET", "environments", None, "read"),
    ("GET", "environments/000000000000", None, "read"),
    ("DELETE", "environments/000000000000", None, "write"),
    ("DELETE", "environments/000000000000/list-entry", None, "write"),
    ("GET", "environments/000000000000/packages", None, "read"),
    ("GET", "environments/000000000000/history", None, "read"),
    ("GET", "environments/000000000000/export", None, "read"),
    ("POST", "specs/check", {"text": "name: x"}, "read"),
    ("GET", "settings", None, "read"),
    ("GET", "doctor", None, "read"),
    ("GET", "templates", None, "read"),
    ("GET", "jobs", None, "read"),
    ("POST", "jobs", {"kind": "remove", "environment": "000000000000"}, "write"),
    ("GET", f"jobs/{JOB}", None, "read"),
    ("DELETE", f"jobs/{JOB}", None, "write"),
    ("POST", f"jobs/{JOB}/run", {}, "write"),
    ("GET", f"jobs/{JOB}/plan", None, "read"),
    ("GET", f"jobs/{JOB}/events", None, "read"),
    ("GET", f"jobs/{JOB}/log", None, "read"),
]


class OneAction(Authorizer):
    """Allows one action, and remembers what it was asked."""

    def __init__(self, action: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.action = action
        self.asked: list[tuple[str, str]] = []

    def is_authorized(self, handler: JupyterHandler, user: User, action: str, resource: str) -> bool:
        del handler, user
        self.asked.append((action, resource))
        return action == self.action


def test_every_operation_is_in_the_table() -> None:
    known = {(method, re.sub(JOB + "|0{12}", "{id}", f"/envkernels/{path}")) for method, path, _, _ in VERBS}
    assert known == set(operations())


async def request(fetch: Fetch, method: str, path: str, body: Any, **headers: str) -> int:
    """Send it; return the status."""
    data = None if body is None else json.dumps(body)
    return (await answer(fetch, "envkernels", *path.split("/"), method=method, body=data, headers=headers)).code


async def test_authorization(jp_serverapp: ServerApp, jp_fetch: Fetch) -> None:
    """One server for all operations: to start it takes longer than all of them."""
    for allowed, (method, path, body, action) in itertools.product(("read", "write"), VERBS):
        authorizer = OneAction(allowed, parent=jp_serverapp)
        jp_serverapp.web_app.settings["authorizer"] = authorizer
        status = await request(jp_fetch, method, path, body)
        assert authorizer.asked == [(action, "envkernels")], (method, path)
        assert (status == 403) == (allowed != action), (method, path, allowed)


async def test_who_is_not_logged_in_gets_nothing(jp_fetch: Fetch) -> None:
    for method, path, body, _ in VERBS:
        assert await request(jp_fetch, method, path, body, Authorization="token wrong") == 403, (method, path)
