"""The schemas that clients read are those of the classes that the server uses."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from jupyter_envkernels.models import Problem
from tools.schemas import components, outputs, panel_schemas

FRONTEND = Path(__file__).resolve().parents[2] / "labextension"
DECODED = {"$ref", "additionalProperties", "anyOf", "enum", "items", "minimum", "properties", "required", "type"}
PASSED_OVER = {"maxLength", "minItems", "minLength", "pattern"}


@pytest.mark.parametrize(("file", "text"), outputs().items(), ids=lambda value: getattr(value, "name", ""))
def test_what_is_generated_is_fresh(file: Path, text: str) -> None:
    assert file.read_text() == text, "make schemas"


def _schemas(value: Any) -> Iterator[dict[str, Any]]:
    """Yield each schema in these by name, and those in them."""
    for schema in value.values():
        yield schema
        inner = [*schema.get("anyOf", ()), *(schema[key] for key in ("items", "additionalProperties") if key in schema)]
        yield from _schemas(dict(enumerate(inner)))
        yield from _schemas(schema.get("properties", {}))


@pytest.mark.skipif(
    not (FRONTEND / "node_modules/.bin/openapi-typescript").exists() or shutil.which("jlpm") is None,
    reason="'make test' sets up what writes types for TypeScript",
)
def test_types_of_the_panel_are_fresh() -> None:
    check = ["jlpm", "schemas:check"]
    done = subprocess.run(check, cwd=FRONTEND, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, f"make schemas: {done.stdout}"


def test_the_panel_gets_no_schema_that_it_would_misread() -> None:
    for schema in _schemas(panel_schemas(components())):
        assert schema.keys() <= DECODED | PASSED_OVER | {"x-tolerant"}
        if "anyOf" in schema:
            assert len(schema["anyOf"]) == 2
            assert schema["anyOf"][1] == {"type": "null"}
        if schema.get("x-tolerant"):
            assert "items" in schema or "anyOf" in schema


def test_a_field_is_described_by_the_docstring_of_its_class_or_its_base() -> None:
    fields = components()["Job"]["properties"]
    assert fields["seq"] == {
        "type": "integer",
        "minimum": 0,
        "description": "of the newest event; 0 if none can be read, because the journal is damaged.",
    }
    assert fields["error"]["description"] == "why the job failed; null if it has not."


def test_an_answer_has_all_fields_and_a_body_what_it_must_have() -> None:
    schemas = components()
    assert schemas["Problem"]["required"] == [each.name for each in fields(Problem)]
    body = schemas["UpdateBody"]
    assert body["required"] == ["kind", "environment"]
    assert body["properties"]["text"]["type"] == "string"
    assert body["properties"]["prune"]["default"] is False


def test_names_and_words_are_schemas_of_their_own() -> None:
    schemas = components()
    assert schemas["CloneBody"]["properties"]["source"]["$ref"] == "#/components/schemas/EnvironmentId"
    assert schemas["EnvironmentName"]["pattern"].endswith("{0,99}$")
    assert schemas["JobState"]["enum"][0] == "queued"
