"""Detect frozen environments, which are protected from changes by ``conda-meta/frozen``.

Format: CEP 22, https://conda.org/learn/ceps/cep-0022/. The file is empty, or JSON with a ``message``.
"""

from __future__ import annotations

import json
import os

from ..files import read_file

FROZEN = "conda-meta/frozen"
_MAX_BYTES = 1 << 16


def why_frozen(prefix: str | os.PathLike[str]) -> str:
    """Return why an environment must not be changed, with the message of its file; empty if it is not frozen."""
    path = f"{os.fspath(prefix)}/{FROZEN}"
    if not os.path.isfile(path):
        return ""
    message = " ".join(_message(path).split()).rstrip(".")
    return f"it is frozen by its file {FROZEN}" + (f": {message}" if message else "")


def _message(path: str) -> str:
    """Return the message of the file; empty if there is none, as a file without one protects as well."""
    try:
        message = json.loads(read_file(path, _MAX_BYTES))["message"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return ""
    return message if isinstance(message, str) else ""
