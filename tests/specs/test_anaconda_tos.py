"""Which channels are Anaconda's, and what is said of them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from jupyter_envkernels.specs import terms_of_service


@pytest.mark.parametrize(
    "channel", ["defaults", "main", "https://repo.anaconda.com/pkgs/r", "https://conda.anaconda.org/main/"]
)
def test_a_channel_of_anacondas(channel: str) -> None:
    found = terms_of_service(["conda-forge", channel])
    assert found is not None
    assert found.message.startswith(f"'{channel}' is Anaconda's channel;")
    configured = terms_of_service([channel], configured=True)
    assert configured is not None
    assert configured.message == f"The spec names no channel, so the configured ones are used. {found.message}"
    assert "to the spec" in configured.remedy


def test_other_channels() -> None:
    assert terms_of_service(["conda-forge", "https://conda.example/main", "nodefaults"]) is None
    assert terms_of_service(["https://conda.anaconda.org/t/secret/main"]) is not None


def test_the_configuration_says_what_a_name_stands_for() -> None:
    urls = {"defaults": "https://conda.example/main", "work": "https://repo.anaconda.com/pkgs/main", "r": ""}

    def urls_of(names: Sequence[str]) -> list[str]:
        return [urls[name] for name in names]

    assert terms_of_service(["defaults", "r"], urls_of=urls_of) is None
    found = terms_of_service(["defaults", "work"], urls_of=urls_of)
    assert found is not None
    assert found.message.startswith("'work' is Anaconda's")
