"""An environment gets another name, and loses nothing by it."""

from __future__ import annotations

from pathlib import Path

from jupyter_envkernels.engine.operations import Rename, Rollback
from jupyter_envkernels.envs.catalog import Catalog
from jupyter_envkernels.envs.history import read_history
from jupyter_envkernels.kernels.aliases import resolve
from jupyter_envkernels.models import CatalogOptions, environment_id
from tests.faults.test_kills import damage

from .conftest import Place, managing, over
from .test_updates import run_python, update


async def test_all_is_as_before_under_another_name(place: Place, channel_pythons: list[str]) -> None:
    old, new, newest = (place.envs / name for name in ("lesson", "course", "final"))
    catalog = Catalog(CatalogOptions(roots=(place.envs,)))
    async with managing(place) as manager:
        packages = (f"python={channel_pythons[-1]}", "ipykernel", "prefix-demo")
        await over(manager, await manager.submit(place.create("lesson", *packages)))
        await over(manager, await manager.submit(update(place, "lesson", "entrypoint-demo")))
        (old / "mine.txt").write_text(f"kept in {old}")
        former = catalog.find("lesson")
        job = await over(manager, await manager.submit(Rename("course", new, source=old)))
        assert (job.state, job.message) == ("succeeded", "The environment is renamed"), job
        assert place.leftovers() == ["course"]
        assert damage(new) == []
        assert (new / "mine.txt").read_text() == f"kept in {new}"
        assert run_python(new, "import sys; print(sys.prefix)") == str(new)
        assert [len(revision.added) > 0 for revision in read_history(new)] == [True, True, False]
        await over(manager, await manager.submit(Rename("final", newest, source=new)))
        job = await over(manager, await manager.submit(Rollback("final", newest, revision=0)))
        assert job.state == "succeeded", job
        assert not (newest / "bin" / "entrypoint-demo").exists()
    (environment,) = catalog.environments()
    for name in (former.kernels[0].id, "conda-env-course-py", f"conda-env-lesson-{environment_id(old)[:8]}-py"):
        found = resolve(name, catalog.environments())
        assert found is not None, name
        assert found[1] is environment.kernels[0]


async def test_a_failure_leaves_it_as_it_was(place: Place) -> None:
    async with managing(place) as manager:
        await over(manager, await manager.submit(place.create("lesson", "prefix-demo")))
        before = {path: path.lstat().st_mtime_ns for path in (place.envs / "lesson").rglob("*")}
        long = Path("x" * 100) / Path("y" * 100) / Path("z" * 100)  # no room for it in the programs of the package
        job = await over(manager, await manager.submit(Rename("z", place.envs / long, source=place.envs / "lesson")))
        assert job.error is not None
        assert job.error.code == "link-failed"
        assert {path: path.lstat().st_mtime_ns for path in (place.envs / "lesson").rglob("*")} == before
