"""Run the verbs about specs: check them, and export an environment as one."""

from __future__ import annotations

import asyncio
import os
from argparse import Namespace
from collections.abc import Sequence

from .. import documents
from ..engine.export import export
from ..engine.messages import first_of
from ..envs.conda_config.condarc import load_settings
from ..jobs.admission import check_spec
from ..models import CheckedSpec, EngineOptions
from ..policy import is_refusal
from .output import FAILED, REFUSED, VerbResult, printable
from .settings import engine_options, open_catalog
from .spec_files import folder_of, read_file

_SECONDS = 120.0
"""Timeout for channels: the index of a big one is downloaded completely the first time."""


def examine(args: Namespace) -> VerbResult:
    """Check specs."""
    options, settings = engine_options(), load_settings(os.environ)
    texts = [read_file(file) for file in args.files]
    folders = map(folder_of, args.files)
    checked = [check_spec(text, options, settings, folder) for text, folder in zip(texts, folders, strict=True)]
    if args.online:
        checked = asyncio.run(_further(checked, texts, options))
    named = list(zip(args.files, checked, strict=True))
    lines = [
        printable(f"{file}:{d.line or 1}:{d.column or 1} {d.severity} {d.code} {d.message}")
        for file, spec in named
        for d in spec.diagnostics
    ]
    document = [{"path": file, **documents.checked_spec_json(spec)} for file, spec in named]
    return VerbResult(document, "\n".join(lines) or "No problems were found.", _exit_code(checked))


def _exit_code(checked: Sequence[CheckedSpec]) -> int:
    """Return the exit code: that of a refusal if all errors are refusals."""
    errors = [d.code for spec in checked for d in spec.diagnostics if d.severity == "error"]
    if not errors:
        return 0
    return REFUSED if all(map(is_refusal, errors)) else FAILED


async def _further(checked: Sequence[CheckedSpec], texts: Sequence[bytes], options: EngineOptions) -> list[CheckedSpec]:
    from ..jobs.lint_client import LintClient  # noqa: PLC0415 - slow to import, and not needed offline

    lint_client = LintClient(options)
    try:
        return [await lint_client.further(spec, text, _SECONDS) for spec, text in zip(checked, texts, strict=True)]
    finally:
        await lint_client.stop()


def write(args: Namespace) -> VerbResult:
    """Print an environment as a spec."""
    exported = export(open_catalog().find(args.environment), args.format)
    note = ""
    if names := exported.left_out:
        count = "1 package" if len(names) == 1 else f"{len(names)} packages"
        note = f"The file lacks {count} of the environment: {first_of(names, 10)}. The format yaml has all of them."
    return VerbResult(documents.exported_json(args.format, exported), exported.text.removesuffix("\n"), note=note)
