"""Run the verb that searches the packages of channels."""

from __future__ import annotations

import asyncio
import sys
from argparse import Namespace

from ..documents import search_json
from ..errors import InvalidRequest
from ..jobs.lint_client import LintClient
from ..models import ChannelPackage, size
from ..specs.export_formats import channel_name
from .output import Table, VerbResult
from .settings import engine_options

_SECONDS = 600.0
"""Timeout for channels: the index of a big one is downloaded completely the first time."""


def show(args: Namespace) -> VerbResult:
    """List the packages that match a spec, oldest versions first.

    Raises:
        InvalidRequest: there are no channels to search.
    """
    if args.override_channels and not args.channels:
        raise InvalidRequest("--override-channels leaves no channel to search.", remedy="Name the channels with -c.")
    if sys.stderr.isatty():
        print("Reading the channels", file=sys.stderr)
    found = asyncio.run(_search(args))
    header = ("NAME", "VERSION", "BUILD", "CHANNEL", "SIZE")
    return VerbResult(search_json(found), Table(header, [_row(package) for package in found], right=[4]))


async def _search(args: Namespace) -> tuple[ChannelPackage, ...]:
    lint_client = LintClient(engine_options())
    try:
        return await lint_client.search(args.spec, args.channels, _SECONDS, with_defaults=not args.override_channels)
    finally:
        await lint_client.stop()


def _row(package: ChannelPackage) -> tuple[str, ...]:
    taken = size(package.size) if package.size else ""
    return package.name, package.version, package.build, channel_name(package.channel), taken
