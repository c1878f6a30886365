"""Read and write specs: text -> :class:`~jupyter_envkernels.models.EnvSpec` with diagnostics, and back. No I/O.

``check`` below goes through them in this order:

- text: ``text`` (encoding, size), ``detect`` (which format)
- formats: ``environment_yml``, ``requirements``, ``package_list``, ``lockfiles``; YAML by ``yaml_nodes``, its errors by
  ``yaml_errors``; ``document`` is a spec with the position of each part
- lines: ``match_specs`` (makes a match spec fit for the solver), ``pip_lines``, ``pip_options``, ``pip_sources``,
  ``package_names``, ``environment_variables``, ``platforms``
- diagnostics: ``lint``, ``anaconda_tos``, ``kernel_packages``; made by ``remarks``, with quick fixes by ``fixes``
- out: ``export_formats``, without what ``redact`` and ``secrets`` find

"Did you mean" for packages needs channels: see ``suggestions``.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..models import CheckedSpec, Diagnostic, PipInstaller
from . import detect, environment_variables, environment_yml, lint, package_list, requirements
from .anaconda_tos import terms_of_service
from .document import Document
from .environment_variables import expand_pip_variables, expand_variables, pip_uses_of, refused, uses_of, variables_in
from .environment_yml import write
from .export_formats import channels_of, export_text
from .kernel_packages import kernel_packages_for, kernel_packages_missing
from .lockfiles import explicit, lock_file
from .package_names import conda_name, pip_name
from .redact import without_credentials
from .remarks import Unreadable
from .text import MAX_LOCK_BYTES, check_text, decode, lines_of

__all__ = [
    "MAX_LOCK_BYTES",
    "channels_of",
    "check",
    "conda_name",
    "expand_pip_variables",
    "expand_variables",
    "export_text",
    "kernel_packages_for",
    "kernel_packages_missing",
    "pip_name",
    "pip_uses_of",
    "read_document",
    "refused",
    "terms_of_service",
    "uses_of",
    "variables_in",
    "with_remarks",
    "without_credentials",
    "write",
]

MAX_DIAGNOSTICS = 200
_CHOOSING = {"requirements": requirements.read, "package-list": package_list.read}
"""Readers of lists that need a solver, by the kind that :mod:`.detect` finds."""

_SEVERITIES = ("error", "warning", "info")


def check(
    text: str | bytes,
    kernel_packages: tuple[str, ...] = ("ipykernel",),
    denied_variables: tuple[str, ...] = (),
    *,
    installer: PipInstaller = "uv",
) -> CheckedSpec:
    """Read a spec and check everything that needs no channel.

    Args:
        text: an environment.yml, ``@EXPLICIT`` list, lock file, requirements.txt or list of conda packages; bytes as
            they are in the file.
        kernel_packages: packages to add to an environment that has python and no kernel.
        denied_variables: patterns of variables that specs may not use, in addition to those of Jupyter.
        installer: installs the pip lines.

    Returns:
        the spec, or None if the text has none, and the diagnostics by line. No input raises.
    """
    try:
        decoded = decode(text) if isinstance(text, bytes) else text
        found = detect.recognise(decoded)
        if found and found.kind not in _CHOOSING:
            return _exact(decoded, found, denied_variables)
        document, diagnostics = _read(decoded, found)
    except Unreadable as error:
        return CheckedSpec(None, (error.diagnostic,))
    refused = environment_variables.remarks(document, denied_variables)
    return CheckedSpec(
        document.spec(), _by_line([*diagnostics, *lint.remarks(document, kernel_packages, installer), *refused])
    )


def with_remarks(checked: CheckedSpec, further: Iterable[Diagnostic]) -> CheckedSpec:
    """Return a checked spec with further diagnostics sorted into its own."""
    return CheckedSpec(checked.spec, _by_line([*checked.diagnostics, *further]))


def read_document(text: str | bytes) -> Document | None:
    """Return a spec with the positions of its parts; None if it cannot be read or lists exact packages."""
    try:
        decoded = decode(text) if isinstance(text, bytes) else text
        found = detect.recognise(decoded)
        return _read(decoded, found)[0] if found is None or found.kind in _CHOOSING else None
    except Unreadable:
        return None


def _read(text: str, found: detect.Recognised | None) -> tuple[Document, list[Diagnostic]]:
    """Read a spec that needs a solver.

    Raises:
        Unreadable: the text has no spec.
    """
    checked = check_text(text)
    return _CHOOSING[found.kind](checked) if found else environment_yml.read(checked)


def _exact(text: str, found: detect.Recognised, denied_variables: tuple[str, ...]) -> CheckedSpec:
    """Read a spec that names each package by its URL.

    Raises:
        Unreadable: the format is not supported.
    """
    readers = {"explicit": explicit.read, "lock-file": lock_file.read}
    if found.kind not in readers:
        raise found.refusal()
    spec, diagnostics = readers[found.kind](check_text(text, MAX_LOCK_BYTES))
    return CheckedSpec(
        spec, _by_line([*diagnostics, *environment_variables.exact_remarks(spec, lines_of(text), denied_variables)])
    )


def _by_line(diagnostics: list[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Sort diagnostics by line; if there are too many, keep the most severe and count the others."""
    gravest = sorted(diagnostics, key=lambda d: _SEVERITIES.index(d.severity))
    kept = sorted(gravest[:MAX_DIAGNOSTICS], key=lambda d: (d.line or 0, d.column or 0))
    if more := len(diagnostics) - len(kept):
        kept.append(Diagnostic("info", "more", f"{more:,} more remarks are not shown.", "Fix those shown first."))
    return tuple(kept)
