"""Which files packages have brought."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from jupyter_envkernels.engine.link.manifest import owned_files
from jupyter_envkernels.errors import InvalidSpec


def write_record(prefix: Path, content: object, name: str = "p") -> Path:
    (prefix / "conda-meta").mkdir(exist_ok=True)
    path = prefix / "conda-meta" / f"{name}-1.0-0.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def test_packages_of_conda_and_of_pip(tmp_path: Path) -> None:
    entries = [
        {"_path": "lib/plain"},
        {"_path": "bin/fitted", "prefix_placeholder": "/placeholder"},
        {"_path": "bin/entry", "path_type": "unix_python_entry_point"},
    ]
    record = write_record(tmp_path, {"files": ["lib/plain", "lib/old"], "paths_data": {"paths": entries}})
    info = tmp_path / "lib" / "python3.12" / "site-packages" / "tool-1.dist-info"
    info.mkdir(parents=True)
    (info / "RECORD").write_text('tool.py,sha256=x,1\n"with, comma.py",,\n../../../bin/tool,,\n../../../../out,,\n,,\n')
    owned = owned_files(tmp_path)
    site = "lib/python3.12/site-packages"
    assert {name for name, file in owned.items() if file.is_fitted} == {"bin/fitted", "bin/entry"}
    pip = {f"{site}/tool.py", f"{site}/with, comma.py", "bin/tool"}
    assert {name for name, file in owned.items() if file.may_hold_prefix} == pip
    assert owned.keys() == {"lib/plain", "lib/old", "bin/fitted", "bin/entry"} | pip
    assert owned["lib/plain"].since == record.stat().st_mtime_ns


def test_what_pip_has_put_over_a_package_of_conda_is_pip_s(tmp_path: Path) -> None:
    site = "lib/python3.12/site-packages"
    names = [f"{site}/tool.py", f"{site}/tool-1.dist-info/RECORD"]
    record = write_record(tmp_path, {"files": names})
    (tmp_path / site / "tool-1.dist-info").mkdir(parents=True)
    theirs = tmp_path / names[1]
    theirs.write_text("tool.py,,\nmore.py,,\n")
    moment = record.stat().st_mtime_ns
    os.utime(theirs, ns=(moment, moment))
    assert owned_files(tmp_path).keys() == set(names)
    os.utime(theirs, ns=(moment + 1, moment + 1))
    owned = owned_files(tmp_path)
    assert owned.keys() == {*names, f"{site}/more.py"}
    assert owned[f"{site}/more.py"].may_hold_prefix
    assert not owned[names[0]].may_hold_prefix


def test_names_that_lead_out_are_not_of_the_prefix(tmp_path: Path) -> None:
    names = ["../precious.txt", "/etc/passwd", "lib/../../precious.txt", "", "."]
    write_record(tmp_path, {"files": names, "paths_data": {"paths": [{"_path": name} for name in names]}})
    assert owned_files(tmp_path) == {}


@pytest.mark.parametrize(
    "content", [[], {"files": 5}, {"paths_data": {"paths": [{}]}}, {"paths_data": {"paths": ["lib/x"]}}, "{"]
)
def test_a_record_that_is_none(tmp_path: Path, content: object) -> None:
    write_record(tmp_path, content)
    with pytest.raises(InvalidSpec, match=r"p-1\.0-0\.json cannot be read"):
        owned_files(tmp_path)
