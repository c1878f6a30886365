"""Which time applies to a package."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from jupyter_envkernels.engine.cutoffs import NO_CUTOFFS, cutoffs_of
from jupyter_envkernels.envs.conda_config.condarc import Settings
from jupyter_envkernels.models import Limits

NOW = datetime(2026, 11, 30, 12, tzinfo=timezone.utc)
FORGE = "https://conda.anaconda.org/conda-forge/"


def days(count: int) -> datetime:
    return NOW - timedelta(days=count)


def test_package_comes_before_channel_and_channel_before_the_general_one() -> None:
    settings = Settings(
        exclude_newer=timedelta(days=7),
        exclude_newer_channels=(
            ("conda-forge", timedelta(days=14)),
            ("defaults", None),
            ("https://h/*", timedelta(days=1)),
            ("https://h/b", timedelta(days=2)),
            ("conda-*", timedelta(days=99)),
        ),
        exclude_newer_package={"numpy": timedelta(days=30), "openssl": None},
    )
    cutoffs = cutoffs_of(settings, Limits(), NOW)
    assert cutoffs
    assert cutoffs.of(FORGE, "numpy") == days(30)
    assert cutoffs.of(FORGE, "openssl") is None
    assert cutoffs.of(FORGE, "python") == days(14)
    assert cutoffs.of("https://repo.anaconda.com/pkgs/main/", "python") is None, "a multichannel stands for its members"
    assert cutoffs.of("https://h/a/", "python") == days(1)
    assert cutoffs.of("https://h/b/", "python") == days(2), "the last that matches"
    assert cutoffs.of("http://h/a/", "python") == days(7), "the scheme of a pattern is exact"
    assert list(cutoffs.sentences()) == [
        "Packages newer than 2026-11-23 12:00 UTC are left out.",
        "Packages of the channel conda-forge newer than 2026-11-16 12:00 UTC are left out.",
        "Packages of the channel defaults may be of any age.",
        "Packages of the channel https://h/* newer than 2026-11-29 12:00 UTC are left out.",
        "Packages of the channel https://h/b newer than 2026-11-28 12:00 UTC are left out.",
        "Packages of the channel conda-* newer than 2026-08-23 12:00 UTC are left out.",
        "Packages named numpy newer than 2026-10-31 12:00 UTC are left out.",
        "Packages named openssl may be of any age.",
    ]


def test_the_administrators_minimum_age_cannot_be_weakened() -> None:
    settings = Settings(
        exclude_newer=timedelta(days=1),
        exclude_newer_channels=(("conda-forge", timedelta(days=14)),),
        exclude_newer_package={"openssl": None},
    )
    cutoffs = cutoffs_of(settings, Limits(min_package_age=7 * 86400), NOW)
    assert cutoffs.of("https://h/a", "python") == days(7)
    assert cutoffs.of("https://h/a", "openssl") == days(7)
    assert cutoffs.of(FORGE, "python") == days(14)
    first, *_ = cutoffs.sentences()
    assert first == "Packages newer than 2026-11-23 12:00 UTC are left out, by the administrator's min_package_age."
    assert cutoffs.remedy("https://h/a", "python").startswith("ask the administrator")
    assert cutoffs.remedy(FORGE, "python") == "set exclude_newer to a later date."


def test_without_any_nothing_is_left_out() -> None:
    assert not NO_CUTOFFS
    assert not cutoffs_of(Settings(), Limits())
    assert not cutoffs_of(Settings(exclude_newer_package={"openssl": None}), Limits())
