from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from jupyter_envkernels.engine.operations import Update
from jupyter_envkernels.engine.plan.planner import Planner
from jupyter_envkernels.errors import InvalidSpec
from jupyter_envkernels.models import Edit, EngineOptions, EnvSpec, InstalledState, Plan
from tests.engine.fakes import CHANNEL, Heard, SmallBackend, planned

OTHER = "https://conda.example/other"


@pytest.fixture
def planner(tmp_path: Path) -> Planner:
    return Planner(SmallBackend(), EngineOptions(("configured",), tmp_path / "cache"), Heard(), {})


def test_channels_are_those_of_the_spec_or_of_what_is_installed_or_configured(planner: Planner) -> None:
    installed = InstalledState((planned("a", CHANNEL), planned("b", OTHER), planned("c", OTHER)))
    assert planner.channels(EnvSpec(channels=("mine",)), installed) == ["mine"]
    assert planner.channels(EnvSpec(), installed) == [OTHER, CHANNEL]
    assert planner.channels(EnvSpec(), InstalledState()) == ["configured"]


def test_a_variable_is_for_the_spec_alone(planner: Planner) -> None:
    channel = "https://${HOST}/main"
    assert planner.channels(EnvSpec(channels=(channel,)), InstalledState()) == [channel]
    with pytest.raises(InvalidSpec):
        planner.channels(EnvSpec(), InstalledState((planned("a", channel),)))


def test_a_new_environment_adds_all(planner: Planner) -> None:
    plan = planner.as_new(Plan((planned("a", CHANNEL),)))
    assert [(change.name, change.before) for change in plan.changes] == [("a", None)]


def test_a_change_is_for_the_state_that_it_was_made_for(planner: Planner, tmp_path: Path) -> None:
    same, old = planned("same", CHANNEL), planned("app=1.0", CHANNEL)
    installed = InstalledState((old, same))
    new = replace(planned("app=2.0", CHANNEL), cached=False)
    operation = Update("lesson", tmp_path, edit=Edit(("app=2.0",)))
    plan = planner.as_change(operation, Plan((new, replace(same, cached=False))), installed)
    assert [change.name for change in plan.changes] == ["app"]
    assert [(package.name, package.cached) for package in plan.packages] == [("app", False), ("same", True)]
    assert plan.base == installed.digest
