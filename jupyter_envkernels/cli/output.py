"""What a verb gives, on standard output and standard error, and the exit code."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import Any

from ..errors import Cancelled, EnvKernelsError, Forbidden, InvalidRequest, PolicyUnusable
from .interrupts import INTERRUPTED
from .texts import printable

FAILED = 1
WRONG_USE = 2
REFUSED = 3


@dataclass(frozen=True, slots=True)
class VerbResult:
    """What a verb gives.

    Attributes:
        document: for programs; JSON-serialisable.
        text: the same for people; empty if there is no more to print.
        note: what people should know of it, for standard error.
        code: the exit code.
    """

    document: Any
    text: str = ""
    code: int = 0
    note: str = ""


def exit_code(error: EnvKernelsError) -> int:
    """The exit code for a failure."""
    codes: dict[type[EnvKernelsError], int] = {
        InvalidRequest: WRONG_USE,
        Forbidden: REFUSED,
        PolicyUnusable: REFUSED,
        Cancelled: INTERRUPTED,
    }
    return next((code for kind, code in codes.items() if isinstance(error, kind)), FAILED)


def print_answer(answer: VerbResult, *, as_json: bool) -> None:
    """Print what a verb gives."""
    if as_json:
        _print_json(answer.document)
        return
    if answer.text:
        print(answer.text, flush=True)
    if answer.note:
        print(printable(answer.note), file=sys.stderr, flush=True)


def print_failure(error: EnvKernelsError, *, as_json: bool) -> None:
    """Print why a verb gives nothing."""
    if as_json:
        facts = {"code": error.code, "message": error.message, "remedy": error.remedy, "details": error.details}
        _print_json({"error": facts})
        return
    label = "" if isinstance(error, Cancelled) else "Error: "
    lines = [*f"{label}{error.message}".split("\n"), *error.remedy.split("\n")]
    print("\n".join(printable(line) for line in lines if line), file=sys.stderr, flush=True)


def _print_json(document: Any) -> None:
    print(json.dumps(document, indent=2), flush=True)
