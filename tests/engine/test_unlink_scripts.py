from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from jupyter_envkernels.engine import staging as staging_module
from jupyter_envkernels.engine.staging import Staging
from jupyter_envkernels.engine.unlink_scripts import discard_copy, run_on_copy, with_scripts
from jupyter_envkernels.models import PENDING_MARK, Plan, PlannedPackage
from tests.engine.test_link_scripts import Log
from tests.engine.test_transaction import SmallBackend

JOB = "20260101-000000-0123abcd"


class Installed(SmallBackend):
    """Reads packages as they are in these tests."""

    async def installed(self, prefix: Path) -> Plan:
        assert (prefix / "old").exists()
        record = json.dumps({"build_number": 0, "depends": []})
        return Plan((PlannedPackage("a", "1.0", "0", "main", "noarch", "file:///a.conda", None, 0, True, record),))


@pytest.fixture
def staging(tmp_path: Path) -> Staging:
    """An environment, and its copy."""
    there = Staging(tmp_path / "lesson", JOB)
    for folder, mark in ((there.prefix, "old"), (there.folder, "copy")):
        (folder / "conda-meta").mkdir(parents=True)
        (folder / "bin").mkdir()
        (folder / mark).touch()
        (folder / "bin" / ".a-pre-unlink.sh").write_text('ls "$PREFIX" > "$PREFIX/seen"\n')
    return there


def test_packages_with_scripts(staging: Staging) -> None:
    (staging.prefix / "bin" / ".b-c-pre-unlink.sh").touch()
    (staging.prefix / "bin" / ".d-post-link.sh").touch()
    assert with_scripts(staging.prefix) == ["a", "b-c"]
    assert with_scripts(staging.prefix, {"a", "d"}) == ["a"]
    assert with_scripts(staging.prefix / "nowhere") == []


@pytest.mark.parametrize("in_one_step", [True, False])
async def test_the_copy_takes_the_place_for_a_while(
    staging: Staging, monkeypatch: pytest.MonkeyPatch, *, in_one_step: bool
) -> None:
    if not in_one_step:
        monkeypatch.setattr(staging_module, "exchange", lambda *_: False)
    await run_on_copy(staging, ["a"], Installed(), os.environ, Log())
    assert (staging.prefix / "old").exists()
    assert not (staging.prefix / "seen").exists()
    assert "copy" in (staging.folder / "seen").read_text().split()
    assert not (staging.folder / PENDING_MARK).exists()
    assert not staging.previous.exists()
    discard_copy(staging)
    assert not staging.folder.exists()
    assert staging.empty_trash() == ""
    assert [path.name for path in staging.prefix.parent.iterdir()] == ["lesson"]
