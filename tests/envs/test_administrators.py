"""Whose files count as those of an administrator."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from jupyter_envkernels.envs.administrators import why_not_administrators


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    """An installation, which others may write as its group may: as Docker Stacks do."""
    prefix = tmp_path / "prefix"
    (prefix / "etc").mkdir(parents=True)
    prefix.chmod(0o2775)
    return prefix


def test_of_the_installation_and_of_the_system(prefix: Path) -> None:
    (prefix / "etc" / "policy.yml").touch()
    assert why_not_administrators(prefix / "etc" / "policy.yml", str(prefix)) == ""
    assert why_not_administrators("/etc/passwd", str(prefix)) == ""


def test_others_can_write_it(prefix: Path, tmp_path: Path) -> None:
    for path in (prefix / "etc", tmp_path / "elsewhere"):
        path.mkdir(exist_ok=True)
        path.chmod(0o777)
        assert why_not_administrators(path / "policy.yml", str(prefix)).endswith("can be written by every account.")


def test_a_group_can_write_it_that_cannot_write_the_installation(prefix: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere").chmod(0o770)
    assert "can be written by the group" in why_not_administrators(tmp_path / "elsewhere" / "x", str(prefix))
    (prefix / "etc").chmod(0o775)
    assert why_not_administrators(prefix / "etc" / "x", str(prefix)) == ""


def test_the_base_of_conda_that_the_installation_is_in(tmp_path: Path) -> None:
    base = tmp_path / "conda"
    (base / "condabin").mkdir(parents=True)
    (base / "envs" / "hub").mkdir(parents=True)
    base.chmod(0o2775)
    assert why_not_administrators(base / ".condarc", str(base / "envs" / "hub")) == ""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to another account")
def test_the_owner_of_a_file(prefix: Path, tmp_path: Path) -> None:
    (tmp_path / "policy.yml").touch()
    os.chown(tmp_path / "policy.yml", 65534, -1)
    assert "belongs to" in why_not_administrators(tmp_path / "policy.yml", str(prefix))
    os.chown(prefix, 65534, -1)
    assert why_not_administrators(tmp_path / "policy.yml", str(prefix)) == "", "it is the installation's owner"
