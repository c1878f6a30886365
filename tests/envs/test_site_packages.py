from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from jupyter_envkernels.envs.site_packages import pip_packages

FOLDER = "lib/python3.12/site-packages"
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def add(prefix: Path, name: str, version: str = "1.0", origin: Any = None, *, requested: bool = False) -> str:
    """Install nothing but the metadata; the path of METADATA."""
    folder = prefix / FOLDER / f"{name.replace('-', '_')}-{version}.dist-info"
    folder.mkdir(parents=True)
    text = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nLicense: x\n\nName: not-this\nVersion: 9\n"
    (folder / "METADATA").write_text(text)
    if origin is not None:
        (folder / "direct_url.json").write_text(origin if isinstance(origin, str) else json.dumps(origin))
    if requested:
        (folder / "REQUESTED").touch()
    return f"{FOLDER}/{folder.name}/METADATA"


def found(prefix: Path, *owned: str) -> dict[str, str]:
    return {package.name: package.requirement for package in pip_packages(str(prefix), FOLDER, set(owned))}


def test_what_no_conda_package_owns(tmp_path: Path) -> None:
    owned = add(tmp_path, "numpy", "2.0")
    add(tmp_path, "Rich-Text", "1.0", requested=True)
    add(tmp_path, "pygments")
    assert found(tmp_path, owned) == {"Rich-Text": "Rich-Text==1.0", "pygments": "pygments==1.0"}
    requested = {p.name for p in pip_packages(str(tmp_path), FOLDER, {owned}) if p.requested}
    assert requested == {"Rich-Text"}


@pytest.mark.parametrize(
    ("origin", "requirement"),
    [
        ({"url": "file:///srv/my%20code", "dir_info": {"editable": True}}, "-e /srv/my code"),
        ({"url": "file:///srv/code", "dir_info": {}}, "demo @ file:///srv/code"),
        (
            {"url": "https://user:pw@host/demo", "vcs_info": {"vcs": "git", "commit_id": COMMIT}},
            f"demo @ git+https://host/demo@{COMMIT}",
        ),
        (
            {"url": "ssh://git@host/x", "vcs_info": {"vcs": "git", "commit_id": COMMIT}, "subdirectory": "py"},
            f"demo @ git+ssh://git@host/x@{COMMIT}#subdirectory=py",
        ),
        (
            {"url": "https://host/demo.whl", "archive_info": {"hashes": {"sha256": "aa"}}},
            "demo @ https://host/demo.whl#sha256=aa",
        ),
        ({"url": "https://host/demo.whl", "archive_info": None}, "demo @ https://host/demo.whl"),
        ({"url": "https://host/demo.whl\nevil"}, "demo==1.0"),
        ({"url": "file:///srv/%0Aevil", "dir_info": {"editable": True}}, "demo==1.0"),
        ({"url": "https://x.org/d", "vcs_info": {"vcs": "git", "commit_id": "1\n-r evil"}}, "demo==1.0"),
        ({"url": "https://x.org/d.whl", "subdirectory": "a\n--index-url evil"}, "demo==1.0"),
        ({"url": "https://x.org/d.whl", "archive_info": {"hashes": {"sha256": "1\n-r evil"}}}, "demo==1.0"),
        ({"url": 3}, "demo==1.0"),
        ([], "demo==1.0"),
        ("{", "demo==1.0"),
    ],
)
def test_where_it_came_from(tmp_path: Path, origin: Any, requirement: str) -> None:
    add(tmp_path, "demo", origin=origin)
    assert found(tmp_path) == {"demo": requirement}


def test_what_is_no_package(tmp_path: Path) -> None:
    (tmp_path / FOLDER / "empty-1.0.dist-info").mkdir(parents=True)
    nameless = tmp_path / FOLDER / "nameless-1.0.dist-info"
    nameless.mkdir()
    (nameless / "METADATA").write_bytes(b"Version: 1\xff\n")
    aside = tmp_path / FOLDER / "~emo-1.0.dist-info"
    aside.mkdir()
    (aside / "METADATA").write_text("Name: demo\nVersion: 1.0\n")
    assert found(tmp_path) == {}


def test_there_is_no_such_folder(tmp_path: Path) -> None:
    assert found(tmp_path) == {}
