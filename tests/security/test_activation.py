"""Activation scripts run when a kernel starts, and not before: whoever has made the environment."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jupyter_core.paths import jupyter_data_dir
from jupyter_server.serverapp import ServerApp

from jupyter_envkernels.envs.catalog import Catalog
from jupyter_envkernels.kernels.sync import sync
from jupyter_envkernels.models import CatalogOptions
from jupyter_envkernels.server import watch
from tests.prefixes import make_prefix
from tests.server.conftest import Call, Fetch, answer

STRANGER = 4242


def add_script(prefix: Path, ran: Path) -> None:
    for folder in ("activate.d", "deactivate.d"):
        script = prefix / "etc/conda" / folder / "a.sh"
        script.parent.mkdir(parents=True)
        script.write_text(f"echo {prefix} >> {ran}\n")


@pytest.fixture
def strangers(tmp_path: Path, jp_root_dir: Path) -> Path:
    """An environment in a folder that every account can write, and to which a link leads from the user's folder."""
    course = tmp_path / "course"
    prefix = make_prefix(course / ".pixi/envs/default", "python3")
    add_script(prefix, tmp_path / "ran")
    course.chmod(0o1777)
    for path in (course / ".pixi", *(course / ".pixi").rglob("*")):
        os.chown(path, STRANGER, STRANGER) if os.geteuid() == 0 else path.chmod(0o777)
    (jp_root_dir / "course").symlink_to(course)
    return prefix


async def test_nothing_runs_before_a_kernel_starts(
    jp_serverapp: ServerApp,
    jp_fetch: Fetch,
    call: Call,
    strangers: Path,
    envs: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ran = tmp_path / "ran"
    own = make_prefix(envs / "lesson", "python3")
    add_script(own, ran)
    monkeypatch.setattr(watch, "_INTERVAL", 0.1)
    assert sync(Catalog(CatalogOptions(roots=(envs,))), Path(jupyter_data_dir())).written == ("conda-env-lesson-py",)
    extensions: Any = jp_serverapp.extension_manager
    await extensions.start_all_extensions()

    make_prefix(envs / "later", "python3")
    synced = Path(jupyter_data_dir(), "kernels", "conda-env-later-py")
    await until(synced.exists)

    listed = {env["name"]: env for env in (await call("GET", "environments")).json["environments"]}
    assert listed["lesson"]["is_trusted"]
    assert not listed["course"]["is_trusted"]
    assert listed["course"]["kernels"] == []
    names = set(json.loads((await answer(jp_fetch, "api", "kernelspecs")).body)["kernelspecs"])
    assert {"conda-env-lesson-py", "conda-env-later-py"} <= names
    assert not [name for name in names if "course" in name or "default" in name]
    for prefix in (own, strangers):
        await call("GET", "doctor", path=str(prefix))
    assert not [path.name for path in synced.parent.iterdir() if "course" in path.name]
    assert not ran.exists()

    started = json.dumps({"name": "conda-env-course-py"})
    assert (await answer(jp_fetch, "api", "kernels", method="POST", body=started)).code >= 400
    assert not ran.exists()


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(200):
        if condition():
            return
        await asyncio.sleep(0.05)
    raise AssertionError
