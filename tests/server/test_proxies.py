"""Behind proxies, and for browsers: any base URL, cookies, and the header that keeps other sites out."""

from __future__ import annotations

import json
from http.cookies import SimpleCookie

import pytest
from jupyter_server.serverapp import ServerApp

from .conftest import Call, Fetch, answer

SPEC = "name: lesson\ndependencies: [prio-demo]\n"
CHECK = json.dumps({"text": SPEC})


@pytest.fixture(params=["/", "/user/ada%40uni.example/", "/a/b/c/"])
def jp_base_url(request: pytest.FixtureRequest) -> str:
    """As at home, behind JupyterHub, and behind another proxy."""
    return str(request.param)


async def test_addresses_hold_under_any_base_url(call: Call, jp_fetch: Fetch, jp_base_url: str) -> None:
    job = await call("POST", "jobs", {"kind": "create", "text": SPEC})
    location = job.headers["Location"]
    assert location == f"{jp_base_url}envkernels/jobs/{job.json['id']}"
    found = await answer(jp_fetch, *location.removeprefix(jp_base_url).split("/"))
    assert json.loads(found.body)["id"] == job.json["id"]
    await call("DELETE", f"jobs/{job.json['id']}")
    assert (await call("GET", "environments")).status == 200
    assert (await answer(jp_fetch, "envkernels", "nothing")).code == 404


async def log_in(app: ServerApp, fetch: Fetch) -> dict[str, str]:
    """The cookies of a browser that has opened the login page and entered the token."""
    found: dict[str, str] = {}
    for query in ({}, {"token": app.identity_provider.token}):
        page = await answer(fetch, "login", params=query, headers=NO_TOKEN, follow_redirects=False)
        for header in page.headers.get_list("Set-Cookie"):
            found |= {name: morsel.value for name, morsel in SimpleCookie(header).items()}
    assert "_xsrf" in found
    return found


NO_TOKEN = {"Authorization": ""}


def browser(cookies: dict[str, str], **headers: str) -> dict[str, str]:
    """Headers of a fetch in a page of the server."""
    return {
        **NO_TOKEN,
        "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        "Sec-Fetch-Mode": "cors",
        "Sec-Fetch-Site": "same-origin",
        **headers,
    }


async def test_a_browser_with_cookies(jp_serverapp: ServerApp, jp_fetch: Fetch) -> None:
    cookies = await log_in(jp_serverapp, jp_fetch)
    plain, marked = browser(cookies), browser(cookies, **{"X-XSRFToken": cookies["_xsrf"]})
    forged = browser(cookies, **{"X-XSRFToken": "2|wrong"})
    read = ("envkernels", "environments")
    assert (await answer(jp_fetch, *read, headers=marked)).code == 200
    assert (await answer(jp_fetch, *read, headers=plain)).code == 200
    assert (await answer(jp_fetch, *read, headers=NO_TOKEN)).code == 403
    post = {"method": "POST", "body": CHECK}
    assert (await answer(jp_fetch, "envkernels", "specs", "check", headers=marked, **post)).code == 200
    for headers in (plain, forged):
        refused = await answer(jp_fetch, "envkernels", "specs", "check", headers=headers, **post)
        assert (refused.code, json.loads(refused.body)["code"]) == (403, "forbidden")
    elsewhere = {**marked, "Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert (await answer(jp_fetch, "envkernels", "specs", "check", headers=elsewhere, **post)).code in {403, 404}
