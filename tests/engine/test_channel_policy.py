"""Channels that the administrator or conda's configuration forbids are not asked."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jupyter_envkernels.engine.channel_policy import NO_LIMITS, ChannelRules, channels_in, channels_of
from jupyter_envkernels.engine.operations import Clone, Create, Remove, Rollback, Update
from jupyter_envkernels.envs.conda_config.condarc import Settings
from jupyter_envkernels.errors import NotAllowed
from jupyter_envkernels.models import Edit, EnvSpec, Limits, LockedPackage, PackageChange, Plan, PlannedPackage

ENVIRON = {"TOKEN": "se-cret", "NAME": "conda-forge"}
FORGE = "https://conda.anaconda.org/conda-forge"
UPDATE = Update("e", Path("/e"))
ONLY_FORGE = Limits(allowed_channels=("conda-forge",))


def rules(settings: Settings, limits: Limits = NO_LIMITS, system: Settings | None = None) -> ChannelRules:
    return ChannelRules(limits, settings, system or settings, ENVIRON)


def codes(settings: Settings, *channels: str, limits: Limits = NO_LIMITS) -> list[str]:
    return [problem.code for problem in rules(settings, limits).problems(channels)]


@pytest.mark.parametrize(
    "channel",
    [
        *("conda-forge", FORGE, f"{FORGE}/", f"{FORGE}/linux-64", f"{FORGE}/noarch/", "conda-forge/osx-arm64"),
        *("https://conda.anaconda.org/t/se-cret/conda-forge", "https://me:se-cret@conda.anaconda.org/conda-forge"),
        *("https://conda.anaconda.org/t/$TOKEN/$NAME", "${NAME}"),
    ],
)
def test_a_channel_by_any_of_its_names(channel: str) -> None:
    assert codes(Settings(), channel) == []
    allowing = Settings(allowlist_channels=("bioconda", "conda-forge"), denylist_channels=("defaults",))
    assert codes(allowing, channel) == codes(Settings(), channel, limits=ONLY_FORGE) == []
    for settings, words in (
        (Settings(denylist_channels=("conda-forge",)), "denylist_channels"),
        (Settings(allowlist_channels=("bioconda",)), "allowlist_channels"),
    ):
        (problem,) = rules(settings).problems(["bioconda", channel])
        assert problem.code == "channel-not-allowed"
        assert words in problem.message
        assert "se-cret" not in problem.message


def test_a_name_for_several_channels_is_refused_for_each_of_them() -> None:
    assert codes(Settings(denylist_channels=("https://repo.anaconda.com/pkgs/r",)), "defaults") == [
        "channel-not-allowed"
    ]
    assert codes(Settings(allowlist_channels=("defaults",)), "defaults", "pkgs/main", "nodefaults") == []


def test_channels_that_lines_name() -> None:
    lines = ["numpy", "a::b", "https://h/c/noarch::d=1", "e[channel=f]", "g[version='>=1',channel='h']", "i >=1"]
    lines += [
        "j:k:l",
        "https://h/m/noarch/n-1-0.conda",
        "file:///o/linux-64/p-1-0.tar.bz2",
        "q[url='https://r/s-1-0.conda']",
        "/t/noarch/u-1-0.conda",
    ]
    found = ["a", "https://h/c/noarch", "f", "h", "j", "https://h/m/noarch", "file:///o/linux-64", "https://r"]
    assert list(channels_in(lines)) == [*found, "/t/noarch"]


def test_the_administrator_s_channels() -> None:
    limits = Limits(allowed_channels=("conda-forge", "https://h/c"))
    assert (
        codes(Settings(), "conda-forge", f"{FORGE}/noarch", "https://me:x@h/c/", "https://h/t/x/c", limits=limits) == []
    )
    for channel in ("bioconda", "https://h/d", "defaults", "https://h/c/d", f"{FORGE}/label/rc", f"{FORGE}x"):
        assert codes(Settings(), "conda-forge", channel, limits=limits) == ["channel-not-allowed"], channel
    (problem,) = rules(Settings(), ONLY_FORGE).problems(["bioconda"])
    assert problem.message == (
        "The channel bioconda is not allowed here: it stands for https://conda.anaconda.org/bioconda."
    )
    assert problem.remedy == "Use conda-forge."
    (problem,) = rules(Settings(), ONLY_FORGE).problems(["https://h/$TOKEN"])
    assert problem.message == "The channel https://h/$TOKEN is not allowed here."


EVIL = "https://evil.example/conda-forge"


@pytest.mark.parametrize(
    "condarc",
    [
        {"custom_multichannels": {"conda-forge": (EVIL,)}},
        {"custom_multichannels": {"conda-forge": ("conda-forge", EVIL)}},
        {"custom_multichannels": {FORGE: (EVIL,)}},
        {"custom_channels": {"conda-forge": "https://evil.example"}},
        {"channel_alias": "https://evil.example"},
        {"mirrored_channels": {"conda-forge": (EVIL,)}},
        {"mirrored_channels": {FORGE: ("https://conda.anaconda.org/bioconda",)}},
        {"mirrored_channels": {f"{FORGE}/linux-64": (EVIL,)}},
        {"mirrored_channels": {"https://conda.anaconda.org": ("https://evil.example",)}},
    ],
    ids=str,
)
def test_a_condarc_gives_the_administrator_s_names_no_other_meaning(condarc: Mapping[str, Any]) -> None:
    own = Settings(**condarc)
    policed = rules(own, ONLY_FORGE, Settings())
    (problem,) = policed.problems(["conda-forge"])
    assert problem.code == "channel-not-allowed"
    assert "evil.example" in problem.message or "bioconda" in problem.message
    assert own.channel_urls(["conda-forge"])
    with pytest.raises(NotAllowed):
        policed.check([*own.channel_urls(["conda-forge"]), FORGE] if own.mirrored_channels else [EVIL])
    assert rules(own, ONLY_FORGE, own).problems([EVIL]) == [] or own.mirrored_channels, "as today without a policy"


def test_a_multichannel_that_stands_for_nothing_opens_nothing() -> None:
    """``custom_multichannels: {conda-forge: []}`` would leave an empty list of what is allowed."""
    own = Settings(custom_multichannels={"conda-forge": ()})
    for system in (own, Settings()):
        assert [p.code for p in rules(own, ONLY_FORGE, system).problems(["bioconda"])] == ["channel-not-allowed"]
        assert rules(own, ONLY_FORGE, system).problems(["conda-forge"]) == [], "nothing is asked for it"


def test_defaults_are_those_of_the_system() -> None:
    own = Settings(default_channels=(EVIL,))
    limits = Limits(allowed_channels=("defaults",))
    assert [p.code for p in rules(own, limits, Settings()).problems(["defaults"])] == ["channel-not-allowed"]
    assert rules(own, limits, Settings()).problems(["https://repo.anaconda.com/pkgs/main"]) == []


def test_urls_are_not_names() -> None:
    """What is asked at last is a URL, whatever a condarc has under it as a name."""
    own = Settings(custom_multichannels={EVIL: ("conda-forge",)})
    with pytest.raises(NotAllowed):
        rules(own, ONLY_FORGE, Settings()).check([EVIL])


def test_mirrors_that_the_system_names_may_be_asked() -> None:
    system = Settings(mirrored_channels={"conda-forge": ("https://mirror.example/t/se-cret/cf",)})
    policed = rules(system, ONLY_FORGE, system)
    assert policed.problems(["conda-forge", "https://mirror.example/cf"]) == []
    own = replace(system, mirrored_channels={"conda-forge": (*system.mirrored_channels["conda-forge"], EVIL)})
    assert [p.code for p in rules(own, ONLY_FORGE, system).problems(["conda-forge"])] == ["channel-not-allowed"]


def test_conda_s_lists_of_the_system_hold_by_its_own_names() -> None:
    system = Settings(allowlist_channels=("conda-forge",))
    own = Settings(allowlist_channels=("conda-forge", EVIL), custom_multichannels={"conda-forge": (FORGE, EVIL)})
    policed = rules(own, Limits(files=("/policy",)), system)
    assert [p.code for p in policed.problems(["conda-forge", EVIL])] == ["channel-not-allowed"] * 2
    assert policed.problems([FORGE]) == []


@pytest.mark.parametrize(
    "token",
    [r"x\..\..\evil\label", "x\\..", "..", "%2E%2e", ".", "x?y=", "x#"],
)
def test_tokens_lead_nowhere_else(token: str) -> None:
    """rattler's URLs are those of browsers: a backslash is a slash, and ``..`` leads up."""
    assert codes(Settings(), f"https://conda.anaconda.org/t/{token}/conda-forge", limits=ONLY_FORGE) == [
        "channel-not-allowed"
    ]
    followed = {FORGE: ["https://conda.anaconda.org/t/fine/conda-forge"], "https://h": ["https://h/t/fine"]}
    routes = {
        FORGE: [f"https://conda.anaconda.org/t/{token}/conda-forge", *followed[FORGE]],
        "https://h": ["https://h/t/fine"],
    }
    assert rules(Settings(), ONLY_FORGE).routes(routes) == followed
    assert rules(Settings()).routes(routes) == routes


def test_routes_to_other_places_are_not_followed() -> None:
    routes = {"https://CONDA.anaconda.org/conda-forge": [EVIL], "https://h": ["https://evil.example/t/x"]}
    assert rules(Settings(), ONLY_FORGE).routes(routes) == {}


def test_channels_of_a_request() -> None:
    def of(settings: Settings, spec: EnvSpec) -> list[str]:
        return channels_of(Create("x", Path("/x"), spec=spec), ("main",), settings)

    assert of(Settings(), EnvSpec()) == ["main"]
    assert of(Settings(), EnvSpec(channels=("a",), dependencies=("b::c",))) == ["a", "b"]
    added = Settings(create_default_packages=("d::e",), pinned_packages=("f::g",))
    assert of(added, EnvSpec()) == ["main", "d", "f"]
    locked = (LockedPackage("https://h/c/noarch/a-1-0.conda"), LockedPackage("https://h/c/noarch/b-1-0.conda"))
    assert of(added, EnvSpec(locked=locked)) == ["https://h/c/noarch"]
    update = Update("lesson", Path("/lesson"), edit=Edit(add=("a::b",)))
    assert channels_of(update, ("main",), added) == ["a", "f"], "its packages come from where they came from"
    assert channels_of(Remove("lesson", Path("/lesson")), ("main",), added) == []


@pytest.mark.parametrize(
    ("settings", "limits"),
    [(Settings(), ONLY_FORGE), (Settings(allowlist_channels=("conda-forge",)), Limits())],
    ids=["limits", "conda's allowlist"],
)
def test_a_plan_counts_by_where_its_packages_come_from(settings: Settings, limits: Limits) -> None:
    """As when a channel that is allowed lists a package at the address of another one."""
    urls = {"good": f"{FORGE}/noarch/good-1-0.conda", "bad": "https://evil.example/main/noarch/bad-1-0.conda"}
    packages = tuple(
        PlannedPackage(name, "1", "0", "conda-forge", "noarch", url, None, 1, cached=True, record="{}")
        for name, url in urls.items()
    )
    changes = tuple(PackageChange(name, "added", None, "1 0") for name in urls)
    with pytest.raises(NotAllowed, match=r"The channel https://evil\.example/main/noarch "):
        rules(settings, limits).check_plan(Plan(packages, changes=changes), UPDATE)
    rules(settings, limits).check_plan(Plan(packages, changes=changes), Clone("c", Path("/c"), source=Path("/e")))
    rules(settings, limits).check_plan(Plan(packages, changes=changes[:1]), UPDATE)


def test_new_packages_of_a_plan_must_be_old_enough() -> None:
    """Those of a lock file, or of a plan that was made before the limit."""
    young = json.dumps({"timestamp": time.time() * 1000 - 3_600_000})
    url = f"{FORGE}/noarch/young-1-0.conda"
    package = PlannedPackage("young", "1", "0", FORGE, "noarch", url, None, 1, cached=True, record=young)
    plan = Plan((package,), changes=(PackageChange("young", "added", None, "1 0"),))
    week = rules(Settings(), Limits(min_package_age=604_800))
    with pytest.raises(NotAllowed, match=r"^Packages newer than .* UTC are not allowed here: young 1 \(.* UTC\)\."):
        week.check_plan(plan, UPDATE)
    week.check_plan(replace(plan, changes=()), UPDATE)
    week.check_plan(plan, Rollback("e", Path("/e"), revision=1))
    week.check_plan(replace(plan, packages=(replace(package, record="{}"),)), UPDATE)
    in_seconds = replace(package, record=json.dumps({"timestamp": int(time.time()) - 60}))
    with pytest.raises(NotAllowed):
        week.check_plan(replace(plan, packages=(in_seconds,)), UPDATE)
    rules(Settings(), Limits(min_package_age=60)).check_plan(plan, UPDATE)
