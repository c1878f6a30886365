"""Download a spec by its URL."""

from __future__ import annotations

import urllib.request
from http.client import HTTPException

from ..errors import DownloadFailed, TooLarge
from ..models import size
from ..specs import MAX_LOCK_BYTES, without_credentials

_SECONDS = 60.0
"""Timeout of the connection, and of each read."""


def download(url: str) -> bytes:
    """Return what a web server has at a URL.

    Proxies are those of the environment variables; certificates are checked.

    Args:
        url: http or https, as are those to which it may redirect.

    Raises:
        DownloadFailed: it cannot be downloaded.
        TooLarge: it is larger than a spec can be.
    """
    shown = without_credentials(url)
    try:
        with urllib.request.urlopen(url, timeout=_SECONDS) as answer:  # noqa: S310 - the scheme was checked
            content: bytes = answer.read(MAX_LOCK_BYTES + 1)
    except (OSError, ValueError, HTTPException) as error:
        reason = getattr(error, "reason", error)
        raise DownloadFailed(f"{shown} cannot be downloaded: {reason}.", remedy="Check the URL.") from error
    if len(content) > MAX_LOCK_BYTES:
        raise TooLarge(f"{shown} is larger than {size(MAX_LOCK_BYTES)}, so it is not a spec.")
    return content
