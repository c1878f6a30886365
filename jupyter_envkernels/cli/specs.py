"""Verbs about specs: what is wrong with one, and what an environment's would be."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from ..documents import checked_spec_json
from ..engine.export import export
from ..errors import NotFound
from ..specs import check
from .answer import Answer
from .doors import open_catalog


def examine(args: Namespace) -> Answer:
    """``check``."""
    document = []
    lines = []
    code = 0
    for file in args.files:
        checked = check(read_file(file))
        document.append({"path": file, **checked_spec_json(checked)})
        lines += [
            f"{file}:{d.line or 1}:{d.column or 1} {d.severity} {d.code} {d.message}" for d in checked.diagnostics
        ]
        code = code if checked.ok else 1
    return Answer(document, "\n".join(lines), code)


def write(args: Namespace) -> Answer:
    """``export``."""
    text = export(open_catalog().find(args.environment), args.format)
    return Answer({"format": args.format, "text": text}, text.removesuffix("\n"))


def read_file(file: str) -> bytes:
    """What a file holds; ``-`` is standard input.

    Raises:
        NotFound: it cannot be read.
    """
    if file == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise NotFound(f"{file} cannot be read: {error.strerror}.") from error
