"""The schemas that clients read are those of the classes that the server uses."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.schemas import components, outputs


@pytest.mark.parametrize(("file", "text"), outputs().items(), ids=lambda value: getattr(value, "name", ""))
def test_what_is_generated_is_fresh(file: Path, text: str) -> None:
    assert file.read_text() == text, "make schemas"


def test_a_field_is_described_by_the_docstring_of_its_class_or_its_base() -> None:
    fields = components()["Job"]["properties"]
    assert fields["seq"] == {
        "type": "integer",
        "minimum": 0,
        "description": "of the newest event; 0 while none can be read, for the journal is damaged.",
    }
    assert fields["error"]["description"] == "why the job failed; null while it has not."


def test_an_answer_has_all_fields_and_a_body_what_it_must_have() -> None:
    schemas = components()
    assert schemas["Problem"]["required"] == ["code", "message", "remedy"]
    body = schemas["UpdateBody"]
    assert body["required"] == ["kind", "environment"]
    assert body["properties"]["text"]["type"] == "string"
    assert body["properties"]["prune"]["default"] is False


def test_names_and_words_are_schemas_of_their_own() -> None:
    schemas = components()
    assert schemas["CloneBody"]["properties"]["source"]["$ref"] == "#/components/schemas/EnvironmentId"
    assert schemas["EnvironmentName"]["pattern"].endswith("{0,99}$")
    assert schemas["JobState"]["enum"][0] == "queued"
