"""Guesses are those of difflib, which looks at all names."""

from __future__ import annotations

import difflib
import json
from pathlib import Path

import pytest

from jupyter_envkernels.engine.suggestions import Names, nearest


@pytest.fixture(scope="module")
def known(channel_root: Path) -> list[str]:
    repodata = [json.loads(path.read_text()) for path in (channel_root / "main").glob("*/repodata.json")]
    return sorted(
        {r["name"] for part in repodata for kind in ("packages", "packages.conda") for r in part[kind].values()}
    )


def test_of_mistyped_names(known: list[str]) -> None:
    names = Names(known)
    asked = 0
    for name in known:
        if len(name) < 4:
            continue
        for typed in (name[1:], name[:-1], f"{name[:2]}{name[3:]}", f"{name}x", f"{name[1]}{name[0]}{name[2:]}"):
            assert nearest(typed, names) == difflib.get_close_matches(typed, known, n=3, cutoff=0.7), typed
            asked += 1
    assert asked > 200


def test_of_several_channels_each_name_once() -> None:
    assert nearest("ipykernl", Names(["ipykernel", "numpy"]), Names(["ipykernel"]), Names([])) == ["ipykernel"]
    assert nearest("nump", Names(["nump2"]), Names(["numpy"])) == ["numpy", "nump2"]
    assert nearest("zzz", Names(["numpy"])) == nearest("zzz") == []


def test_among_very_many_names() -> None:
    names = Names([*(f"package-{number}" for number in range(30_000)), "scikit-learn"])
    assert nearest("scikit-lern", names) == ["scikit-learn"]
    assert "scikit-learn" in names
    assert "scikit-lern" not in names
