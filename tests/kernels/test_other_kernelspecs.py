from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
from jupyter_client.kernelspec import KernelSpec

from jupyter_envkernels.kernels.other_kernelspecs import OtherKernelSpecs
from tests.prefixes import age


def write(folder: Path, **spec: object) -> str:
    folder.mkdir(exist_ok=True)
    (folder / "kernel.json").write_text(json.dumps({"argv": ["x"], "display_name": "X", "language": "x", **spec}))
    return str(folder)


@pytest.fixture
def loaded() -> list[str]:
    return []


@pytest.fixture
def ordinary(loaded: list[str]) -> OtherKernelSpecs:
    def load(name: str, folder: str) -> KernelSpec:
        loaded.append(name)
        return KernelSpec.from_resource_dir(folder)

    return OtherKernelSpecs(load, logging.getLogger("ordinary"))


def test_each_is_read_once(ordinary: OtherKernelSpecs, loaded: list[str], tmp_path: Path) -> None:
    folders = {"a": write(tmp_path / "a"), "b": write(tmp_path / "b")}
    age(tmp_path)
    first = ordinary.read(folders)
    assert first["a"]["display_name"] == "X"
    assert ordinary.read(folders) == first
    assert loaded == ["a", "b"]
    write(tmp_path / "a", display_name="changed")
    assert ordinary.read(folders)["a"]["display_name"] == "changed"
    assert loaded == ["a", "b", "a"]
    assert list(ordinary.read({"b": folders["b"]})) == ["b"]


def test_a_broken_one_is_reported_once_and_hides_no_other(
    ordinary: OtherKernelSpecs, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folders = {"bad": write(tmp_path / "bad", metadata=None), "good": write(tmp_path / "good")}
    age(tmp_path)
    for _ in range(3):
        assert list(ordinary.read(folders)) == ["good"]
    assert [folders["bad"] in message for message in caplog.messages] == [True]
