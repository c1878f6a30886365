"""The oracle of every REST test: answers must be as ``rest-api.yml`` says."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT202012
from ruamel.yaml import YAML

_ROOT = "urn:envkernels:rest-api"
API: Any = YAML(typ="safe").load(files("jupyter_envkernels").joinpath("rest-api.yml").read_text())
_REGISTRY = Registry().with_resource(_ROOT, DRAFT202012.create_resource(API))


def check_response(method: str, path: str, status: int, body: Any) -> None:
    """Assert that an answer is one that the interface promises.

    Args:
        method: in upper case.
        path: below the base URL, beginning with ``/envkernels``, without a query.
        status: of the answer.
        body: of the answer, decoded.

    Raises:
        jsonschema.ValidationError: it is another one.
    """
    template, operation = find_operation(method, path)
    pointer = f"#/paths/{_escape(template)}/{method.lower()}/responses"
    key = str(status) if str(status) in operation["responses"] else "default"
    response = operation["responses"][key]
    pointer = response.get("$ref", f"{pointer}/{key}")
    if "$ref" not in response and "content" not in response:
        assert body is None
        return
    schema = {"$ref": f"{_ROOT}{pointer}/content/{_escape('application/json')}/schema"}
    Draft202012Validator(schema, registry=_REGISTRY, format_checker=FormatChecker()).validate(body)


def find_operation(method: str, path: str) -> tuple[str, Any]:
    """The path template and the operation that a request is for."""
    for template, item in API["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path) and method.lower() in item:
            return template, item[method.lower()]
    raise AssertionError(f"rest-api.yml knows no {method} {path}")


def operations() -> list[tuple[str, str]]:
    """Every (method, path template)."""
    return [
        (method.upper(), template)
        for template, item in API["paths"].items()
        for method in item
        if method != "parameters"
    ]


def _escape(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")
