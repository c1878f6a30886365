from __future__ import annotations

from pathlib import Path

import pytest

from tools.setup_node import node_version, usable_node


def write_node(folder: Path, says: str, *, status: int = 0) -> str:
    node = folder / "node"
    node.write_text(f"#!/bin/sh\necho '{says}'\nexit {status}\n")
    node.chmod(0o755)
    return str(node)


@pytest.mark.parametrize(
    ("says", "version"),
    [("v20.20.2", (20, 20, 2)), ("v24.0.0-nightly1", (24, 0, 0)), ("hello", None), ("", None)],
)
def test_version_as_node_says_it(tmp_path: Path, says: str, version: tuple[int, ...] | None) -> None:
    assert node_version(write_node(tmp_path, says)) == version


def test_a_node_that_does_not_run_has_no_version(tmp_path: Path) -> None:
    assert node_version(write_node(tmp_path, "v20.0.0", status=127)) is None
    assert node_version(str(tmp_path / "missing")) is None


@pytest.mark.parametrize(("says", "usable"), [("v18.20.4", False), ("v20.0.0", True), ("v9.0.0", False)])
def test_only_a_new_one_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: str, *, usable: bool) -> None:
    node = write_node(tmp_path, says)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    assert usable_node() == (node if usable else None)
