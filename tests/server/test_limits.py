"""The administrator's limits, as people meet them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .conftest import Call

SPEC = "name: lesson\ndependencies: [python, big-demo, pip, pip: [requests]]\n"


@pytest.fixture
def jp_server_config(jp_server_config: dict[str, Any]) -> dict[str, Any]:
    limits = {"denied_packages": ["big-*"], "allow_pip": False, "max_packages": 7, "denied_variables": ["CAMPUS_*"]}
    return {**jp_server_config, "EnvKernels": {**jp_server_config["EnvKernels"], **limits}}


async def test_limits(call: Call, envs: Path) -> None:
    limits = (await call("GET", "settings")).json["limits"]
    assert (limits["denied_packages"], limits["allow_pip"], limits["max_packages"]) == (["big-*"], False, 7)
    assert (limits["allowed_channels"], limits["max_environments"], limits["min_free_bytes"]) == ([], 0, 0)
    for channels in (False, True):
        checked = (await call("POST", "specs/check", {"text": SPEC, "channels": channels})).json
        errors = {d["code"] for d in checked["diagnostics"] if d["severity"] == "error"}
        assert errors == {"package-not-allowed", "pip-not-allowed"}
    for body in ({"kind": "create", "text": SPEC}, {"kind": "plan", "of": {"kind": "create", "text": SPEC}}):
        refused = await call("POST", "jobs", body)
        assert (refused.status, refused.json["code"]) == (403, "not-allowed")
        assert refused.json["details"] == {"problems": ["package-not-allowed", "pip-not-allowed"]}
        assert "big-demo" in refused.json["message"]
    assert (await call("GET", "jobs")).json["jobs"] == []
    usage = (await call("GET", "settings")).json["usage"]
    assert (usage["environments"], usage["bytes"]) == (0, 0)
    assert usage["free_bytes"] > 0
    assert not envs.exists()


VARIABLES = """\
name: lesson
channels: ["http://127.0.0.1:9/t/${CAMPUS_TOKEN}/main"]
dependencies: [prio-demo]
"""


async def test_variables_that_no_spec_may_use(call: Call, envs: Path) -> None:
    for text, status, code in (
        (VARIABLES, 403, "not-allowed"),
        (VARIABLES.replace("CAMPUS_TOKEN", "JUPYTERHUB_API_TOKEN"), 422, "invalid-spec"),
    ):
        for channels in (False, True):
            checked = (await call("POST", "specs/check", {"text": text, "channels": channels})).json
            (error,) = [d for d in checked["diagnostics"] if d["severity"] == "error"]
            assert (error["code"], error["line"]) == ("variable-not-allowed", 2)
        for body in ({"kind": "create", "text": text}, {"kind": "plan", "of": {"kind": "create", "text": text}}):
            refused = await call("POST", "jobs", body)
            assert (refused.status, refused.json["code"]) == (status, code)
            assert " uses the variable " in refused.json["message"]
    assert (await call("GET", "jobs")).json["jobs"] == []
    assert not envs.exists()
