from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from jupyter_envkernels.engine import records
from jupyter_envkernels.models import Plan, PlannedPackage


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    prefix = tmp_path / "lesson"
    (prefix / "conda-meta").mkdir(parents=True)
    return prefix


def package(name: str, channel: str = "https://conda.example/forge/") -> PlannedPackage:
    return PlannedPackage(
        name=name,
        version="1.0",
        build="0",
        channel=channel,
        subdir="noarch",
        url=f"{channel}noarch/{name}-1.0-0.conda",
        sha256="00" * 32,
        size=1,
        cached=False,
        record="{}",
    )


def test_history_is_one_revision_as_conda_writes_it(prefix: Path) -> None:
    plan = Plan(packages=(package("b"), package("a")), requested=("a", "python=3.12"))
    records.write_history(prefix, plan, "jupyter envkernels create")
    first, *rest = (prefix / "conda-meta" / "history").read_text().splitlines()
    assert first.startswith("==> 20")
    assert rest == [
        "# cmd: jupyter envkernels create",
        "+https://conda.example/forge/noarch::a-1.0-0",
        "+https://conda.example/forge/noarch::b-1.0-0",
        "# update specs: ['a', 'python=3.12']",
    ]


def test_variables_are_where_conda_keeps_them(prefix: Path) -> None:
    records.write_variables(prefix, {"LESSON": "two words"})
    state = json.loads((prefix / "conda-meta" / "state").read_text())
    assert state["env_vars"] == {"LESSON": "two words"}


def test_no_variables_no_file(prefix: Path) -> None:
    records.write_variables(prefix, {})
    assert not (prefix / "conda-meta" / "state").exists()


def test_records_may_be_read_by_others(prefix: Path) -> None:
    record = prefix / "conda-meta" / "a-1.0-0.json"
    record.write_text("{}")
    record.chmod(0o600)
    umask = os.umask(0o022)
    try:
        records.open_records(prefix)
    finally:
        os.umask(umask)
    assert record.stat().st_mode & 0o777 == 0o644


def test_registering_twice_gives_one_line(tmp_path: Path) -> None:
    listing = tmp_path / ".conda" / "environments.txt"
    listing.parent.mkdir()
    listing.write_text("/opt/other\n")
    records.register(tmp_path / "lesson", tmp_path)
    records.register(tmp_path / "lesson", tmp_path)
    assert listing.read_text() == f"/opt/other\n{tmp_path}/lesson\n"
    records.unregister(tmp_path / "lesson", tmp_path)
    assert listing.read_text() == "/opt/other\n"
