"""Requests that ``rest-api.yml`` allows, and such that it forbids: all are answered as it says, and none by a 500."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from http import HTTPStatus
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.jobs.conftest import Place
from tests.server.openapi import API, check_response

from .server import HEADERS, RealServer

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


async def ask_all(place: Place, examples: int) -> Counter[int]:
    """That many cases of each operation; how many answers had which status."""
    server = RealServer(place, max_concurrent_jobs=1, max_queued_jobs=3)
    await server.start()
    try:
        job = await server.done({"kind": "create", "text": "name: lesson\ndependencies: [prio-demo]\n"})
        plan = await server.done(
            {"kind": "plan", "of": {"kind": "create", "text": "name: x\ndependencies: [prio-demo]"}}
        )
        (server.root / "environment.yml").write_text("name: y\ndependencies: [prio-demo]\n")
        known = {"jobs": [job["id"], plan["id"]], "environments": [job["environment_id"]]}
        answers = await asyncio.to_thread(_ask_all, server, known, examples)
        assert server.process is not None
        assert server.process.poll() is None
        assert "Traceback" not in server.log(), server.log()
    finally:
        await server.end()
    return answers


def _ask_all(server: RealServer, known: dict[str, list[str]], examples: int) -> Counter[int]:
    schema = schemathesis.openapi.from_dict(API)
    schema.config.update(base_url=server.url)
    answers: Counter[int] = Counter()
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            with suppress(Unsatisfiable):  # where nothing is asked with, nothing can be wrong with it
                _ask(operation, mode, known, examples // 2, answers)
    return answers


def _ask(operation: Any, mode: Any, known: dict[str, list[str]], examples: int, answers: Counter[int]) -> None:
    ids = known["environments" if "/environments/" in operation.path else "jobs"]

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=examples < 20,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(generation_mode=mode), st.sampled_from([*ids, None]), st.booleans())
    def ask(case: Any, real: str | None, of_disk: bool) -> None:
        if real and "id" in (case.path_parameters or {}):
            case.path_parameters["id"] = real
        body = case.body if isinstance(case.body, dict) else {}
        for name in {"environment", "source"} & body.keys():
            body[name] = known["environments"][0] if real else body[name]
        if of_disk and isinstance(body.get("path"), str):
            body["path"] = "environment.yml"
        answer = case.call(headers=HEADERS, timeout=60)
        answers[answer.status_code] += 1
        case.validate_response(answer, checks=CHECKS)
        if answer.content:
            check_response(case.method, case.operation.path, answer.status_code, answer.json())
        else:
            assert answer.status_code == HTTPStatus.NOT_MODIFIED, answer.status_code

    ask()


async def test_a_hundred_requests(place: Place) -> None:
    answers = await ask_all(place, examples=8)
    assert sum(answers.values()) >= 100
    assert {200, 202, 400, 404} <= answers.keys()


@pytest.mark.soak
async def test_two_thousand_requests(place: Place) -> None:
    answers = await ask_all(place, examples=150)
    print(dict(answers))
    assert sum(answers.values()) >= 2000
