"""Names of packages."""

from __future__ import annotations

import re


def canonical_name(name: str) -> str:
    """Return the one form of all spellings of a package of pip, as the index knows it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()
