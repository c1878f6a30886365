"""Verbs about specs: what is wrong with one, and what an environment's would be."""

from __future__ import annotations

import asyncio
import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from ..config import load_traits
from ..documents import checked_spec_json
from ..engine.export import export
from ..errors import NotFound
from ..models import CheckedSpec
from ..specs import check
from .answer import Answer
from .doors import manager_options, open_catalog
from .texts import printable

_SECONDS = 120.0
"""That channels may take to answer: a big one is fetched as a whole when it is asked for the first time."""


def examine(args: Namespace) -> Answer:
    """``check``."""
    texts = [read_file(file) for file in args.files]
    checked = asyncio.run(_check_online(texts)) if args.online else _check_offline(texts)
    named = list(zip(args.files, checked, strict=True))
    lines = [
        printable(f"{file}:{d.line or 1}:{d.column or 1} {d.severity} {d.code} {d.message}")
        for file, spec in named
        for d in spec.diagnostics
    ]
    document = [{"path": file, **checked_spec_json(spec)} for file, spec in named]
    return Answer(document, "\n".join(lines), 0 if all(spec.ok for spec in checked) else 1)


def _check_offline(texts: Sequence[bytes]) -> list[CheckedSpec]:
    traits = load_traits()
    added, denied = tuple(traits.default_kernel_packages), traits.limits().denied_variables
    return [check(text, added, denied) for text in texts]


async def _check_online(texts: Sequence[bytes]) -> list[CheckedSpec]:
    from ..jobs.inquirer import Inquirer  # noqa: PLC0415 - who checks offline does not wait for it

    inquirer = Inquirer(manager_options().engine)
    try:
        return [await inquirer.check(text, _SECONDS) for text in texts]
    finally:
        await inquirer.stop()


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
