"""Channels, their priority, and what conda's configuration adds to a spec."""

from __future__ import annotations

import pytest

from tests.channel.server import ChannelServer

from ..conftest import Engine

BOTH = ("main", "extra")


def test_strict_priority_binds_what_the_spec_itself_asks_for(engine: Engine) -> None:
    refused = engine.solve("prio-demo>=2", channels=BOTH, CONDA_CHANNEL_PRIORITY="strict")
    assert refused["message"] == (
        "Only the channel extra has `prio-demo>=2`, but with strict channel priority prio-demo comes from main, "
        "whose newest version is 1.0."
    )
    for priority in ("flexible", "disabled"):
        answer = engine.solve("prio-demo>=2", channels=BOTH, CONDA_CHANNEL_PRIORITY=priority)
        assert answer["packages"]["prio-demo"][0] == "2.0"


def test_without_a_version_priority_decides(engine: Engine) -> None:
    versions = {
        priority: engine.solve("prio-demo", channels=BOTH, CONDA_CHANNEL_PRIORITY=priority)["packages"]["prio-demo"][0]
        for priority in ("strict", "flexible", "disabled")
    }
    assert versions == {"strict": "1.0", "flexible": "1.0", "disabled": "2.0"}


@pytest.mark.parametrize("channels", [BOTH, ("main",)])
@pytest.mark.parametrize("spec", ["{extra}::prio-demo", "{extra}/noarch::prio-demo>=2"])
def test_a_line_that_names_its_channel(engine: Engine, spec: str, channels: tuple[str, ...]) -> None:
    answer = engine.solve(spec, channels=channels, CONDA_CHANNEL_PRIORITY="strict")
    assert answer["packages"]["prio-demo"] == ["2.0", "noarch", engine.url("extra")]


def test_a_channel_by_name(engine: Engine) -> None:
    alias = {"CONDA_CHANNEL_ALIAS": engine.url("")}
    answer = engine.solve("extra::prio-demo", "alt/main::same-build", channels=BOTH, **alias)
    assert answer["packages"]["prio-demo"][0] == "2.0"
    assert answer["packages"]["same-build"][2] == engine.url("alt/main")


def test_a_channel_that_has_it_not_or_not_so(engine: Engine) -> None:
    answer = engine.solve("{extra}::numpy", "{extra}/linux-64::prio-demo", "{extra}::prio-demo=7", channels=BOTH)
    assert answer["message"] == (
        "The channel extra has no package named numpy. "
        f"No channel has `{engine.url('extra')}/linux-64::prio-demo` for linux-64, only for noarch. "
        f"The channel extra has no `{engine.url('extra')}::prio-demo=7`: "
        "the newest version of prio-demo is 2.0."
    )


def test_pinned_packages(engine: Engine) -> None:
    pins = {"CONDA_PINNED_PACKAGES": "conflict-base=1.0&numpy=1.26"}
    answer = engine.solve("conflict-base", **pins)
    assert {name: package[0] for name, package in answer["packages"].items()} == {"conflict-base": "1.0"}
    refused = engine.solve("conflict-b", **pins)
    assert refused["message"].startswith(
        "`conflict-b` and `conflict-base=1.0` cannot be installed together: `conflict-b` needs conflict-base >=2. "
        "`conflict-base=1.0` comes from CONDA_PINNED_PACKAGES."
    )
    assert "without `conflict-base=1.0`" in refused["remedy"]


def test_all_forms_of_an_export(engine: Engine, channel_pythons: list[str]) -> None:
    answer = engine.solve("conflict-base=1.5=0", "prio-demo 1.0", "gpu-or-cpu=1.0=cpu*", "same-build[version='>=1']")
    assert answer["packages"]["conflict-base"][0] == "1.5"
    assert set(answer["packages"]) == {"conflict-base", "gpu-or-cpu", "prio-demo", "same-build"}


def test_a_line_that_is_no_match_spec(engine: Engine) -> None:
    assert engine.solve("numpy==")["code"] == "invalid-spec"


def test_a_server_that_says_unchanged_and_no_more(engine: Engine, channel_server: ChannelServer) -> None:
    channels = (f"{channel_server.url}/main",)
    channel_server.add_rule("repodata_shards", status=304, times=1)
    answer = engine.solve("prefix-demo", channels=channels)
    assert "prefix-demo" in answer.get("packages", ()), answer
    assert any(request.status == 304 for request in channel_server.log)
