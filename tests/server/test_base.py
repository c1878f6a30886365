"""What all routes share: verbs, unknown routes, ETags."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from jupyter_envkernels import errors
from jupyter_envkernels.server.base import status_of

from .conftest import Call, Fetch, answer
from .openapi import operations


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("path", ["", "nothing", "jobs/x/nothing", "environments/a/b/c", "jobs/x/y.z", "..%2f", "%ff"])
async def test_unknown_routes_are_answered_as_json(jp_fetch: Fetch, method: str, path: str) -> None:
    body = "" if method in {"POST", "PUT", "PATCH"} else None
    response = await answer(jp_fetch, "envkernels", path, method=method, body=body)
    assert response.code == 404
    assert response.headers["Content-Type"] == "application/json"
    if method != "HEAD":
        reply = json.loads(response.body)
        assert reply["code"] == "not-found"
        assert reply["message"].startswith("There is no /")


async def test_unknown_routes_tell_nothing_to_strangers(jp_fetch: Fetch) -> None:
    response = await answer(jp_fetch, "envkernels", "nothing", headers={"Authorization": "token wrong"})
    assert response.code == 403
    assert json.loads(response.body)["code"] == "forbidden"


async def test_a_slash_at_the_end_leads_to_the_route_without(jp_fetch: Fetch) -> None:
    response = await answer(jp_fetch, "envkernels", "environments/", follow_redirects=False)
    assert response.code == 302
    assert response.headers["Location"].endswith("/envkernels/environments")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "environments", "GET, HEAD, OPTIONS"),
        ("DELETE", "jobs", "GET, HEAD, OPTIONS, POST"),
        ("GET", "specs/check", "OPTIONS, POST"),
        ("HEAD", "specs/check", "OPTIONS, POST"),
        ("PATCH", "jobs/20260101-000000-00000000", "DELETE, GET, HEAD, OPTIONS"),
    ],
)
async def test_other_verbs_are_refused_and_the_right_ones_named(
    jp_fetch: Fetch, method: str, path: str, allowed: str
) -> None:
    response = await answer(
        jp_fetch, "envkernels", path, method=method, body="" if method in {"PUT", "PATCH"} else None
    )
    assert (response.code, response.headers["Allow"]) == (405, allowed)
    if method != "HEAD":
        assert json.loads(response.body)["code"] == "method-not-allowed"


SAME = {path for method, path in operations() if method == "GET" and "{" not in path} - {"/envkernels/settings"}
"""Routes whose answers are the same when nothing happens; free space does not stand still."""


@pytest.mark.parametrize("path", sorted(SAME))
async def test_head_is_get_without_the_body(jp_fetch: Fetch, path: str) -> None:
    get = await answer(jp_fetch, *path.strip("/").split("/"))
    head = await answer(jp_fetch, *path.strip("/").split("/"), method="HEAD")
    assert (head.code, head.body) == (200, b"")
    assert (head.headers["Etag"], head.headers["Content-Length"]) == (get.headers["Etag"], str(len(get.body)))
    stranger = await answer(
        jp_fetch, *path.strip("/").split("/"), method="HEAD", headers={"Authorization": "token wrong"}
    )
    assert stranger.code == 403


@pytest.mark.parametrize("path", sorted({re.sub(r"\{\w+\}", "0" * 12, path) for _, path in operations()}))
async def test_a_preflight_needs_no_login_and_does_nothing(jp_fetch: Fetch, path: str) -> None:
    headers = {"Authorization": "", "Access-Control-Request-Headers": "authorization"}
    response = await answer(jp_fetch, *path.strip("/").split("/"), method="OPTIONS", headers=headers)
    assert (response.code, response.body) == (200, b"")
    assert "x-xsrftoken" in response.headers["Access-Control-Allow-Headers"]


async def test_the_listing_is_sent_only_when_it_has_changed(call: Call, jp_fetch: Fetch, envs: Any) -> None:
    first = await call("GET", "environments")
    tag = first.headers["Etag"]
    unchanged = await answer(jp_fetch, "envkernels", "environments", headers={"If-None-Match": f'"x", {tag}'})
    assert (unchanged.code, unchanged.body, unchanged.headers["Etag"]) == (304, b"", tag)
    (envs / "lesson" / "conda-meta").mkdir(parents=True)
    (envs / "lesson" / "conda-meta" / "history").write_text("")
    changed = await answer(jp_fetch, "envkernels", "environments", headers={"If-None-Match": tag})
    assert changed.code == 200
    assert "lesson" in [environment["name"] for environment in json.loads(changed.body)["environments"]]
    assert changed.headers["Etag"] != tag


def test_failures_that_pass_are_no_faults_of_ours() -> None:
    kinds = (errors.BackendMissing, errors.StoreFailed, errors.StillRunning)
    assert {status_of(kind("Later.")) for kind in kinds} == {503}
