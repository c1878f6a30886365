"""Run the verb that frees disk space."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import get_args

from ..documents import cleanup_json
from ..engine.fetch.cache_lock import is_in_use
from ..errors import Cancelled
from ..jobs.reclaim import Reclaimer
from ..models import Reclaimable, ReclaimKind, size
from .output import Table, VerbResult
from .questions import agreed, check_can_ask
from .settings import manager_options, open_catalog

_LABELS: dict[ReclaimKind, str] = {
    "packages": "cached packages that no environment uses",
    "index_cache": "cached indexes of channels",
    "jobs": "journals of old jobs",
    "rolled_back": "versions kept after a rollback",
}

Found = Mapping[ReclaimKind, Sequence[Reclaimable]]


def clean(args: Namespace) -> VerbResult:
    """Show what can be deleted, and delete it after a question.

    Raises:
        InvalidRequest: there is no terminal for the question.
        Cancelled: the answer is no.
    """
    reclaimer = _reclaimer()
    chosen = [kind for kind in get_args(ReclaimKind) if getattr(args, kind) and not args.all]
    found = {kind: reclaimer.find(kind) for kind in chosen or get_args(ReclaimKind)}
    if args.dry_run or not any(found.values()):
        return VerbResult(cleanup_json(found), _summary(found))
    if not args.yes:
        check_can_ask(as_json=args.json)
    if not args.json:
        print(_summary(found), file=sys.stderr)
    if not args.yes and not agreed("Delete these files?"):
        raise Cancelled("Nothing is deleted.")
    return _delete(reclaimer, found)


def _delete(reclaimer: Reclaimer, found: Found) -> VerbResult:
    if found.get("packages") and is_in_use(reclaimer.packages):
        print("Waiting for an installation that uses the package cache", file=sys.stderr)
    deleted = {kind: reclaimer.delete(kind, items) for kind, items in found.items()}
    left = sum(map(len, found.values())) - sum(map(len, deleted.values()))
    note = f"Not deleted, because they are in use by now or permissions forbid it: {left}." if left else ""
    return VerbResult(cleanup_json(deleted), f"{size(_bytes(deleted))} freed.", note=note)


def _reclaimer() -> Reclaimer:
    options, catalog = manager_options(), open_catalog()
    folders = {Path(place.path) for place in catalog.locations() if place.kind == "folder" and not place.is_shared}
    folders |= {environment.prefix.parent for environment in catalog.own()}
    return Reclaimer(options.engine.package_cache, options.journal_dir, folders)


def _summary(found: Found) -> str:
    rows = [(_LABELS[kind], str(len(items)), size(_bytes({kind: items}))) for kind, items in found.items() if items]
    table = Table(("WHAT", "COUNT", "SIZE"), rows, right=[1, 2], empty="There is nothing to delete.")
    return f"{table}\n{size(_bytes(found))} can be freed." if rows else str(table)


def _bytes(found: Found) -> int:
    return sum(item.bytes for items in found.values() for item in items)
