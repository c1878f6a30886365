"""Guesses at what a mistyped name was to be."""

from __future__ import annotations

from jupyter_envkernels.suggestions import nearest


def test_of_several_channels_each_name_once() -> None:
    assert nearest("ipykernl", ["ipykernel", "numpy"], ["ipykernel"], []) == ["ipykernel"]
    assert nearest("nump", ["nump2"], ["numpy"]) == ["numpy", "nump2"]
    assert nearest("zzz", ["numpy"]) == nearest("zzz") == []


def test_among_very_many_names() -> None:
    assert nearest("scikit-lern", [*(f"package-{number}" for number in range(30_000)), "scikit-learn"]) == [
        "scikit-learn"
    ]
