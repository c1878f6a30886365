from __future__ import annotations

import asyncio
import json
import logging
import shutil
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager, NoSuchKernel
from jupyter_server.serverapp import ServerApp

from jupyter_envkernels.envs.catalog import Catalog
from jupyter_envkernels.errors import Forbidden
from jupyter_envkernels.kernels.specmanager import EnvKernelSpecManager, SyncEnvKernelSpecManager
from jupyter_envkernels.kernels.sync import sync
from jupyter_envkernels.models import CatalogOptions
from tests.prefixes import add_kernel, age, kernel_json, make_prefix, write_kernel_json

OURS = {"conda-env-exam-py", "conda-env-lesson-py", "conda-env-lesson-r"}


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's Jupyter data folder, with one ordinary kernelspec in it."""
    folder = tmp_path / "data"
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(folder))
    mine = folder / "kernels/mine"
    mine.mkdir(parents=True)
    (mine / "kernel.json").write_text(json.dumps(kernel_json(Path("/mine"), display_name="Mine")))
    return folder


@pytest.fixture
def manager(catalog: Catalog, data_dir: Path) -> SyncEnvKernelSpecManager:
    return SyncEnvKernelSpecManager(catalog=catalog)


def test_ordinary_kernelspecs_stay(manager: SyncEnvKernelSpecManager) -> None:
    plain = set(KernelSpecManager().find_kernel_specs())
    assert {"python3", "mine"} <= plain
    assert set(manager.get_all_specs()) == plain | OURS
    assert set(manager.find_kernel_specs()) == plain | OURS


def test_the_two_listings_agree_with_the_single_look(manager: SyncEnvKernelSpecManager) -> None:
    folders = manager.find_kernel_specs()
    for name, model in manager.get_all_specs().items():
        spec = manager.get_kernel_spec(name)
        assert spec.to_dict() == model["spec"]
        assert spec.resource_dir == model["resource_dir"] == folders[name]


def test_ordinary_ones_are_as_jupyter_gives_them(manager: SyncEnvKernelSpecManager) -> None:
    plain = KernelSpecManager().get_all_specs()
    found = manager.get_all_specs()
    assert {name: found[name] for name in plain} == plain


def test_environments_without_kernel_and_broken_kernels_are_not_listed(
    manager: SyncEnvKernelSpecManager, tmp_path: Path
) -> None:
    write_kernel_json(make_prefix(tmp_path / "envs/broken"), b"[]")
    add_kernel(make_prefix(tmp_path / "envs/no-python", python=False))
    listed = set(manager.get_all_specs())
    assert not {"conda-env-broken-py", "conda-env-bare-py"} & listed
    assert "conda-env-no-python-py" in listed  # its notebook is opened and told what is wrong


@pytest.mark.parametrize("name", ["conda-env-bare-py", "conda-env-broken-py"])
def test_but_asked_for_they_say_why(manager: SyncEnvKernelSpecManager, tmp_path: Path, name: str) -> None:
    write_kernel_json(make_prefix(tmp_path / "envs/broken"), b"[]")
    spec = manager.get_kernel_spec(name)
    assert "jupyter_envkernels.kernels.fallback" in spec.argv[2]
    assert "cannot start" in spec.argv[-1]
    assert not Path(spec.resource_dir).is_dir(), "the server would show any file of it as a page of its own"


def test_names_of_nb_conda_kernels_resolve_though_they_are_not_listed(
    manager: SyncEnvKernelSpecManager, tmp_path: Path
) -> None:
    make_prefix(tmp_path / "project/envs/own", "python3")
    (Path.home() / ".conda").mkdir(exist_ok=True)
    (Path.home() / ".conda/environments.txt").write_text(f"{tmp_path}/project/envs/own\n")
    spec = manager.get_kernel_spec("conda-env-project-own-py")
    assert spec.metadata["conda_env_path"] == f"{tmp_path}/project/envs/own"
    assert "conda-env-project-own-py" not in manager.get_all_specs()
    (Path.home() / ".conda/environments.txt").unlink()


@pytest.mark.parametrize("name", ["conda-env-nothing-py", "nothing", "../../etc"])
def test_no_such_kernel(manager: SyncEnvKernelSpecManager, name: str) -> None:
    with pytest.raises(NoSuchKernel):
        manager.get_kernel_spec(name)


def test_case_does_not_count(manager: SyncEnvKernelSpecManager, catalog: Catalog, data_dir: Path) -> None:
    for name in ("conda-env-lesson-py", "mine", "conda-env-bare-py"):
        assert manager.get_kernel_spec(name.upper()).to_dict() == manager.get_kernel_spec(name).to_dict()
    sync(catalog, data_dir)
    spec = manager.get_kernel_spec("Conda-Env-Lesson-Py")
    assert spec.to_dict() == manager.get_all_specs()["conda-env-lesson-py"]["spec"]


def test_names_that_differ_by_case_only(manager: SyncEnvKernelSpecManager, tmp_path: Path) -> None:
    for name in ("DSC10", "dsc10"):
        make_prefix(tmp_path / "envs" / name, "python3")
        spec = manager.get_kernel_spec(f"conda-env-{name}-py")
        assert spec.metadata["conda_env_name"] == name
    with pytest.raises(NoSuchKernel):
        manager.get_kernel_spec("conda-env-Dsc10-py")


class _Chosen(EnvKernelSpecManager):
    """As a hub may have it: some kernels only, and another title."""

    def find_kernel_specs(self) -> dict[str, str]:
        return {name: folder for name, folder in super().find_kernel_specs().items() if name.endswith("-py")}

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        spec = super().get_kernel_spec(kernel_name)
        spec.display_name = f"Course: {spec.display_name}"
        return spec


async def test_methods_of_a_subclass_are_heeded(catalog: Catalog, data_dir: Path) -> None:
    found = await _Chosen(catalog=catalog).get_all_specs()
    assert set(found) == {"conda-env-exam-py", "conda-env-lesson-py"}
    assert found["conda-env-exam-py"]["spec"]["display_name"] == "Course: exam (Python 3)"


def test_allowed_kernelspecs_are_respected(catalog: Catalog, data_dir: Path) -> None:
    manager = SyncEnvKernelSpecManager(catalog=catalog, allowed_kernelspecs={"python3", "conda-env-exam-py"})
    assert set(manager.get_all_specs()) == {"python3", "conda-env-exam-py"}
    assert manager.get_kernel_spec("CONDA-ENV-EXAM-PY").metadata["conda_env_name"] == "exam"
    sync(catalog, data_dir)
    for name in ("conda-env-lesson-py", "Conda-Env-Lesson-Py", "conda-env-bare-py"):
        with pytest.raises(NoSuchKernel):
            manager.get_kernel_spec(name)


@pytest.mark.parametrize("root", ["envs", "link"])
def test_kernels_of_the_running_prefix_keep_their_ordinary_name(
    tmp_path: Path, data_dir: Path, monkeypatch: pytest.MonkeyPatch, root: str
) -> None:
    running = make_prefix(tmp_path / "envs/jupyter", "python3")
    (tmp_path / "link").symlink_to(tmp_path / "envs")
    monkeypatch.setattr(sys, "prefix", str(running))
    manager = SyncEnvKernelSpecManager(catalog=Catalog(CatalogOptions(roots=(tmp_path / root,))))
    manager.kernel_dirs = [str(running / "share/jupyter/kernels")]
    found = manager.get_all_specs()
    assert list(found) == ["python3"]
    assert found["python3"]["spec"]["metadata"]["conda_env_name"] == "jupyter"
    assert found["python3"]["spec"]["metadata"]["conda_is_currently_running"] is True
    assert "kernel_provisioner" not in found["python3"]["spec"]["metadata"]
    assert list(manager.find_kernel_specs()) == ["python3"]
    assert manager.get_kernel_spec("conda-env-jupyter-py").metadata["conda_env_name"] == "jupyter"


def test_synced_kernelspecs_are_not_listed_twice(
    manager: SyncEnvKernelSpecManager, catalog: Catalog, data_dir: Path, tmp_path: Path
) -> None:
    make_prefix(tmp_path / "envs/Upper", "python3")
    before = manager.get_all_specs()
    assert sync(catalog, data_dir).written
    age(data_dir)
    assert "conda-env-upper-py" in KernelSpecManager().find_kernel_specs()
    assert manager.get_all_specs() == before
    assert set(manager.find_kernel_specs()) == set(before)
    shutil.rmtree(tmp_path / "envs/Upper")
    assert set(manager.get_all_specs()) == set(before) - {"conda-env-Upper-py"}


def test_a_broken_ordinary_kernelspec_hides_no_other(
    manager: SyncEnvKernelSpecManager, data_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (data_dir / "kernels/bad").mkdir()
    (data_dir / "kernels/bad/kernel.json").write_text('{"argv": ["x"], "metadata": null}')
    with caplog.at_level(logging.WARNING):
        assert set(manager.get_all_specs()) >= OURS | {"mine", "python3"}
    assert "bad" not in manager.get_all_specs()


def test_a_caller_may_do_what_it_likes_with_a_kernelspec(manager: SyncEnvKernelSpecManager) -> None:
    manager.get_kernel_spec("conda-env-exam-py").metadata["kernel_provisioner"]["config"] = {"a": 1}
    manager.get_all_specs().clear()
    provisioner = manager.get_kernel_spec("conda-env-exam-py").metadata["kernel_provisioner"]
    assert provisioner == {"provisioner_name": "envkernels-provisioner"}
    assert set(manager.get_all_specs()) >= OURS


def test_kernelspecs_of_environments_are_not_removed(manager: SyncEnvKernelSpecManager, data_dir: Path) -> None:
    with pytest.raises(Forbidden, match="part of the environment"):
        manager.remove_kernel_spec("conda-env-exam-py")
    assert "conda-env-exam-py" in manager.get_all_specs()
    assert manager.remove_kernel_spec("mine") == f"{data_dir}/kernels/mine"
    assert "mine" not in manager.get_all_specs()


async def async_listing(manager: EnvKernelSpecManager) -> dict[str, Any]:
    return await manager.get_all_specs()


def test_the_servers_listing_is_ready_for_rest(catalog: Catalog, data_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "envs/exam/share/jupyter/kernels/python3/logo-svg.svg").touch()
    manager = EnvKernelSpecManager(catalog=catalog)
    model = asyncio.run(async_listing(manager))["conda-env-exam-py"]
    assert set(model) == {"name", "spec", "resources"}
    assert model["resources"] == {"logo-svg": "/kernelspecs/conda-env-exam-py/logo-svg.svg"}


class WatchedCatalog(Catalog):
    """Notes in which threads it is asked."""

    def __init__(self, options: CatalogOptions) -> None:
        super().__init__(options)
        self.threads: set[int] = set()

    def environments(self) -> Any:
        self.threads.add(threading.get_ident())
        return super().environments()


def test_the_servers_listing_reads_in_another_thread(tmp_path: Path, data_dir: Path) -> None:
    watched = WatchedCatalog(CatalogOptions(roots=(tmp_path / "envs",)))
    asyncio.run(async_listing(EnvKernelSpecManager(catalog=watched)))
    assert watched.threads
    assert threading.get_ident() not in watched.threads


def test_the_constructor_asks_the_catalog_nothing(tmp_path: Path) -> None:
    watched = WatchedCatalog(CatalogOptions(roots=(tmp_path / "envs",)))
    EnvKernelSpecManager(catalog=watched)
    assert not watched.threads


@pytest.fixture
def jp_server_config() -> dict[str, Any]:
    return {"ServerApp": {"kernel_spec_manager_class": EnvKernelSpecManager}}


@pytest.fixture
def server(jp_serverapp: ServerApp, catalog: Catalog) -> ServerApp:
    assert isinstance(jp_serverapp.kernel_spec_manager, EnvKernelSpecManager)
    jp_serverapp.kernel_spec_manager.catalog = catalog
    return jp_serverapp


async def test_rest(server: ServerApp, jp_fetch: Any, tmp_path: Path) -> None:
    logo = tmp_path / "envs/exam/share/jupyter/kernels/python3/logo-64x64.png"
    logo.write_bytes(b"png")
    listed = json.loads((await jp_fetch("api", "kernelspecs")).body)["kernelspecs"]
    assert set(listed) >= OURS | {"python3"}
    assert listed["conda-env-exam-py"]["spec"]["display_name"] == "exam (Python 3)"
    one = json.loads((await jp_fetch("api", "kernelspecs", "conda-env-exam-py")).body)
    assert one["spec"] == listed["conda-env-exam-py"]["spec"]
    url = listed["conda-env-exam-py"]["resources"]["logo-64x64"]
    assert url == f"{server.base_url}kernelspecs/conda-env-exam-py/logo-64x64.png"
    served = await jp_fetch(*url.removeprefix(server.base_url).split("/"))
    assert served.body == b"png"
