"""Bodies and arguments of requests -> checked values, as ``rest-api.yml`` says. Answers are made by ``documents``."""

from __future__ import annotations

from typing import Annotated, Any, cast, get_args

import msgspec

from ..errors import InvalidRequest, TooLarge
from ..models import ExportFormat
from ..specs import MAX_LOCK_BYTES

MAX_BODY = 2 * MAX_LOCK_BYTES + 64 * 1024
"""Bytes of a request body, or of a spec in a file, at most: a lock file, which JSON or UTF-16 make longer.

Of what is no lock file, ``specs.check`` reads less."""

Name = Annotated[str, msgspec.Meta(pattern=r"^(?!(?:base|root)\Z)[A-Za-z0-9_][A-Za-z0-9._-]{0,99}\Z")]
EnvironmentId = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{12}\Z")]
Lines = Annotated[
    tuple[Annotated[str, msgspec.Meta(min_length=1, max_length=1000)], ...], msgspec.Meta(max_length=1000)
]
_MAX_PATH = 4096
ContentsPath = Annotated[str, msgspec.Meta(min_length=1, max_length=_MAX_PATH)]


class CheckBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of POST specs/check: one of ``text`` and ``path``, and whether channels shall be asked as well."""

    text: str | None = None
    path: ContentsPath | None = None
    channels: bool = False


class CreateBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="create", tag_field="kind"):
    """POST jobs: create an environment from ``text``, or from the file at ``path``."""

    text: str | None = None
    path: ContentsPath | None = None
    name: Name | None = None


class CloneBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="clone", tag_field="kind"):
    """POST jobs: copy the environment with the id ``source``."""

    source: EnvironmentId
    name: Name


class UpdateBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="update", tag_field="kind"):
    """POST jobs: change the environment with that id, by a spec or by single packages."""

    environment: EnvironmentId
    text: str | None = None
    path: ContentsPath | None = None
    add: Lines = ()
    remove: Lines = ()
    prune: bool = False
    upgrade: bool = False


class AddKernelBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="add-kernel", tag_field="kind"):
    """POST jobs: give the environment with that id a kernel."""

    environment: EnvironmentId


class RollbackBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="rollback", tag_field="kind"):
    """POST jobs: bring back the packages that the environment with that id had at a revision."""

    environment: EnvironmentId
    revision: Annotated[int, msgspec.Meta(ge=0, le=10**9)]


class RemoveBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="remove", tag_field="kind"):
    """POST jobs: remove the environment with that id; with ``force`` although kernels of it run."""

    environment: EnvironmentId
    force: bool = False


PlannedBody = CreateBody | CloneBody | UpdateBody | AddKernelBody | RollbackBody


class PlanBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="plan", tag_field="kind"):
    """POST jobs: find out what another body would do."""

    of: PlannedBody


JobBody = PlannedBody | RemoveBody | PlanBody


def read_body(data: bytes, kind: Any) -> Any:
    """Decode a request body.

    Args:
        data: the body as received.
        kind: one of the classes above, or a union of them.

    Raises:
        TooLarge: it is over :data:`MAX_BODY`.
        InvalidRequest: it is not JSON, or not of that shape; the message says where.
    """
    if len(data) > MAX_BODY:
        raise TooLarge(f"The request has {len(data)} bytes; {MAX_BODY} are allowed.")
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidRequest(
            f"The request body is not as the interface describes: {error}", remedy="See rest-api.yml."
        ) from error


def read_reference(text: str) -> str:
    """Return the path or name that a query asks about; empty for none.

    Raises:
        InvalidRequest: it is too long.
    """
    if len(text) > _MAX_PATH:
        raise InvalidRequest(f"The path has {len(text)} characters; {_MAX_PATH} are allowed.")
    return text


def read_export_format(text: str) -> ExportFormat:
    """Return the format that a query names.

    Raises:
        InvalidRequest: there is none of that name.
    """
    for form in get_args(ExportFormat):
        if form == text:
            return cast("ExportFormat", form)
    raise InvalidRequest(
        f"There is no format {text!r}.", remedy=f"The formats are {', '.join(get_args(ExportFormat))}."
    )
