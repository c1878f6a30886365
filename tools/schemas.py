"""Write the schemas of REST, events and panel from the classes that they describe: ``python -m tools.schemas``.

What msgspec says of a class is completed by its docstring, where "Attributes" describes the fields. A type with a title
is a schema of its own.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec
import yaml  # type: ignore[import-untyped]

from jupyter_envkernels import documents, models
from jupyter_envkernels.jobs import requests
from jupyter_envkernels.server import wire

ROOT = Path(__file__).resolve().parent.parent
REST_API = ROOT / "jupyter_envkernels/rest-api.yml"
JOB_EVENT = ROOT / "jupyter_envkernels/event_schemas/job/v1.yaml"
PANEL = ROOT / "labextension/src/types/schemas.json"

ANSWERS = (
    documents.Diagnosis,
    documents.EnvironmentList,
    documents.Exported,
    documents.History,
    documents.JobEventList,
    documents.JobList,
    documents.LogChunk,
    documents.Plan,
    documents.Settings,
    documents.TemplateList,
    models.CheckedSpec,
    models.Inventory,
    models.Problem,
)
BODIES = {"CheckBody": wire.CheckBody, "JobBody": requests.JobBody}
KINDS = {"JobKind": requests.JobBody, "PlannedKind": requests.PlannedBody}
"""Words that are the tags of a union."""

_GENERATED = "# Written by `make schemas` from here on: change the classes in jupyter_envkernels instead.\n"
_REF = "#/components/schemas/"
_ATTRIBUTE = re.compile(r"(?m)^ {4}(\w+): (.*(?:\n {8}.*)*)")
_NULL = {"type": "null"}
_ANNOTATIONS = {"default", "description", "format"}

Schema = dict[str, Any]


def components() -> dict[str, Schema]:
    """Return all schemas by name."""
    roots = {**{kind.__name__: kind for kind in ANSWERS}, **BODIES}
    schemas, found = msgspec.json.schema_components(
        list(roots.values()), ref_template=_REF + "{name}", schema_hook=lambda _: {"type": "string"}
    )
    found.update({name: schema for name, schema in zip(roots, schemas, strict=True) if "$ref" not in schema})
    parts = [part for root in roots.values() for part in _parts(root)]
    described = {part.__name__: _descriptions(part) for part in parts if inspect.isclass(part)}
    words = {frozenset(get_args(part)): list(get_args(part)) for part in parts if get_origin(part) is Literal}
    named: dict[str, Schema] = {}

    def change(schema: Schema) -> Schema:
        schema.pop("discriminator", None)
        if "enum" in schema:
            schema["enum"] = words.get(frozenset(schema["enum"]), schema["enum"])  # in our order, not by the alphabet
        if "pattern" in schema:
            schema["pattern"] = schema["pattern"].replace(r"\Z", "$")  # as ECMA-262 writes it
        if "title" not in schema:
            return schema
        name = schema.pop("title")
        if name in KINDS:
            schema = {"enum": [str(kind.__struct_config__.tag) for kind in get_args(KINDS[name])]}
        named[name] = _complete(schema, described.get(name, {}))
        return {"$ref": _REF + name}

    for name, schema in found.items():
        _mapped({**schema, "title": name}, change)
    return dict(sorted(named.items()))


def _parts(kind: Any) -> Iterator[Any]:
    """Yield a type and the types in it: those of its fields, of its entries, or of which it is a union."""
    yield kind
    has_fields = is_dataclass(kind) or (inspect.isclass(kind) and issubclass(kind, msgspec.Struct))
    for part in get_type_hints(kind).values() if has_fields else get_args(kind):
        yield from _parts(part)


def _descriptions(kind: type) -> dict[str, str]:
    """Return what the docstrings of a class and its bases say of its fields, and, by an empty name, of itself."""
    texts = [inspect.cleandoc(base.__doc__ or "") for base in reversed(kind.__mro__) if base is not object]
    found = {name: _markdown(text) for each in texts for name, text in _ATTRIBUTE.findall(each)}
    return {**found, "": _markdown(texts[-1].partition("\n\nAttributes:")[0])} if texts else {}


def _markdown(docstring: str) -> str:
    """Return text of a docstring as OpenAPI wants it: CommonMark, with the words of JSON."""
    text = re.sub(r":\w+:`([^`]*)`|``([^`]*)``", r"`\1\2`", " ".join(docstring.split()))
    return re.sub(r"\bNone\b", "null", text)


def _mapped(schema: Any, change: Callable[[Schema], Any]) -> Any:
    """Return a schema after a change to each schema in it, and at last to itself."""
    if isinstance(schema, list):
        return [_mapped(each, change) for each in schema]
    if not isinstance(schema, dict):
        return schema
    changed = {key: _mapped(value, change) for key, value in schema.items() if key != "properties"}
    if "properties" in schema:
        changed["properties"] = {name: _mapped(field, change) for name, field in schema["properties"].items()}
    return change(changed)


def _complete(schema: Schema, described: dict[str, str]) -> Schema:
    """Return the schema of a class with what msgspec does not know; another schema as it is."""
    if "properties" not in schema:
        return schema
    is_body = schema.pop("additionalProperties", True) is False  # bodies forbid what they do not know
    properties = {
        name: _field(field, described.get(name), is_body=is_body) for name, field in schema["properties"].items()
    }
    return {
        "type": "object",
        "description": described[""],
        "required": schema.get("required", []) if is_body else list(properties),
        "additionalProperties": False,
        "properties": properties,
    }


def _field(field: Schema, description: str | None, *, is_body: bool) -> Schema:
    """Return the schema of a field. In an answer none is left out; in a body, null is the same as to leave it out."""
    default = field.pop("default", None)
    if is_body and default is not None:
        field["default"] = default
    if is_body and _NULL in field.get("anyOf", ()):
        field = field["anyOf"][0]
    return field if description is None else {**field, "description": description}


def _for_bus(named: dict[str, Schema]) -> Schema:
    """Return the schema of an event, without references and without what the bus does not know."""

    def change(schema: Schema) -> Schema:
        target = schema.pop("$ref", None)
        schema.pop("x-tolerant", None)
        return {**_mapped(named[target.removeprefix(_REF)], change), **schema} if target else schema

    event: Schema = _mapped(named["JobEvent"], change)
    del event["description"]  # it stands above, with the id
    return event


def panel_schemas(named: dict[str, Schema]) -> dict[str, Schema]:
    """Return what the panel needs to read answers: without texts, for it goes into the bundle."""

    def change(schema: Schema) -> Schema:
        if "$ref" in schema:
            return {"$ref": schema["$ref"].removeprefix(_REF)}
        return {key: value for key, value in schema.items() if key not in _ANNOTATIONS and value is not False}

    return {name: _mapped(schema, change) for name, schema in named.items() if not name.endswith("Body")}


def outputs() -> dict[Path, str]:
    """Return the text of each file that is generated."""
    named = components()
    return {
        REST_API: _below_mark(REST_API, {"schemas": named}, "  "),
        JOB_EVENT: _below_mark(JOB_EVENT, _for_bus(named)),
        PANEL: _one_a_line(panel_schemas(named)),
    }


def _one_a_line(schemas: dict[str, Schema]) -> str:
    return "{\n" + ",\n".join(f'"{name}": {json.dumps(schema)}' for name, schema in schemas.items()) + "\n}\n"


def _below_mark(file: Path, generated: Schema, indent: str = "") -> str:
    by_hand = file.read_text().partition(_GENERATED)[0]
    text = yaml.safe_dump(generated, sort_keys=False, width=119 - len(indent), default_flow_style=None)
    return by_hand + _GENERATED + "".join(f"{indent}{line}" for line in text.splitlines(keepends=True))


if __name__ == "__main__":
    for path, text in outputs().items():
        path.write_text(text)
