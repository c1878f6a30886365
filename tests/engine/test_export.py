from __future__ import annotations

import json
from dataclasses import astuple
from pathlib import Path
from typing import Any

import pytest
from rattler import LockFile

from jupyter_envkernels.engine.export import export
from jupyter_envkernels.errors import InvalidSpec
from jupyter_envkernels.models import Environment

CHANNEL = "https://user:hunter2@host/t/hunter3/lab"


def add(prefix: Path, name: str, subdir: str = "linux-64", **more: Any) -> None:
    record = {
        "name": name,
        "version": "1.0",
        "build": "0",
        "build_number": 0,
        "subdir": subdir,
        "depends": [],
        "fn": f"{name}-1.0-0.conda",
        "url": f"{CHANNEL}/{subdir}/{name}-1.0-0.conda",
        "channel": CHANNEL,
        "sha256": "ab" * 32,
        "files": [],
        "paths_data": {"paths": [], "paths_version": 1},
        **more,
    }
    (prefix / "conda-meta").mkdir(exist_ok=True)
    (prefix / "conda-meta" / f"{name}-1.0-0.json").write_text(json.dumps(record))


def add_pip(prefix: Path, name: str, origin: Any = None) -> None:
    folder = prefix / f"lib/python1.0/site-packages/{name}-2.0.dist-info"
    folder.mkdir(parents=True)
    (folder / "METADATA").write_text(f"Name: {name}\nVersion: 2.0\n")
    if origin:
        (folder / "direct_url.json").write_text(json.dumps(origin))


def environment(prefix: Path) -> Environment:
    return Environment("0" * 12, "ocean", prefix)


def test_a_lock_file_that_its_reader_takes(tmp_path: Path) -> None:
    add(tmp_path, "python")
    add(tmp_path, "tides", "noarch")
    add_pip(tmp_path, "from-url", {"url": "https://hunter4@host/x.whl", "archive_info": {}})
    add_pip(tmp_path, "from-folder", {"url": "file:///srv/code", "dir_info": {"editable": True}})
    add_pip(tmp_path, "from-index")
    text, left_out = astuple(export(environment(tmp_path), "pixi-lock"))
    assert left_out == ("from-index",)
    assert text.startswith("# Left out, because pip installed them from an index: from-index\nversion: ")
    assert "hunter" not in text
    (tmp_path / "pixi.lock").write_text(text)
    locked = LockFile.from_path(tmp_path / "pixi.lock").default_environment()
    assert locked is not None
    (platform,) = locked.platforms()
    assert platform.name == "linux-64"
    assert [str(channel) for channel in locked.channels()] == ["https://host/lab/"]
    assert sorted(package.location for package in locked.packages(platform) or []) == [
        "/srv/code",
        "https://host/lab/linux-64/python-1.0-0.conda",
        "https://host/lab/noarch/tides-1.0-0.conda",
        "https://host/x.whl",
    ]


def test_another_format_is_that_of_the_specs(tmp_path: Path) -> None:
    add(tmp_path, "tides")
    exported = export(environment(tmp_path), "yaml")
    assert exported.text.startswith("name: ocean\nchannels:\n  - https://host/lab\n")
    assert exported.left_out == ()


def test_what_a_list_of_urls_leaves_out(tmp_path: Path) -> None:
    add(tmp_path, "python")
    add(tmp_path, "by-hand", url="")
    add_pip(tmp_path, "from-url", {"url": "https://host/x.whl", "archive_info": {}})
    exported = export(environment(tmp_path), "explicit")
    assert exported.left_out == ("by-hand", "from-url")
    assert "# Not in this list, because pip installed them: from-url\n" in exported.text


def test_a_record_that_cannot_be_locked(tmp_path: Path) -> None:
    add(tmp_path, "tides", depends=3)
    with pytest.raises(InvalidSpec, match="The record of the package tides cannot be used: "):
        export(environment(tmp_path), "pixi-lock")
