"""Channels that conda's configuration forbids are not used."""

from __future__ import annotations

import pytest

from jupyter_envkernels.engine.allowed import channels_in, check_allowed, check_plan
from jupyter_envkernels.envs.condarc import Settings
from jupyter_envkernels.errors import Forbidden, NotAllowed
from jupyter_envkernels.models import Limits, PackageChange, Plan, PlannedPackage

ENVIRON = {"TOKEN": "se-cret", "NAME": "conda-forge"}
FORGE = "https://conda.anaconda.org/conda-forge"


@pytest.mark.parametrize(
    "channel",
    [
        *("conda-forge", FORGE, f"{FORGE}/", f"{FORGE}/linux-64", f"{FORGE}/noarch/", "conda-forge/osx-arm64"),
        *("https://conda.anaconda.org/t/se-cret/conda-forge", "https://me:se-cret@conda.anaconda.org/conda-forge"),
        *("https://conda.anaconda.org/t/$TOKEN/$NAME", "${NAME}"),
    ],
)
def test_a_channel_by_any_of_its_names(channel: str) -> None:
    check_allowed(Settings(), [channel], ENVIRON)
    check_allowed(
        Settings(allowlist_channels=("bioconda", "conda-forge"), denylist_channels=("defaults",)), [channel], ENVIRON
    )
    for settings, words in (
        (Settings(denylist_channels=("conda-forge",)), "denylist_channels"),
        (Settings(allowlist_channels=("bioconda",)), "allowlist_channels"),
    ):
        with pytest.raises(Forbidden) as refused:
            check_allowed(settings, ["bioconda", channel], ENVIRON)
        assert words in refused.value.message
        assert "se-cret" not in refused.value.message


def test_a_name_for_several_channels_is_refused_for_each_of_them() -> None:
    with pytest.raises(Forbidden):
        check_allowed(Settings(denylist_channels=("https://repo.anaconda.com/pkgs/r",)), ["defaults"], ENVIRON)
    check_allowed(Settings(allowlist_channels=("defaults",)), ["defaults", "pkgs/main", "nodefaults"], ENVIRON)


def test_channels_that_lines_name() -> None:
    lines = ["numpy", "a::b", "https://h/c/noarch::d=1", "e[channel=f]", "g[version='>=1',channel='h']", "i >=1"]
    lines += [
        "j:k:l",
        "https://h/m/noarch/n-1-0.conda",
        "file:///o/linux-64/p-1-0.tar.bz2",
        "q[url='https://r/s-1-0.conda']",
    ]
    found = ["a", "https://h/c/noarch", "f", "h", "j", "https://h/m/noarch", "file:///o/linux-64", "https://r"]
    assert list(channels_in(lines)) == found


def test_the_administrator_s_channels() -> None:
    limits = Limits(allowed_channels=("conda-forge", "https://h/c"))
    check_allowed(
        Settings(), ["conda-forge", f"{FORGE}/noarch", "https://me:x@h/c/", "https://h/t/x/c"], ENVIRON, limits
    )
    for channel in ("bioconda", "https://h/d", "defaults", "https://h/c/d"):
        with pytest.raises(NotAllowed, match="is not allowed here"):
            check_allowed(Settings(), ["conda-forge", channel], ENVIRON, limits)


@pytest.mark.parametrize(
    ("settings", "limits", "failure"),
    [
        (Settings(), Limits(allowed_channels=("conda-forge",)), NotAllowed),
        (Settings(allowlist_channels=("conda-forge",)), Limits(), Forbidden),
    ],
    ids=["limits", "conda's allowlist"],
)
def test_a_plan_counts_by_where_its_packages_come_from(
    settings: Settings, limits: Limits, failure: type[Forbidden]
) -> None:
    """As when a channel that is allowed lists a package at the address of another one."""
    urls = {"good": f"{FORGE}/noarch/good-1-0.conda", "bad": "https://evil.example/main/noarch/bad-1-0.conda"}
    packages = tuple(
        PlannedPackage(name, "1", "0", "conda-forge", "noarch", url, None, 1, cached=True, record="{}")
        for name, url in urls.items()
    )
    changes = tuple(PackageChange(name, "added", None, "1 0") for name in urls)
    with pytest.raises(failure, match=r"The channel https://evil\.example/main/noarch "):
        check_plan(settings, Plan(packages, changes=changes), ENVIRON, limits, is_clone=False)
    check_plan(settings, Plan(packages, changes=changes), ENVIRON, limits, is_clone=True)
    check_plan(settings, Plan(packages, changes=changes[:1]), ENVIRON, limits, is_clone=False)
