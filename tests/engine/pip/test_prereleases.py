"""uv chooses among pre-releases as pip does; what it answers here is what it has answered to such lines."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from jupyter_envkernels.engine.pip.prereleases import Versions, planned, prerelease_flags

EXPLICIT = ["--prerelease", "explicit"]


class Uv:
    """What it would install by its default, and where only the lines allow pre-releases."""

    def __init__(self, usual: Versions, explicit: Versions) -> None:
        self.usual, self.explicit = usual, explicit
        self.asked: list[Sequence[str]] = []

    async def __call__(self, options: Sequence[str]) -> Versions:
        self.asked.append(options)
        return self.explicit if options else self.usual


@pytest.mark.parametrize(
    ("usual", "explicit", "flags"),
    [
        ({"app": "2.0"}, {}, EXPLICIT),
        ({"app": "2.0+local.a1"}, {}, EXPLICIT),
        ({"app": "2.0", "lib": "3.0rc1"}, {"app": "2.0", "lib": "2.9"}, EXPLICIT),
        ({"app": "2.0", "lib": "3.0.dev1"}, {"app": "0.1", "lib": "1.0"}, []),
        ({"app": "2.0", "lib": "3.0b1"}, {}, []),
        ({"app": "2.0a1"}, {"app": "1.9"}, EXPLICIT),
        ({}, {}, []),
    ],
    ids=["none", "local", "to-make-room", "required", "required-alone", "asked-for", "uv-fails"],
)
async def test_a_pre_release_only_where_there_is_nothing_as_new(
    usual: Versions, explicit: Versions, flags: list[str]
) -> None:
    assert await prerelease_flags(Uv(usual, explicit), ["App"], {}) == flags


async def test_who_asks_for_pre_releases_gets_them_and_uv_is_not_asked() -> None:
    uv = Uv({}, {})
    assert await prerelease_flags(uv, ["--pre", "app"], {}) == ["--prerelease", "allow"]
    assert await prerelease_flags(uv, ["app"], {"UV_PRERELEASE": "if-necessary"}) == []
    assert uv.asked == []


def test_what_uv_would_install() -> None:
    output = [
        "Resolved 2 packages in 3ms",
        "Would install 2 packages",
        " + My_App==1.0rc1",
        " - lib==0.9",
        " + lib==1.0",
    ]
    assert planned(output) == {"my-app": "1.0rc1", "lib": "1.0"}
