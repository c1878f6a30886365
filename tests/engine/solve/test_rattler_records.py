from __future__ import annotations

import json
from dataclasses import replace

import pytest

from jupyter_envkernels.engine.solve.rattler_records import read_records
from jupyter_envkernels.errors import InvalidSpec
from jupyter_envkernels.models import PlannedPackage

RECORD = {
    "name": "xz",
    "version": "5.8",
    "build": "h1_0",
    "build_number": 0,
    "depends": ["libc >=2"],
    "subdir": "linux-64",
    "channel": "https://x.org/main",
    "fn": "xz-5.8-h1_0.conda",
    "url": "https://x.org/main/linux-64/xz-5.8-h1_0.conda",
    "sha256": "ab" * 32,
    "size": 77,
}
XZ = PlannedPackage(
    "xz", "5.8", "h1_0", "https://x.org/main", "linux-64", str(RECORD["url"]), "ab" * 32, 77, True, json.dumps(RECORD)
)


def test_hashes_and_sizes_are_kept() -> None:
    (record,) = read_records([XZ])
    assert (record.name.normalized, record.url, record.size) == ("xz", XZ.url, 77)
    assert record.sha256 == bytes.fromhex("ab" * 32)
    assert list(record.depends) == ["libc >=2"]


def test_a_record_that_rattler_cannot_read_is_named() -> None:
    with pytest.raises(InvalidSpec, match="The record of the package xz cannot be used: "):
        read_records([replace(XZ, record=json.dumps({**RECORD, "depends": 3}))])
