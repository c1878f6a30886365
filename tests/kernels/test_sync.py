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

from jupyter_envkernels.envs.catalog import Catalog
from jupyter_envkernels.kernels.specmanager import SyncEnvKernelSpecManager
from jupyter_envkernels.kernels.sync import SyncReport, is_synced, refresh, remove, sync
from jupyter_envkernels.models import CatalogOptions, environment_id
from tests.prefixes import add_kernel, environ_of, make_prefix

NAMES = ("conda-env-exam-py", "conda-env-lesson-py", "conda-env-lesson-r")


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def read(data_dir: Path, name: str) -> dict[str, Any]:
    spec: dict[str, Any] = json.loads((data_dir / "kernels" / name / "kernel.json").read_text())
    return spec


def test_it_writes_what_the_launcher_starts(catalog: Catalog, data_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "envs/exam/share/jupyter/kernels/python3/logo-svg.svg").write_text("<svg/>")
    assert sync(catalog, data_dir) == SyncReport(written=NAMES)
    spec = read(data_dir, "conda-env-exam-py")
    assert spec["argv"][0] == sys.executable
    assert spec["argv"][-3:] == [f"{tmp_path}/envs/exam", "python3", "{connection_file}"]
    assert spec["display_name"] == "exam (Python 3)"
    assert spec["env"] == {}
    assert spec["metadata"]["conda_env_name"] == "exam"
    assert "kernel_provisioner" not in spec["metadata"]
    assert is_synced(spec)
    assert (data_dir / "kernels/conda-env-exam-py/logo-svg.svg").read_text() == "<svg/>"
    assert sorted(path.name for path in (data_dir / "kernels").iterdir()) == sorted(NAMES)


def test_the_second_time_nothing_is_written(catalog: Catalog, data_dir: Path, tmp_path: Path) -> None:
    sync(catalog, data_dir)
    before = {path: path.stat().st_mtime_ns for path in data_dir.rglob("*")}
    assert sync(catalog, data_dir) == SyncReport(unchanged=NAMES)
    assert {path: path.stat().st_mtime_ns for path in data_dir.rglob("*")} == before


def test_it_keeps_them_true(catalog: Catalog, data_dir: Path, tmp_path: Path) -> None:
    sync(catalog, data_dir)
    shutil.rmtree(tmp_path / "envs/exam")
    make_prefix(tmp_path / "envs/new", "python3")
    add_kernel(tmp_path / "envs/lesson", interrupt_mode="message")
    assert refresh(catalog, data_dir, always=False) == SyncReport(
        written=("conda-env-lesson-py", "conda-env-new-py"),
        unchanged=("conda-env-lesson-r",),
        removed=("conda-env-exam-py",),
    )
    assert read(data_dir, "conda-env-lesson-py")["interrupt_mode"] == "message"


def test_nothing_of_an_environment_runs(catalog: Catalog, data_dir: Path, tmp_path: Path) -> None:
    scripts = tmp_path / "envs/exam/etc/conda/activate.d"
    scripts.mkdir(parents=True)
    (scripts / "a.sh").write_text(f"touch {tmp_path}/ran\n")
    sync(catalog, data_dir)
    make_prefix(tmp_path / "envs/new", "python3")
    refresh(catalog, data_dir, always=False)
    assert not (tmp_path / "ran").exists()


def test_kernelspecs_of_earlier_versions_are_written_again(catalog: Catalog, data_dir: Path) -> None:
    """They held the variables of the activated environment."""
    sync(catalog, data_dir)
    new = read(data_dir, "conda-env-exam-py")
    old = {**new, "argv": ["/envs/exam/bin/python", "-f", "{connection_file}"], "env": {"PATH": "/envs/exam/bin"}}
    (data_dir / "kernels/conda-env-exam-py/kernel.json").write_text(json.dumps(old))
    report = refresh(catalog, data_dir, always=False)
    assert report is not None
    assert report.written == ("conda-env-exam-py",)
    assert read(data_dir, "conda-env-exam-py") == new


def test_only_regular_files_are_copied(catalog: Catalog, data_dir: Path, tmp_path: Path) -> None:
    folder = tmp_path / "envs/exam/share/jupyter/kernels/python3"
    (folder / "logo-svg.svg").write_text("<svg/>")
    (tmp_path / "secret").write_text("mine")
    (folder / "logo-32x32.png").symlink_to(tmp_path / "secret")
    os.mkfifo(folder / "logo-64x64.png")
    (folder / "kernel.js").touch()
    os.truncate(folder / "kernel.js", 5 << 20)
    sync(catalog, data_dir)
    copied = data_dir / "kernels/conda-env-exam-py"
    assert sorted(path.name for path in copied.iterdir()) == ["kernel.json", "logo-svg.svg"]


def test_links_are_not_written_through(catalog: Catalog, data_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "envs/exam/share/jupyter/kernels/python3/logo-svg.svg").write_text("<svg/>")
    sync(catalog, data_dir)
    synced = data_dir / "kernels/conda-env-exam-py"
    for name in ("logo-svg.svg", "kernel.json"):
        (synced / name).rename(tmp_path / name)
        (synced / name).symlink_to(tmp_path / name)
    (tmp_path / "logo-svg.svg").write_text("mine")
    before = (tmp_path / "kernel.json").read_text()
    add_kernel(tmp_path / "envs/exam", display_name="Python of today")
    refresh(catalog, data_dir, always=False)
    assert (tmp_path / "logo-svg.svg").read_text() == "mine"
    assert (tmp_path / "kernel.json").read_text() == before
    assert read(data_dir, "conda-env-exam-py")["display_name"] == "exam (Python of today)"


def test_a_folder_that_is_a_link_is_not_ours(catalog: Catalog, data_dir: Path, tmp_path: Path) -> None:
    sync(catalog, data_dir)
    (data_dir / "kernels/conda-env-exam-py").rename(tmp_path / "elsewhere")
    (data_dir / "kernels/conda-env-exam-py").symlink_to(tmp_path / "elsewhere")
    assert sync(catalog, data_dir).skipped == ("conda-env-exam-py",)
    remove(data_dir)
    assert (tmp_path / "elsewhere/kernel.json").exists()


def test_without_a_first_sync_there_is_nothing_to_keep_true(catalog: Catalog, data_dir: Path) -> None:
    assert refresh(catalog, data_dir, always=False) is None
    assert not data_dir.exists()


def test_a_sync_that_found_nothing_is_remembered(data_dir: Path, tmp_path: Path) -> None:
    catalog = Catalog(CatalogOptions(roots=(tmp_path / "envs",)), environ_of(tmp_path))
    assert sync(catalog, data_dir) == SyncReport()
    make_prefix(tmp_path / "envs/lesson", "python3")
    assert refresh(catalog, data_dir, always=False) == SyncReport(written=("conda-env-lesson-py",))
    remove(data_dir)
    assert refresh(catalog, data_dir, always=False) is None


def test_they_are_always_kept_where_that_is_configured(catalog: Catalog, data_dir: Path) -> None:
    assert refresh(catalog, data_dir, always=True) == SyncReport(written=NAMES)


def test_a_folder_that_cannot_be_written_is_logged(catalog: Catalog, caplog: pytest.LogCaptureFixture) -> None:
    assert refresh(catalog, Path("/proc/self/data"), always=True) is None
    assert "The kernelspecs for other programs cannot be written" in caplog.text


def test_what_is_not_ours_is_never_touched(catalog: Catalog, data_dir: Path, tmp_path: Path) -> None:
    taken, foreign = data_dir / "kernels/conda-env-exam-py", data_dir / "kernels/conda-env-gone-py"
    for folder in (taken, foreign, data_dir / "kernels/python3"):
        folder.mkdir(parents=True)
        (folder / "kernel.json").write_text('{"argv": ["mine"], "metadata": {"envkernels": null}}')
    (data_dir / "kernels/conda-broken").mkdir()
    (data_dir / "kernels/conda-broken/kernel.json").write_text("[")
    before = tree(data_dir)
    assert sync(catalog, data_dir).skipped == ("conda-env-exam-py",)
    assert remove(data_dir).removed == ("conda-env-lesson-py", "conda-env-lesson-r")
    assert tree(data_dir) == before


def test_files_that_somebody_added_stay(catalog: Catalog, data_dir: Path, tmp_path: Path) -> None:
    sync(catalog, data_dir)
    (data_dir / "kernels/conda-env-exam-py/notes.txt").write_text("mine")
    assert remove(data_dir).removed == NAMES
    assert tree(data_dir) == {"kernels/conda-env-exam-py/notes.txt": b"mine"}


def test_kernels_that_cannot_start_are_not_written(data_dir: Path, tmp_path: Path) -> None:
    make_prefix(tmp_path / "envs/no-python", "python3", python=False)
    make_prefix(tmp_path / "envs/bare")
    catalog = Catalog(CatalogOptions(roots=(tmp_path / "envs",)), environ_of(tmp_path))
    assert sync(catalog, data_dir) == SyncReport()


def test_names_that_jupyter_cannot_tell_apart(data_dir: Path, tmp_path: Path) -> None:
    """Folders of kernelspecs are looked up in lower case."""
    catalog = Catalog(CatalogOptions(roots=(tmp_path / "envs",)), environ_of(tmp_path))
    make_prefix(tmp_path / "envs/DSC10", "python3")
    assert sync(catalog, data_dir).written == ("conda-env-DSC10-py",)
    assert read(data_dir, "conda-env-dsc10-py")["metadata"]["conda_env_name"] == "DSC10"
    make_prefix(tmp_path / "envs/dsc10", "python3")
    assert sync(catalog, data_dir).written == ("conda-env-dsc10-py", "conda-env-DSC10-py")
    assert sync(catalog, data_dir).written == ()
    hashed = f"conda-env-dsc10-py-{environment_id(tmp_path / 'envs/DSC10')[:8]}"
    assert {path.name for path in (data_dir / "kernels").iterdir()} == {"conda-env-dsc10-py", hashed}
    manager = SyncEnvKernelSpecManager(catalog=catalog)
    for name, meant in (("conda-env-dsc10-py", "dsc10"), ("conda-env-DSC10-py", "DSC10"), (hashed, "DSC10")):
        assert manager.get_kernel_spec(name).metadata["conda_env_name"] == meant
    read_only = KernelSpecManager(kernel_dirs=[str(data_dir / "kernels")])
    assert read_only.get_kernel_spec(hashed).metadata["conda_env_name"] == "DSC10"
    assert hashed not in manager.get_all_specs()


def test_other_programs_list_them(catalog: Catalog, data_dir: Path, tmp_path: Path) -> None:
    sync(catalog, data_dir)
    command = [sys.executable, "-m", "jupyter_client.kernelspecapp", "list", "--json"]
    environ = {**os.environ, "JUPYTER_DATA_DIR": str(data_dir)}
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
    assert set(json.loads(done.stdout)["kernelspecs"]) >= set(NAMES)
