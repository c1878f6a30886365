from __future__ import annotations

import json
from pathlib import Path

import pytest

from jupyter_envkernels.engine.pip.requested import mark_requested, requested_names
from jupyter_envkernels.envs.inventory import read_inventory

SITE = Path("lib", "python3.12", "site-packages")


def installed(prefix: Path, name: str, *needs: str, requested: bool = True, url: str = "") -> Path:
    """Write what uv leaves of a package."""
    folder = prefix / SITE / f"{name}-1.0.dist-info"
    folder.mkdir(parents=True)
    head = [f"Name: {name}", "Version: 1.0", *(f"Requires-Dist: {need}" for need in needs)]
    (folder / "METADATA").write_text("\n".join(head) + "\n\nRequires-Dist: words\n")
    record = [f"{folder.name}/METADATA,,", f"{folder.name}/RECORD,,"]
    if requested:
        (folder / "REQUESTED").touch()
        record.append(f"{folder.name}/REQUESTED,sha256=47DEQpj8HBSa,0")
    if url:
        (folder / "direct_url.json").write_text(json.dumps({"url": url, "dir_info": {}}))
    (folder / "RECORD").write_text("\n".join(record) + "\n")
    return folder


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    """An environment with python, into which uv has installed packages."""
    (tmp_path / "conda-meta").mkdir()
    owned = f"{SITE}/words-1.0.dist-info/METADATA"
    record = {"name": "python", "version": "3.12.1", "files": [owned]}
    (tmp_path / "conda-meta" / "python-3.12.1-0.json").write_text(json.dumps(record))
    for name, needs in {"app": ("Help_er>=1 ; x", "lib"), "help.er": (), "lib": (), "words": (), "alone": ()}.items():
        installed(tmp_path, name, *needs)
    installed(tmp_path, "mine", url="file:///mine")
    installed(tmp_path, "late", "mine", requested=False)
    return tmp_path


def requested(prefix: Path) -> set[str]:
    return {package.name for package in read_inventory(prefix).of("pip") if package.requested}


def test_what_others_need_is_not_requested(prefix: Path) -> None:
    mark_requested(prefix, {"app", "lib", "late"})
    assert requested(prefix) == {"app", "lib", "late", "mine", "alone"}
    assert (prefix / SITE / "words-1.0.dist-info" / "REQUESTED").exists()  # it is of conda
    lost = (prefix / SITE / "help.er-1.0.dist-info" / "RECORD").read_text()
    assert lost == "help.er-1.0.dist-info/METADATA,,\nhelp.er-1.0.dist-info/RECORD,,\n"
    won = (prefix / SITE / "late-1.0.dist-info" / "RECORD").read_text()
    assert won.splitlines()[-1] == "late-1.0.dist-info/REQUESTED,,"


def test_a_record_that_is_shared_with_others_is_not_written_into(prefix: Path) -> None:
    record = prefix / SITE / "help.er-1.0.dist-info" / "RECORD"
    (prefix / "other").hardlink_to(record)
    before = record.read_text()
    mark_requested(prefix, {"app"})
    assert record.read_text() != before == (prefix / "other").read_text()


def test_what_was_requested_before_or_is_named_in_files(prefix: Path, tmp_path: Path) -> None:
    (tmp_path / "more.txt").write_text("One>=1\n./folder\n")
    lines = ["-r more.txt", "Two[x]==1 \\", "--hash=sha256:00", "-e ."]
    assert requested_names(lines, tmp_path, {}, None) == {"one", "two"}
    assert requested_names([], None, {}, prefix) == {"app", "help-er", "lib", "alone", "mine"}
