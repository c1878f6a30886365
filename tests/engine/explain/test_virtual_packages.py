"""CUDA and the like, asked for where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from ..conftest import Inquiry
from .test_channel_lint import spec


def test_cuda_where_there_is_no_gpu(inquiry: Inquiry) -> None:
    (gpu,) = inquiry.advise(spec("needs-cuda", "gpu-or-cpu"))
    assert (gpu.severity, gpu.code, gpu.line, gpu.column) == ("warning", "no-gpu", 3, 5)
    assert gpu.message == "`needs-cuda` needs a GPU with CUDA >=12, and this machine has none."
    assert gpu.remedy == (
        "Where kernels will run on such a machine, start Jupyter with CONDA_OVERRIDE_CUDA=12; "
        "otherwise choose a build without CUDA, or delete the line."
    )


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("gpu-or-cpu=1.0=cuda*", "12"),
        ("gpu-or-cpu[build=cuda_100]", "12"),
        ("cuda-version=12.4", "12.4"),
        ("cudatoolkit >=11.8", "11.8"),
        ("pytorch-gpu", "12"),
        ("libcudnn=9", ""),
        ("cudnn=9", "12"),
    ],
)
def test_lines_that_ask_for_cuda_by_name_or_build(inquiry: Inquiry, line: str, wanted: str) -> None:
    """Whether or not the channels have such a package."""
    remedies = [d.remedy for d in inquiry.advise(spec(line)) if d.code == "no-gpu"]
    assert len(remedies) == bool(wanted)
    assert all(f"CONDA_OVERRIDE_CUDA={wanted};" in remedy for remedy in remedies)


def test_an_export_from_a_machine_with_a_gpu_gets_one_remark(inquiry: Inquiry) -> None:
    found = inquiry.advise(spec("python", "cuda-version=12.4", "needs-cuda", "cuda-nvcc", "cuda-cudart"))
    (gpu,) = [d for d in found if d.code == "no-gpu"]
    assert gpu.line == 4
    assert gpu.message.startswith("cuda-version, needs-cuda, cuda-nvcc and cuda-cudart need a GPU with CUDA 12.4")


def test_the_override_decides(tmp_path: Path, channel_root: Path) -> None:
    text = spec("needs-cuda", "gpu-or-cpu=1.0=cuda*")
    with Inquiry(tmp_path, channel_root, CONDA_OVERRIDE_CUDA="12.4") as inquiry:
        assert inquiry.advise(text) == []
    with Inquiry(tmp_path, channel_root, CONDA_OVERRIDE_CUDA="11.8") as inquiry:
        (old,) = inquiry.advise(text)
    assert (old.code, old.line) == ("no-gpu", 3)
    assert "needs a GPU with CUDA >=12, and the driver of this machine offers CUDA 11.8" in old.message


def test_another_c_library(inquiry: Inquiry) -> None:
    (other,) = inquiry.advise(spec("needs-future-glibc", "needs-glibc"))
    assert (other.severity, other.code, other.line) == ("error", "other-machine", 3)
    assert other.message.startswith("`needs-future-glibc` needs the C library glibc >=9, and this machine has ")


def test_nothing_is_concluded_from_channels_that_were_not_read(inquiry: Inquiry) -> None:
    codes = [code for _, code in inquiry.told(spec("needs-future-glibc", channels="main, absent"))]
    assert codes == ["channel-unreachable"]
