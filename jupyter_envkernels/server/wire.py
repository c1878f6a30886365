"""Bodies and arguments of HTTP requests -> checked values; the bodies that start jobs stand in ``jobs.requests``."""

from __future__ import annotations

from typing import Any, cast, get_args

import msgspec

from ..errors import InvalidRequest, TooLarge
from ..jobs.requests import ContentsPath
from ..models import ExportFormat
from ..specs import MAX_LOCK_BYTES

MAX_BODY = 2 * MAX_LOCK_BYTES + 64 * 1024
"""Bytes of a request body, or of a spec in a file, at most: a lock file, which JSON or UTF-16 make longer.

Of what is no lock file, ``specs.check`` reads less."""

_MAX_PATH = 4096


class CheckBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of POST specs/check.

    Attributes:
        text: the environment.yml, list of conda packages, lock file or requirements.txt; either this or ``path``.
        channels: say also what the channels and this machine make of it: packages, versions and builds that there are
            not, what conda has of the pip section, CUDA. Channels that do not answer within 5 s are named, and nothing
            is said of their packages; asked again, they may have been read. Variables in the channels of the spec are
            not expanded: such a channel is not read, which is an info.
    """

    text: str | None = None
    path: ContentsPath | None = None
    channels: bool = False


def read_body(data: bytes, kind: Any) -> Any:
    """Decode a request body.

    Args:
        data: the body as received.
        kind: the class of the body, or a union of such classes.

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
