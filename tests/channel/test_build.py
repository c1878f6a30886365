from __future__ import annotations

import json
import threading
import time
from pathlib import Path

import pytest

from . import build
from .interpreters import Interpreter


class FakeBuilder:
    """Takes the place of build_channel: makes the folder, and counts."""

    def __init__(self) -> None:
        self.built: list[Path] = []

    def __call__(self, target: Path, candidates: dict[str, list[Interpreter]]) -> None:
        assert candidates
        time.sleep(0.1)
        target.mkdir()
        self.built.append(target)


def interpreter(version: str) -> Interpreter:
    """Return one that is not there."""
    return Interpreter(Path("/nowhere/bin/python3"), version, Path("/nowhere"), Path("/nowhere/lib"))


@pytest.fixture
def builder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeBuilder:
    fake = FakeBuilder()
    monkeypatch.setattr(build, "build_channel", fake)
    monkeypatch.setattr(build, "find_interpreters", lambda: {"3.12": [interpreter("3.12.1")]})
    monkeypatch.setenv("ENVKERNELS_TEST_CHANNEL", str(tmp_path / "cache"))
    return fake


def test_the_channel_is_built_once(builder: FakeBuilder, tmp_path: Path) -> None:
    threads = [threading.Thread(target=build.ensure_channel) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert builder.built == [build.ensure_channel()]
    assert builder.built[0].parent == tmp_path / "cache"


def test_other_pythons_make_another_channel(builder: FakeBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    first = build.ensure_channel()
    monkeypatch.setattr(build, "find_interpreters", lambda: {"3.12": [interpreter("3.12.2")]})

    assert build.ensure_channel() != first
    assert len(builder.built) == 2


def test_what_an_interrupted_build_left_is_removed(builder: FakeBuilder, tmp_path: Path) -> None:
    left = tmp_path / "cache" / ".building-abc"
    left.mkdir(parents=True)
    recent = tmp_path / "cache" / "0123456789abcdef"
    recent.mkdir()

    assert build.ensure_channel().exists()
    assert not left.exists()
    assert recent.exists()


def test_the_cache_is_the_users(builder: FakeBuilder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("ENVKERNELS_TEST_CHANNEL")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))

    assert build.ensure_channel().parent == tmp_path / "xdg" / "jupyter-envkernels" / "test-channel"


def test_a_failed_build_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(build.BuildError, match="no CPython"):
        build.build_channel(tmp_path / "out" / "channel", {"3.12": [interpreter("3.12.0")]})
    assert list((tmp_path / "out").iterdir()) == []


def test_what_exists_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("mine")

    with pytest.raises(build.BuildError, match="exists already"):
        build.build_channel(tmp_path)
    assert (tmp_path / "precious").read_text() == "mine"


def test_the_manifest_tells_what_is_there(channel_root: Path) -> None:
    manifest = json.loads((channel_root / "manifest.json").read_text())

    archives = {path.name for suffix in ("conda", "tar.bz2") for path in (channel_root / "main").rglob(f"*.{suffix}")}
    assert set(manifest["packages"]["main"]) == archives
    assert set(manifest["packages"]) == {"main", "extra", "alt/main", "broken"}
    for xy, version in manifest["pythons"].items():
        assert any(name.startswith(f"python-{version}-") for name in archives)
        assert any(name.startswith("numpy-") and f"-py{xy.replace('.', '')}" in name for name in archives)
