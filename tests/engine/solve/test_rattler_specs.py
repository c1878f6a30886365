"""Lines that name a channel or a package which must not be asked, however rattler understands them."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_envkernels.engine.fetch.client import Network
from jupyter_envkernels.engine.solve.rattler_specs import Reader
from jupyter_envkernels.envs.conda_config.condarc import Settings
from jupyter_envkernels.errors import NotAllowed
from jupyter_envkernels.models import Limits

FORGE = "https://conda.anaconda.org/conda-forge"


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    limits = Limits(allowed_channels=("conda-forge",))
    return Reader(Settings(), Network(Settings(), tmp_path, limits))


@pytest.mark.parametrize(
    "line",
    [
        *("evil::a", " evil::a", "evil/linux-64::a", "https://evil/c::a", "evil:namespace:a", "a[channel='evil']"),
        *("https://evil/c/noarch/a-1-0.conda", "HTTPS://evil/c/noarch/a-1-0.conda", "/tmp/a-1-0.conda"),
        *("a[url='https://evil/c/noarch/a-1-0.conda']", 'a 1 0[url="https://evil/c/noarch/a-1-0.conda"]'),
        *("a[version='1'][url='https://evil/c/a-1-0.conda']", "conda-forge::a[url='https://evil/c/a-1-0.conda']"),
        *("a[url=https://evil/c/a-1-0.conda,channel=conda-forge]", "conda-forge::a[channel=evil]"),
        *(f"{FORGE}/noarch/../../evil/noarch/a-1-0.conda", f"{FORGE}/noarch\\..\\..\\evil/a-1-0.conda"),
        r"https://conda.anaconda.org/t/x\..\..\evil\label/conda-forge/noarch/a-1-0.conda",
    ],
)
def test_lines_that_name_another_channel(reader: Reader, line: str) -> None:
    with pytest.raises(NotAllowed):
        reader.line(line)


@pytest.mark.parametrize("line", ["a", "conda-forge::a", "conda-forge/noarch::a", f"{FORGE}/noarch/a-1-0.conda"])
def test_lines_that_name_none_or_an_allowed_one(reader: Reader, line: str) -> None:
    assert reader.line(line).name == "a"
    assert [channel.base_url for channel in reader.channels(["conda-forge"], [reader.line(line)])] == [f"{FORGE}/"]
