from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from jupyter_envkernels.kernels.aliases import resolve
from jupyter_envkernels.models import Environment, Kernel, environment_id


def environment(prefix: str, *raw_names: str, is_base: bool = False) -> Environment:
    kernels = tuple(Kernel(f"id-{raw}", raw, "", raw) for raw in raw_names)
    path = Path(prefix)
    return Environment(environment_id(path), path.name, path, kernels, is_base=is_base)


BASE = environment("/opt/conda", "python3", is_base=True)
NAMED = environment("/opt/conda/envs/lesson", "python3", "ir", "julia-1.10")
PROJECT = environment("/home/u/.conda/envs/own work", "python3")
BARE = environment("/home/u/.conda/envs/bare")
WORLD = (BASE, NAMED, PROJECT, BARE)


@pytest.mark.parametrize(
    ("name", "expected", "raw_name"),
    [
        ("conda-base-py", BASE, "python3"),
        ("conda-root-py", BASE, "python3"),
        ("conda-env-lesson-py", NAMED, "python3"),
        ("conda-env-lesson-r", NAMED, "ir"),
        ("conda-env-lesson-julia-1.10", NAMED, "julia-1.10"),
        ("conda-env-lesson-julia", NAMED, "julia-1.10"),
        ("conda-env-conda-lesson-py", NAMED, "python3"),
        (f"conda-env-lesson-{NAMED.id[:8]}-py", NAMED, "python3"),
        ("conda-env-own_work-py", PROJECT, "python3"),
        ("conda-env-.conda-own_work-py", PROJECT, "python3"),
    ],
)
def test_names_that_notebooks_carry(name: str, expected: Environment, raw_name: str) -> None:
    assert resolve(name.upper(), WORLD) == resolve(name, WORLD)
    found = resolve(name, WORLD)
    assert found is not None
    assert found[0] is expected
    assert found[1] is not None
    assert found[2] == raw_name


def test_an_environment_that_has_lost_its_kernel() -> None:
    assert resolve("conda-env-bare-py", WORLD) == (BARE, None, "python3")


@pytest.mark.parametrize("name", ["conda-env-other-py", "conda-env-lesson-ruby", "conda-env-lesson-", "lesson", ""])
def test_names_that_mean_nothing(name: str) -> None:
    assert resolve(name, WORLD) is None


def test_a_name_that_may_mean_two_means_none() -> None:
    twin = environment("/home/u/.conda/envs/lesson", "python3")
    assert resolve("conda-env-lesson-py", (*WORLD, twin)) is None
    found = resolve("conda-env-.conda-lesson-py", (*WORLD, twin))
    assert found is not None
    assert found[0] is twin
    other_base = environment("/home/u/miniforge3", "python3", is_base=True)
    assert resolve("conda-base-py", (*WORLD, other_base)) is None


def test_one_that_is_not_trusted_answers_to_no_name_and_stands_in_no_others_way() -> None:
    stranger = replace(environment("/srv/course/envs/lesson"), is_trusted=False)
    bare = replace(environment("/srv/course/.pixi/envs/exam"), is_trusted=False)
    found = resolve("conda-env-lesson-py", (stranger, *WORLD))
    assert found
    assert found[0] is NAMED
    assert resolve("conda-env-exam-py", (bare, *WORLD)) is None
