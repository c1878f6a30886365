"""Convert records from JSON to py-rattler's objects."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable
from pathlib import Path

import rattler

from ...errors import InvalidSpec
from ...models import PlannedPackage


def read_records(packages: Iterable[PlannedPackage]) -> list[rattler.RepoDataRecord]:
    """Read records as those of a prefix, from files: py-rattler's other constructors drop hashes and sizes.

    Raises:
        InvalidSpec: rattler cannot read a record.
    """
    records: list[rattler.RepoDataRecord] = []
    with tempfile.TemporaryDirectory(prefix="envkernels-plan-") as folder:
        for package in packages:
            path = Path(folder, f"{package.name}-{package.version}-{package.build}.json")
            content = {**json.loads(package.record), "files": [], "paths_data": {"paths": [], "paths_version": 1}}
            path.write_text(json.dumps(content), encoding="utf-8")
            try:
                records.append(rattler.PrefixRecord.from_path(path))
            except Exception as error:
                raise InvalidSpec(
                    f"The record of the package {package.name} cannot be used: {error}.",
                    remedy=f"Install {package.name} again.",
                ) from error
    return records
