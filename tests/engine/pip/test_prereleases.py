from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from jupyter_envkernels.engine.pip.installer import install
from jupyter_envkernels.engine.pip.prereleases import Versions, planned, prerelease_flags
from tests.engine.fakes import Heard
from tests.engine.pip.test_installer import configuration, write_wheels

__all__ = ["configuration"]


def versions(prefix: Path) -> set[str]:
    found = prefix.glob("lib/python3.*/site-packages/*.dist-info")
    return {path.name.removesuffix(".dist-info") for path in found}


ROOM = ("app 1.0 helper;core", "core 1.0 helper<2", "core 2.0.dev0 helper", "helper 1.0", "helper 2.0")
NEEDED = ("app 1.0", "app 2.0 core==2.0b1", "core 2.0b1")


@pytest.mark.parametrize(
    ("wheels", "lines", "installed"),
    [
        (ROOM, ["app"], {"app-1.0", "core-1.0", "helper-1.0"}),
        (NEEDED, ["app"], {"app-2.0", "core-2.0b1"}),
        (NEEDED, ["core"], {"core-2.0b1"}),
        (("core 1.0", "core 2.0b1"), ["core"], {"core-1.0"}),
        (("core 1.0", "core 2.0b1"), ["core>=2.0b0"], {"core-2.0b1"}),
        (("core 1.0", "core 2.0b1"), ["core", "--pre"], {"core-2.0b1"}),
    ],
)
async def test_pre_releases_are_chosen_as_by_pip(
    prefix: Path, configuration: Path, tmp_path: Path, wheels: Sequence[str], lines: list[str], installed: set[str]
) -> None:
    configuration.write_text("")
    options = write_wheels(tmp_path / "wheels", *wheels)
    await install(prefix, [options, *lines], None, os.environ, Heard())
    assert versions(prefix) == installed


async def test_who_asks_for_pre_releases_gets_them_and_uv_is_not_asked() -> None:
    async def ask(options: Sequence[str]) -> Versions:
        raise AssertionError(options)

    assert await prerelease_flags(ask, ["--pre", "app"], {}) == ["--prerelease", "allow"]
    assert await prerelease_flags(ask, ["app"], {"UV_PRERELEASE": "if-necessary"}) == []


def test_what_uv_would_install() -> None:
    output = ["Would install 2 packages", " + My_App==1.0rc1", " - lib==0.9", " + lib==1.0"]
    assert planned(output) == {"my-app": "1.0rc1", "lib": "1.0"}
