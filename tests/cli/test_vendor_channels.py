"""GPU builds from the channels of their vendors, as the instructions of PyTorch have it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.channel.index import index_channels
from tests.channel.package import Package
from tests.channel.server import ChannelServer
from tests.cli.shell import Shell

INSTALL = ("install", "-n", "vision", "pytorch", "torchvision", "torchaudio", "pytorch-cuda=11.8")
CHANNELS = ("-c", "pytorch", "-c", "nvidia")


def write_channels(site: Path) -> None:
    """Write channels whose packages depend on each other as those of the same names do."""
    cuda = {"11.8": "<12", "12.1": "<13"}
    for version, below in cuda.items():
        for name in ("cuda-cudart", "cuda-libraries"):
            Package(name, f"{version}.0", noarch="generic").write(site / "nvidia")
        needs = [f"cuda-cudart >={version},{below}", f"cuda-libraries >={version},{below}", f"__cuda >={version}"]
        only = ["pytorch-mutex 1.0 cuda"]
        Package("pytorch-cuda", version, depends=needs, constrains=only, noarch="generic").write(site / "pytorch")
    for build in ("cpu", "cuda"):
        Package("pytorch-mutex", "1.0", build=build, noarch="generic").write(site / "pytorch")
    builds = {"cpu_0": ["pytorch-mutex 1.0 cpu"]}
    for version in cuda:
        builds[f"cuda{version}_0"] = ["pytorch-mutex 1.0 cuda", f"pytorch-cuda {version}.*"]
    for build, needs in builds.items():
        Package("pytorch", "2.5.1", build=build, depends=needs, noarch="generic").write(site / "pytorch")
        for name, version in (("torchvision", "0.20.1"), ("torchaudio", "2.5.1")):
            wanted = [f"pytorch 2.5.1 {build}"]
            Package(name, version, build=build, depends=wanted, noarch="generic").write(site / "pytorch")
    index_channels(site / "pytorch", site / "nvidia")


@pytest.fixture
def vision(shell: Shell) -> Shell:
    """An environment, and a home in which the names of these channels lead to this machine."""
    write_channels(shell.home / "site")
    shell.json("create", "-n", "vision", "prio-demo")
    return shell


def test_torch_for_a_gpu(vision: Shell) -> None:
    with ChannelServer(vision.home / "site") as server:
        (vision.home / ".condarc").write_text(f"channel_alias: {server.url}\n")
        refused = vision.json(*INSTALL, *CHANNELS, code=1)["error"]
        assert "needs a GPU with CUDA" in refused["message"]
        vision.environ = {**vision.environ, "CONDA_OVERRIDE_CUDA": "11.8"}
        vision.json(*INSTALL, *CHANNELS)
        packages = {package["name"]: package for package in vision.json("list", "-n", "vision")["packages"]}
        assert {packages[name]["build"] for name in ("pytorch", "torchvision", "torchaudio")} == {"cuda11.8_0"}
        assert packages["torchaudio"]["channel"] == f"{server.url}/pytorch"
        assert packages["cuda-cudart"]["channel"] == f"{server.url}/nvidia"
        assert packages["cuda-cudart"]["version"] == "11.8.0"
        assert packages["prio-demo"]["version"] == "1.0"
        newer = vision.json("install", "-n", "vision", "pytorch-cuda=12.1", *CHANNELS, code=1)["error"]
        assert "CUDA 11.8" in newer["message"]
