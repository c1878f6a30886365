"""Specs: text to :class:`~jupyter_envkernels.models.EnvSpec`, with remarks, and back. Pure: no I/O, no framework."""

from __future__ import annotations

from ..models import CheckedSpec, Diagnostic
from . import environment_yml, explicit, formats, lint, lock_files, requirements
from .credentials import without_credentials
from .environment_yml import write
from .export import channels_of, export_text
from .kernel_packages import kernel_packages_missing
from .names import conda_name, pip_name
from .remarks import Unreadable
from .text import MAX_LOCK_BYTES, check_text, decode

__all__ = [
    "channels_of",
    "check",
    "conda_name",
    "export_text",
    "kernel_packages_missing",
    "pip_name",
    "without_credentials",
    "write",
]

MAX_DIAGNOSTICS = 200
_SEVERITIES = ("error", "warning", "info")


def check(text: str | bytes, kernel_packages: tuple[str, ...] = ("ipykernel",)) -> CheckedSpec:
    """Read a spec and say all that can be said of it without a channel.

    Args:
        text: an environment.yml, ``@EXPLICIT`` list, lock file or requirements.txt; bytes as they are in the file.
        kernel_packages: what is added to an environment that has python and no kernel.

    Returns:
        the spec, or None where the text gives none, and the remarks by line. No input raises.
    """
    try:
        decoded = decode(text) if isinstance(text, bytes) else text
        found = formats.recognise(decoded)
        if found is None:
            document, diagnostics = environment_yml.read(check_text(decoded))
        elif found.kind == "requirements":
            document, diagnostics = requirements.read(check_text(decoded))
        else:
            return _exact(decoded, found)
    except Unreadable as error:
        return CheckedSpec(None, (error.diagnostic,))
    return CheckedSpec(document.spec(), _by_line([*diagnostics, *lint.remarks(document, kernel_packages)]))


def _exact(text: str, found: formats.Recognised) -> CheckedSpec:
    """A spec that names each package by its URL.

    Raises:
        Unreadable: nobody reads that format.
    """
    readers = {"explicit": explicit.read, "lock-file": lock_files.read}
    if found.kind not in readers:
        raise found.refusal()
    spec, diagnostics = readers[found.kind](check_text(text, MAX_LOCK_BYTES))
    return CheckedSpec(spec, _by_line(diagnostics))


def _by_line(diagnostics: list[Diagnostic]) -> tuple[Diagnostic, ...]:
    """In the order of the text; of very many the gravest, and how many there are beside."""
    gravest = sorted(diagnostics, key=lambda d: _SEVERITIES.index(d.severity))
    kept = sorted(gravest[:MAX_DIAGNOSTICS], key=lambda d: (d.line or 0, d.column or 0))
    if more := len(diagnostics) - len(kept):
        kept.append(Diagnostic("info", "more", f"{more:,} more remarks are not shown.", "Begin with those shown."))
    return tuple(kept)
