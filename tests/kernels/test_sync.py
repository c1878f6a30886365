from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

from jupyter_envkernels.envs.catalog import Catalog
from jupyter_envkernels.kernels.sync import SyncReport, is_synced, refresh, remove, sync
from jupyter_envkernels.models import CatalogOptions
from tests.prefixes import environ_of, make_prefix

NAMES = ("conda-env-exam-py", "conda-env-lesson-py", "conda-env-lesson-r")


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def read(data_dir: Path, name: str) -> dict[str, Any]:
    spec: dict[str, Any] = json.loads((data_dir / "kernels" / name / "kernel.json").read_text())
    return spec


def test_it_writes_what_programs_can_start_without_us(catalog: Catalog, data_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "envs/exam/share/jupyter/kernels/python3/logo-svg.svg").write_text("<svg/>")
    assert sync(catalog, data_dir, environ_of(tmp_path)) == SyncReport(written=NAMES)
    spec = read(data_dir, "conda-env-exam-py")
    assert spec["argv"][0] == f"{tmp_path}/envs/exam/bin/python"
    assert spec["display_name"] == "exam (Python 3)"
    assert spec["env"]["PATH"] == f"{tmp_path}/envs/exam/bin:${{PATH}}"
    assert spec["env"]["CONDA_PREFIX"] == f"{tmp_path}/envs/exam"
    assert spec["metadata"]["conda_env_name"] == "exam"
    assert "kernel_provisioner" not in spec["metadata"]
    assert is_synced(spec)
    assert (data_dir / "kernels/conda-env-exam-py/logo-svg.svg").read_text() == "<svg/>"
    assert sorted(path.name for path in (data_dir / "kernels").iterdir()) == sorted(NAMES)


def test_the_second_time_nothing_is_written(catalog: Catalog, data_dir: Path, tmp_path: Path) -> None:
    sync(catalog, data_dir, environ_of(tmp_path))
    before = {path: path.stat().st_mtime_ns for path in data_dir.rglob("*")}
    assert sync(catalog, data_dir, environ_of(tmp_path)) == SyncReport(unchanged=NAMES)
    assert {path: path.stat().st_mtime_ns for path in data_dir.rglob("*")} == before


def test_it_keeps_them_true(catalog: Catalog, data_dir: Path, tmp_path: Path) -> None:
    sync(catalog, data_dir, environ_of(tmp_path))
    shutil.rmtree(tmp_path / "envs/exam")
    make_prefix(tmp_path / "envs/new", "python3")
    (tmp_path / "envs/lesson/conda-meta/state").write_text('{"env_vars": {"COST": "5$"}}')
    assert refresh(catalog, data_dir, environ_of(tmp_path)) == SyncReport(
        written=("conda-env-lesson-py", "conda-env-lesson-r", "conda-env-new-py"), removed=("conda-env-exam-py",)
    )
    assert read(data_dir, "conda-env-lesson-py")["env"]["COST"] == "5$$"


def test_without_a_first_sync_there_is_nothing_to_keep_true(catalog: Catalog, data_dir: Path) -> None:
    assert refresh(catalog, data_dir) is None
    assert not data_dir.exists()


def test_what_is_not_ours_is_never_touched(catalog: Catalog, data_dir: Path, tmp_path: Path) -> None:
    taken, foreign = data_dir / "kernels/conda-env-exam-py", data_dir / "kernels/conda-env-gone-py"
    for folder in (taken, foreign, data_dir / "kernels/python3"):
        folder.mkdir(parents=True)
        (folder / "kernel.json").write_text('{"argv": ["mine"], "metadata": {"envkernels": null}}')
    (data_dir / "kernels/conda-broken").mkdir()
    (data_dir / "kernels/conda-broken/kernel.json").write_text("[")
    before = tree(data_dir)
    assert sync(catalog, data_dir, environ_of(tmp_path)).skipped == ("conda-env-exam-py",)
    assert remove(data_dir).removed == ("conda-env-lesson-py", "conda-env-lesson-r")
    assert tree(data_dir) == before


def test_files_that_somebody_added_stay(catalog: Catalog, data_dir: Path, tmp_path: Path) -> None:
    sync(catalog, data_dir, environ_of(tmp_path))
    (data_dir / "kernels/conda-env-exam-py/notes.txt").write_text("mine")
    assert remove(data_dir).removed == NAMES
    assert tree(data_dir) == {"kernels/conda-env-exam-py/notes.txt": b"mine"}


def test_kernels_that_cannot_start_are_not_written(data_dir: Path, tmp_path: Path) -> None:
    make_prefix(tmp_path / "envs/no-python", "python3", python=False)
    make_prefix(tmp_path / "envs/bare")
    catalog = Catalog(CatalogOptions(roots=(tmp_path / "envs",)), environ_of(tmp_path))
    assert sync(catalog, data_dir, environ_of(tmp_path)) == SyncReport()


def test_names_that_jupyter_cannot_tell_apart(data_dir: Path, tmp_path: Path) -> None:
    """Folders of kernelspecs are looked up in lower case."""
    for name in ("Lesson", "lesson"):
        make_prefix(tmp_path / "envs" / name, "python3")
    catalog = Catalog(CatalogOptions(roots=(tmp_path / "envs",)), environ_of(tmp_path))
    assert sync(catalog, data_dir, environ_of(tmp_path)).written == ("conda-env-Lesson-py",)
    assert [path.name for path in (data_dir / "kernels").iterdir()] == ["conda-env-lesson-py"]


def test_a_plain_jupyter_client_starts_them_activated(
    real_catalog: Catalog, real_envs: Path, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync(real_catalog, data_dir, os.environ)
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(data_dir))
    manager = KernelManager(kernel_name="conda-env-new-py", kernel_spec_manager=KernelSpecManager())
    manager.start_kernel(stderr=subprocess.DEVNULL)
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        printed: list[str] = []
        code = (
            "import os, sys; print([sys.prefix, *(os.environ[n] for n in ('CONDA_PREFIX', 'LAB_QUOTE', 'LAB_MULTI'))])"
        )
        client.execute_interactive(code, timeout=30, output_hook=lambda m: printed.append(m["content"].get("text", "")))
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    assert "".join(printed).strip() == str([f"{real_envs}/new", f"{real_envs}/new", 'a "b" $c', "line1\nline2"])


def test_other_programs_list_them(catalog: Catalog, data_dir: Path, tmp_path: Path) -> None:
    sync(catalog, data_dir, environ_of(tmp_path))
    command = [sys.executable, "-m", "jupyter_client.kernelspecapp", "list", "--json"]
    environ = {**os.environ, "JUPYTER_DATA_DIR": str(data_dir)}
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
    assert set(json.loads(done.stdout)["kernelspecs"]) >= set(NAMES)
