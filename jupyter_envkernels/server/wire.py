"""Check bodies and arguments of HTTP requests; the bodies that start jobs are in ``jobs.requests``."""

from __future__ import annotations

from typing import Any, cast, get_args

import msgspec

from ..errors import InvalidRequest, TooLarge
from ..jobs.requests import ContentsPath
from ..models import ExportFormat
from ..specs import MAX_LOCK_BYTES

MAX_BODY = 2 * MAX_LOCK_BYTES + 64 * 1024
"""Largest request body or spec in a file, in bytes: a lock file, which JSON or UTF-16 make longer.

For other specs ``specs.check`` has a lower limit."""

_MAX_PATH = 4096


class CheckBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of POST specs/check.

    Attributes:
        text: the environment.yml, list of conda packages, lock file or requirements.txt; either this or ``path``.
        origin: the file that the text was opened from; relative paths in it are resolved beside that.
        channels: check also against the channels and this machine: packages, versions and builds that do not exist,
            packages of the pip section that conda has, CUDA. Channels that do not respond within 5 s are named, and
            their packages are not checked; a later request may find them read. Channels of the spec with variables are
            not read, which is an info.
    """

    text: str | None = None
    path: ContentsPath | None = None
    origin: ContentsPath | None = None
    channels: bool = False


def read_body(data: bytes, kind: Any) -> Any:
    """Decode a request body.

    Args:
        data: the body as received.
        kind: the class of the body, or a union of such classes.

    Raises:
        TooLarge: it exceeds :data:`MAX_BODY`.
        InvalidRequest: it is not JSON, or does not match the class; the message says where.
    """
    if len(data) > MAX_BODY:
        raise TooLarge(f"The request has {len(data)} bytes; {MAX_BODY} are allowed.")
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidRequest(f"The request body is invalid: {error}", remedy="See rest-api.yml.") from error


def read_reference(text: str) -> str:
    """Return the path or name in a query; empty for none.

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
