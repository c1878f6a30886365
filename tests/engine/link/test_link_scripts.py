from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from jupyter_envkernels.engine.link.link_scripts import run_post_link, without_pre_unlink
from jupyter_envkernels.errors import LinkFailed
from jupyter_envkernels.models import PlannedPackage
from tests.engine.fakes import Heard


def package(name: str, *depends: str) -> PlannedPackage:
    record = json.dumps({"build_number": 3, "depends": depends})
    return PlannedPackage(name, "1.0", "0", "main", "noarch", f"file:///{name}.conda", None, 0, True, record)


def write_script(prefix: Path, name: str, text: str) -> None:
    (prefix / "bin").mkdir(exist_ok=True)
    (prefix / "bin" / f".{name}-post-link.sh").write_text(text)


async def test_dependencies_come_first(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        write_script(tmp_path, name, 'echo "$PKG_NAME $PKG_BUILDNUM"\n')
    log = Heard()
    packages = [package("a", "b >=1"), package("b", "c", "d 1.* *_0"), package("c"), package("d")]
    await run_post_link(tmp_path, packages, os.environ, log)
    assert [line for line in log.lines if not line.startswith("Running")] == ["c 3", "b 3", "a 3"]


async def test_a_circle_has_no_first(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_script(tmp_path, name, "echo $PKG_NAME\n")
    log = Heard()
    await run_post_link(tmp_path, [package("b", "a"), package("a", "b")], os.environ, log)
    assert [line for line in log.lines if not line.startswith("Running")] == ["a", "b"]


async def test_a_script_that_says_nothing_and_fails(tmp_path: Path) -> None:
    write_script(tmp_path, "a", "exit 3\n")
    with pytest.raises(LinkFailed, match="of a failed: exit code 3"):
        await run_post_link(tmp_path, [package("a")], os.environ, Heard())


async def test_without_scripts_nothing_is_run(tmp_path: Path) -> None:
    log = Heard()
    await run_post_link(tmp_path, [package("a")], {}, log)
    assert log.lines == []


def test_packages_whose_pre_unlink_scripts_are_not_run_are_named(tmp_path: Path) -> None:
    write_script(tmp_path, "d", "true")
    for name in ("a", "b-c"):
        (tmp_path / "bin" / f".{name}-pre-unlink.sh").touch()
    assert without_pre_unlink(tmp_path).startswith("Pre-unlink scripts are not run (a, b-c): changes")
    assert without_pre_unlink(tmp_path, {"a", "d"}).startswith("Pre-unlink scripts are not run (a): changes")
    assert without_pre_unlink(tmp_path, {"d"}) == without_pre_unlink(tmp_path / "nowhere") == ""
