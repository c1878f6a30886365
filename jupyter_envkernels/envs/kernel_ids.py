"""Make the ids and display names of kernels.

An id is a pure function of the environment's prefix and of the configuration: other environments cannot change it, and
it never comes to mean another prefix. ``conda-base-KERNEL`` belongs to the root prefix, ``conda-env-NAME-KERNEL`` to
the environments in one folder, the home of plain names; all others end with eight digits of the hash of their prefix.
nb_conda_kernels gave the same names, where they were unique.
"""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from string import Formatter

from ..errors import InvalidRequest

DEFAULT_TEMPLATE = "{name} ({kernel})"

_FIELDS = (
    *("name", "kernel", "language", "location"),
    *("environment", "display_name", "kernel_name", "conda_kernel"),  # of nb_conda_kernels
)

_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")
_HASHED = re.compile(r".*-[0-9a-f]{8}")
_SHORT = {"python": "py", "python2": "py", "python3": "py", "ir": "r"}
_VERSION_TAIL = re.compile(r"(?<=.)-v?\d[\d.]*$")
_NUMBER = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class Naming:
    """What ids depend on, as real paths.

    Attributes:
        home: the folder whose environments have plain names.
        base: the root prefix that is called ``base``; empty if there is none.
    """

    home: str
    base: str

    def slug(self, identity: str) -> str:
        """Return the part of a kernel id that identifies the environment: ``base``, ``env-NAME`` or ``env-NAME-HASH``.

        Args:
            identity: the prefix below its folder's real path.
        """
        if identity == self.base:
            return "base"
        folder, name = os.path.split(identity)
        if folder == self.home and _PLAIN.fullmatch(name) and not _HASHED.fullmatch(name):
            return f"env-{name}"
        return f"env-{clean(name)}-{hashlib.sha256(os.fsencode(identity)).hexdigest()[:8]}"


def clean(text: str) -> str:
    """Convert a text to the characters of kernelspec names: accents are dropped, all else becomes an underscore."""
    folded = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return re.sub(r"[^A-Za-z0-9._-]", "_", folded)


def kernel_suffixes(raw_names: Sequence[str]) -> dict[str, str]:
    """Return raw kernel name -> last part of its id, which is unique and has no dash.

    ``python3`` is ``py``, ``ir`` is ``r``, and the newest of ``julia-1.10`` and ``julia-1.11`` is ``julia``.
    """
    if len(raw_names) == 1 and raw_names[0] in _SHORT:
        return {raw_names[0]: _SHORT[raw_names[0]]}
    suffixes: dict[str, str] = {}
    taken: set[str] = set()
    for raw in sorted(raw_names, key=_by_version, reverse=True):
        short = _SHORT.get(raw) or _VERSION_TAIL.sub("", raw)
        candidates = (clean(text).replace("-", "_") for text in (short, raw))
        suffix = next((text for text in candidates if text not in taken), None)
        suffixes[raw] = suffix or hashlib.sha256(os.fsencode(raw)).hexdigest()[:8]
        taken.add(suffixes[raw])
    return suffixes


def _by_version(raw: str) -> list[tuple[int, int, str]]:
    parts = _NUMBER.split(raw)
    return [(1, int(part), "") if part.isdecimal() else (0, 0, part) for part in parts]


def short_kernel_name(display_name: str) -> str:
    """Return a display name without its package: ``Python 3 (ipykernel)`` is ``Python 3``."""
    return display_name.removesuffix(" (ipykernel)")


def check_template(template: str) -> str:
    """Return the template for display names, or the default one for an empty text.

    Raises:
        InvalidRequest: it has unknown fields.
    """
    try:
        fields = [field for _, field, _, _ in Formatter().parse(template) if field is not None]
        template.format(*fields, **dict.fromkeys(_FIELDS, ""))
    except (LookupError, ValueError, AttributeError, TypeError) as error:
        raise _unusable(template, repr(error)) from error
    if unknown := [field for field in fields if field not in _FIELDS]:
        raise _unusable(template, f"there is no field {{{unknown[0]}}}")
    return template or DEFAULT_TEMPLATE


def _unusable(template: str, why: str) -> InvalidRequest:
    fields = ", ".join(f"{{{field}}}" for field in _FIELDS)
    return InvalidRequest(
        f"The display name template {template!r} cannot be used: {why}.", remedy=f"Use these fields only: {fields}."
    )


def language_of(display_name: str) -> str:
    """Return the language of a kernel as nb_conda_kernels does: ``Python`` for any version, ``R``."""
    return "Python" if display_name.startswith("Python") else display_name


def shared(names: Iterable[str]) -> set[str]:
    """Return the names that occur more than once."""
    return {name for name, count in Counter(names).items() if count > 1}


def short_location(prefix: str, home: str) -> str:
    """Return the folder of a prefix, with ``~`` for the home folder."""
    folder = os.path.dirname(prefix)
    return "~" + folder[len(home) :] if folder == home or folder.startswith(home + "/") else folder
