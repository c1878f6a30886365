from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_envkernels.models import (
    ENVIRONMENT_NAME,
    InstalledPackage,
    Inventory,
    Kernel,
    Problem,
    environment_id,
)


@pytest.mark.parametrize("name", ["lesson", "3d", "_x", "a.b-c_d", "x" * 100, "bases", "Base"])
def test_names(name: str) -> None:
    assert ENVIRONMENT_NAME.fullmatch(name)


@pytest.mark.parametrize("name", ["", "base", "root", ".hidden", "-x", "a b", "a/b", "..", "ä", "x\n", "x" * 101])
def test_what_is_no_name(name: str) -> None:
    assert not ENVIRONMENT_NAME.fullmatch(name)


def test_an_id_is_that_of_the_real_path(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "there")
    assert environment_id(tmp_path / "link") == environment_id(tmp_path / "there")
    assert environment_id(Path("/envs/lesson")) == "f3fa22cbf215"


def test_what_a_person_must_know_of_a_kernel() -> None:
    kernel = Kernel("conda-env-lesson-py", "Python", "python", "python3")
    broken, untrusted = Problem("broken", "No.", "Mend it."), Problem("not-trusted", "No.", "Trust it.")
    assert [
        kernel.remark,
        Kernel("a", "A", "r", "ir", broken).remark,
        Kernel("a", "A", "r", "ir", untrusted).remark,
        Kernel("a", "A", "r", "ir", other_prefix=Path("/envs/other")).remark,
    ] == ["", "No.", "No. Trust it.", "It runs the interpreter of /envs/other."]


def test_the_platform_is_that_of_packages_that_are_not_for_any() -> None:
    anywhere, here = (InstalledPackage("conda", "a", "1", subdir=subdir) for subdir in ("noarch", "osx-64"))
    assert Inventory((InstalledPackage("pip", "c", "1"), anywhere, here)).platform == "osx-64"
    assert Inventory((anywhere,)).platform == ""
