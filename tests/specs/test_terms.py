"""Which channels are Anaconda's, and what is said of them."""

from __future__ import annotations

import pytest

from jupyter_envkernels.specs import terms_of_service


@pytest.mark.parametrize("channel", ["defaults", "main", "https://repo.anaconda.com/pkgs/r"])
def test_a_channel_of_anacondas(channel: str) -> None:
    found = terms_of_service(["conda-forge", channel])
    assert found is not None
    assert found.message.startswith(f"'{channel}' is Anaconda's channel;")
    configured = terms_of_service([channel], configured=True)
    assert configured is not None
    assert configured.message == f"The spec names no channel, so that the configured ones are used. {found.message}"
    assert "to the spec" in configured.remedy


def test_other_channels() -> None:
    assert terms_of_service(["conda-forge", "https://conda.example/main", "nodefaults"]) is None
