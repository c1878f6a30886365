"""Real kernels in real environments, started, interrupted, restarted and shut down as Jupyter does it."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.connect import LocalPortCache
from jupyter_client.manager import AsyncKernelManager

from jupyter_envkernels.envs.catalog import Catalog
from jupyter_envkernels.envs.running_kernels import running_kernels
from jupyter_envkernels.envs.trust import Trust
from jupyter_envkernels.envs.usage import Footprints
from jupyter_envkernels.kernels.provisioner import EnvKernelProvisioner
from jupyter_envkernels.kernels.specmanager import EnvKernelSpecManager
from jupyter_envkernels.kernels.start import prepare
from jupyter_envkernels.models import environment_id
from tests.prefixes import add_kernel, environ_of, make_prefix, write_kernel_json

REPORT = "import json, os, sys; print(json.dumps([sys.prefix, sys.version_info[:2], dict(os.environ)]))"


@dataclass
class Session:
    """A running kernel and a client of it."""

    manager: AsyncKernelManager
    client: AsyncKernelClient

    async def run(self, code: str) -> tuple[str, dict[str, Any]]:
        """What a cell prints, and the reply to it."""
        printed: list[str] = []

        def collect(message: dict[str, Any]) -> None:
            printed.append(message["content"].get("text", ""))

        reply = await self.client.execute_interactive(code, timeout=30, output_hook=collect, store_history=False)
        return "".join(printed), reply["content"]

    async def report(self) -> tuple[str, list[int], dict[str, str]]:
        """``sys.prefix``, the version and the variables of a Python kernel."""
        prefix, version, environ = json.loads((await self.run(REPORT))[0])
        return prefix, version, environ


@asynccontextmanager
async def session(catalog: Catalog, name: str, **kwargs: Any) -> AsyncIterator[Session]:
    manager = AsyncKernelManager(kernel_name=name, kernel_spec_manager=EnvKernelSpecManager(catalog=catalog))
    await manager.start_kernel(stderr=subprocess.DEVNULL, **kwargs)
    kernel = Session(manager, manager.client())
    kernel.client.start_channels()
    try:
        await kernel.client.wait_for_ready(timeout=60)
        yield kernel
    finally:
        kernel.client.stop_channels()
        await manager.shutdown_kernel(now=True)


async def test_two_pythons_side_by_side(
    real_catalog: Catalog, real_envs: Path, channel_pythons: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIRTUAL_ENV", "/somebody/elses")
    monkeypatch.setenv("PYTHONPATH", f"{sys.prefix}/lib")
    async with session(real_catalog, "conda-env-old-py") as old, session(real_catalog, "conda-env-new-py") as new:
        for kernel, name, version in ((old, "old", channel_pythons[0]), (new, "new", channel_pythons[-1])):
            prefix, found, environ = await kernel.report()
            assert prefix == str(real_envs / name)
            assert ".".join(map(str, found)) == version
            assert environ["CONDA_PREFIX"] == str(real_envs / name)
            assert environ["CONDA_DEFAULT_ENV"] == name
            assert environ["PATH"].startswith(f"{real_envs}/{name}/bin:")
            assert not {"VIRTUAL_ENV", "PYTHONPATH"} & set(environ)
        assert (await new.report())[2]["LAB_ACTIVATED"] == f"yes-{real_envs}/new"
        assert "LAB_ACTIVATED" not in (await old.report())[2]
        printed, _ = await new.run("!python -c 'import sys; print(sys.prefix)'")
        assert printed.strip() == str(real_envs / "new")


async def test_no_process_stands_in_between(real_catalog: Catalog, real_envs: Path) -> None:
    async with session(real_catalog, "conda-env-new-py") as kernel:
        printed, _ = await kernel.run("import os; print(os.getpid(), os.getppid())")
        assert isinstance(kernel.manager.provisioner, EnvKernelProvisioner)
        assert printed.split() == [str(kernel.manager.provisioner.pid), str(os.getpid())]
        process = psutil.Process(kernel.manager.provisioner.pid)
        assert process.cmdline()[0] == f"{real_envs}/new/bin/python"


async def answer(receive: Callable[..., Awaitable[dict[str, Any]]], request: str, kind: str) -> dict[str, Any]:
    """The first message of a kind that answers a request."""
    while True:
        message = await receive(timeout=30)
        if message["parent_header"].get("msg_id") == request and message["msg_type"] == kind:
            return message


async def test_interrupt(real_catalog: Catalog) -> None:
    async with session(real_catalog, "conda-env-new-py") as kernel:
        sleeping = kernel.client.execute("import time; print('now'); time.sleep(60)", stop_on_error=False)
        await answer(kernel.client.get_iopub_msg, sleeping, "stream")
        await kernel.manager.interrupt_kernel()
        reply = await answer(kernel.client.get_shell_msg, sleeping, "execute_reply")
        assert reply["content"]["ename"] == "KeyboardInterrupt"
        assert (await kernel.run("print(1 + 1)"))[0] == "2\n"


async def test_restart_activates_again(real_catalog: Catalog, real_envs: Path) -> None:
    state = real_envs / "new/conda-meta/state"
    async with session(real_catalog, "conda-env-new-py") as kernel:
        assert "LATER" not in (await kernel.report())[2]
        state.write_text(json.dumps({"version": 1, "env_vars": {"LATER": "1"}}))
        try:
            await kernel.manager.restart_kernel(now=True)
            await kernel.client.wait_for_ready(timeout=60)
            environ = (await kernel.report())[2]
        finally:
            state.unlink()
        assert environ["LATER"] == "1"
        assert environ["LAB_ACTIVATED"] == f"yes-{real_envs}/new"


async def test_shutdown_leaves_no_process(real_catalog: Catalog) -> None:
    async with session(real_catalog, "conda-env-new-py") as kernel:
        assert isinstance(kernel.manager.provisioner, EnvKernelProvisioner)
        process = psutil.Process(kernel.manager.provisioner.pid)
        await kernel.manager.shutdown_kernel()
        assert not process.is_running()


async def test_variables_given_with_the_request_and_by_the_kernelspec(
    real_catalog: Catalog, real_envs: Path, tmp_path: Path
) -> None:
    kernel_json = json.loads((real_envs / "new/share/jupyter/kernels/python3/kernel.json").read_text())
    own = real_envs / "new/share/jupyter/kernels/own"
    own.mkdir()
    try:
        kernel_json["env"] = {"FROM_SPEC": "in ${CONDA_PREFIX}"}
        (own / "kernel.json").write_text(json.dumps(kernel_json))
        environ = {**os.environ, "FROM_REQUEST": "given"}
        async with session(real_catalog, "conda-env-new-own", env=environ, cwd=str(tmp_path)) as kernel:
            found = (await kernel.report())[2]
            assert found["FROM_SPEC"] == f"in {real_envs}/new"
            assert found["FROM_REQUEST"] == "given"
            assert (await kernel.run("import os; print(os.getcwd())"))[0].strip() == str(tmp_path)
    finally:
        shutil.rmtree(own)


async def test_the_interpreter_of_another_prefix_runs_in_that_one(real_catalog: Catalog, real_envs: Path) -> None:
    """``ipykernel install --prefix`` called from another environment."""
    new, old = real_envs / "new", real_envs / "old"
    added = add_kernel(
        new, "visitor", argv=[f"{old}/bin/python", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    )
    try:
        async with session(real_catalog, "conda-env-new-visitor") as kernel:
            prefix, _, environ = await kernel.report()
            assert prefix == environ["CONDA_PREFIX"] == str(old)
            assert "LAB_ACTIVATED" not in environ
            assert isinstance(kernel.manager.provisioner, EnvKernelProvisioner)
            metadata = kernel.manager.provisioner.kernel_spec.metadata
            assert (metadata["conda_env_path"], metadata["envkernels"]["other_prefix"]) == (str(new), str(old))
    finally:
        shutil.rmtree(added.parent)


async def test_in_a_place_that_was_taken_anew_a_kernel_runs_in_its_own_prefix(
    real_catalog: Catalog, real_envs: Path
) -> None:
    """As after an environment was moved, and another one made where it was."""
    file = real_envs / "new/share/jupyter/kernels/python3/kernel.json"
    own = file.read_text()
    file.unlink()  # it is linked into the cache
    file.write_text(
        json.dumps({**json.loads(own), "argv": [f"{real_envs}/old/bin/python", *json.loads(own)["argv"][1:]]})
    )
    try:
        async with session(real_catalog, "conda-env-new-py") as kernel:
            prefix, _, environ = await kernel.report()
            assert prefix == environ["CONDA_PREFIX"] == str(real_envs / "new")
    finally:
        file.write_text(own)


async def test_without_a_kernel_the_notebook_says_so_until_it_is_repaired(
    real_catalog: Catalog, real_envs: Path
) -> None:
    kernels = real_envs / "bare/share/jupyter/kernels/python3"
    async with session(real_catalog, "conda-env-bare-py") as kernel:
        _, reply = await kernel.run("1 + 1")
        assert reply["status"] == "error"
        assert "ipykernel is not installed" in reply["evalue"]
        assert "Add kernel" in reply["evalue"]
        try:
            shutil.copytree(real_envs / "new/share/jupyter/kernels/python3", kernels)
            start = prepare(str(real_envs / "bare"), "python3", os.environ, Trust)
        finally:
            shutil.rmtree(kernels.parent)
        assert start.problem is None


async def test_a_port_that_is_taken_is_replaced(real_catalog: Catalog) -> None:
    async with session(real_catalog, "conda-env-new-py") as kernel:
        before = kernel.manager.ports
        await kernel.manager.restart_kernel(now=True)
        assert kernel.manager.ports == before
        await kernel.manager._async_kill_kernel()
        with socket.create_server(("127.0.0.1", before[1])):
            await kernel.manager.restart_kernel(now=True)
            assert not set(before) & set(kernel.manager.ports)
            assert not set(before) & LocalPortCache.instance().currently_used_ports
            kernel.client.stop_channels()
            kernel.client = kernel.manager.client()
            kernel.client.start_channels()
            await kernel.client.wait_for_ready(timeout=60)
            assert (await kernel.run("print(1 + 1)"))[0] == "2\n"


@pytest.mark.skipif(not hasattr(AsyncKernelManager, "transport_encryption"), reason="jupyter_client cannot")
async def test_the_fallback_kernel_talks_encrypted_as_the_server_would(real_catalog: Catalog) -> None:
    manager = AsyncKernelManager(
        kernel_name="conda-env-bare-py",
        kernel_spec_manager=EnvKernelSpecManager(catalog=real_catalog),
        transport_encryption="required",
    )
    await manager.start_kernel()
    client = manager.client()
    client.start_channels()
    try:
        await client.wait_for_ready(timeout=60)
        assert manager.get_connection_info()["curve_publickey"]
    finally:
        client.stop_channels()
        await manager.shutdown_kernel(now=True)


async def test_a_deleted_environment_is_told_at_restart(real_catalog: Catalog, real_envs: Path, tmp_path: Path) -> None:
    async with session(real_catalog, "conda-env-new-py") as kernel:
        (real_envs / "new").rename(tmp_path / "elsewhere")
        try:
            await kernel.manager.restart_kernel(now=True)
            await kernel.client.wait_for_ready(timeout=60)
            _, reply = await kernel.run("1 + 1")
            assert reply["ename"] == "EnvironmentUnusable"
            assert f"{real_envs}/new no longer exists" in reply["evalue"]
        finally:
            (tmp_path / "elsewhere").rename(real_envs / "new")
        await kernel.manager.restart_kernel(now=True)
        await kernel.client.wait_for_ready(timeout=60)
        assert (await kernel.run("print(1 + 1)"))[0] == "2\n"


async def test_a_start_is_kept_in_mind(
    real_catalog: Catalog, real_envs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path))
    footprints = Footprints(tmp_path / "envkernels/usage")
    async with session(real_catalog, "conda-env-bare-py"), session(real_catalog, "conda-env-new-py"):
        pass  # one is the fallback kernel, which is none of the environment
    for _ in range(200):
        if footprints.read():
            break
        await asyncio.sleep(0.05)
    assert set(footprints.read()) == {environment_id(real_envs / "new")}


async def test_a_start_that_cannot_be_kept_in_mind_is_one_all_the_same(
    real_catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_DATA_DIR", "/proc/self/data")  # nobody can make a folder there
    async with session(real_catalog, "conda-env-new-py") as kernel:
        assert (await kernel.run("print(1 + 1)"))[0] == "2\n"


async def test_a_running_kernel_is_seen_from_outside(real_catalog: Catalog, real_envs: Path) -> None:
    assert running_kernels(real_envs / "new") == ()
    async with session(real_catalog, "conda-env-new-py") as kernel:
        assert isinstance(kernel.manager.provisioner, EnvKernelProvisioner)
        (seen,) = running_kernels(real_envs / "new")
        assert seen.pid == kernel.manager.provisioner.pid
        assert "ipykernel_launcher" in seen.command
    assert running_kernels(real_envs / "new") == ()


def test_why_a_kernel_cannot_start(tmp_path: Path) -> None:
    make_prefix(tmp_path / "no-python", "python3", python=False)
    write_kernel_json(make_prefix(tmp_path / "broken"), b"{")
    make_prefix(tmp_path / "other", "ir")
    codes = {}
    for name in ("no-python", "broken", "other", "gone"):
        problem = prepare(str(tmp_path / name), "python3", environ_of(tmp_path), Trust).problem
        assert problem is not None
        assert problem.remedy
        codes[name] = problem.code
    assert codes == {"no-python": "no-executable", "broken": "bad-kernelspec", "other": "no-kernel", "gone": "gone"}


@pytest.mark.parametrize("text", ["exit 1", "exec true", "set -u; export X=$NOWHERE"])
async def test_a_kernel_starts_although_scripts_end_the_shell(
    real_catalog: Catalog,
    real_envs: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    text: str,
) -> None:
    """A script of the environment, and one by which that of the server is left."""
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    server = make_prefix(tmp_path / "server")
    monkeypatch.setenv("CONDA_PREFIX", str(server))
    folders = real_envs / "old/etc/conda/activate.d", server / "etc/conda/deactivate.d"
    for folder in folders:
        folder.mkdir(parents=True)
        (folder / "1.sh").write_text(f"export FIRST=1\necho noise\n{text}\n")
        (folder / "2.sh").write_text(f"export LAST_{folder.name[:-2].upper()}=1\n")
    try:
        async with session(real_catalog, "conda-env-old-py") as kernel:
            environ = (await kernel.report())[2]
    finally:
        shutil.rmtree(real_envs / "old/etc/conda/activate.d")
    assert (environ["FIRST"], environ["LAST_ACTIVATE"], environ["LAST_DEACTIVATE"]) == ("1", "1", "1")
    known = Footprints(tmp_path / "data/envkernels/usage").read()
    for prefix, folder in zip((real_envs / "old", server), folders, strict=True):
        [problem] = known[environment_id(prefix)].activation_problems
        assert problem.message.startswith(f"{folder}/1.sh ended the shell that sourced it. It printed: noise")
        assert problem.message in caplog.text
    assert prepare(str(real_envs / "old"), "python3", environ_of(tmp_path), Trust).script_problems == ()
    assert environment_id(real_envs / "old") not in {
        key for key, known in Footprints(tmp_path / "data/envkernels/usage").read().items() if known.activation_problems
    }


def test_activation_that_fails_is_a_problem_and_no_exception(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prefix = make_prefix(tmp_path / "env", "python3")
    (prefix / "etc/conda/activate.d").mkdir(parents=True)
    (prefix / "etc/conda/activate.d/a.sh").write_text("export A=1\n")
    assert prepare(str(prefix), "python3", environ_of(tmp_path), Trust).environ["A"] == "1"
    monkeypatch.setenv("PATH", str(tmp_path))
    problem = prepare(str(prefix), "python3", environ_of(tmp_path, OTHER="1"), Trust).problem
    assert problem is not None
    assert "no shell" in problem.message


def test_activation_scripts_that_others_can_write_do_not_run(tmp_path: Path) -> None:
    prefix, active = make_prefix(tmp_path / "env", "python3"), make_prefix(tmp_path / "active")
    for script in (prefix / "etc/conda/activate.d/a.sh", active / "etc/conda/deactivate.d/a.sh"):
        script.parent.mkdir(parents=True)
        script.write_text(f"touch {tmp_path}/ran\n")
        script.chmod(0o646)
        problem = prepare(str(prefix), "python3", environ_of(tmp_path, CONDA_PREFIX=str(active)), Trust).problem
        assert problem is not None
        assert f"{script} can be written by every account" in problem.message
        script.chmod(0o644)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "path",
    [
        "etc/conda/env_vars.d/a.json",
        "etc/conda/activate.d",
        "conda-meta/state",
        "bin/python",
        "bin",
        "share/jupyter",
    ],
)
def test_nothing_that_others_can_write_decides_what_runs(tmp_path: Path, path: str) -> None:
    prefix = make_prefix(tmp_path / "env", "python3")
    for name in ("etc/conda/env_vars.d/a.json", "conda-meta/state"):
        (prefix / name).parent.mkdir(parents=True, exist_ok=True)
        (prefix / name).write_text("{}")
    (prefix / "etc/conda/activate.d").mkdir()  # into which a script may come at any moment
    assert prepare(str(prefix), "python3", environ_of(tmp_path), Trust).problem is None
    (prefix / path).chmod(0o777)
    problem = prepare(str(prefix), "python3", environ_of(tmp_path), Trust).problem
    assert problem is not None
    assert f"{prefix / path} can be written by every account" in problem.message


def test_the_interpreter_of_another_prefix_must_be_trusted(tmp_path: Path) -> None:
    other = make_prefix(tmp_path / "other")
    prefix = make_prefix(tmp_path / "env")
    add_kernel(prefix, argv=[f"{other}/bin/python"])
    assert prepare(str(prefix), "python3", environ_of(tmp_path), Trust).problem is None
    other.chmod(0o777)
    problem = prepare(str(prefix), "python3", environ_of(tmp_path), Trust).problem
    assert problem is not None
    assert f"jupyter envkernels trust {other}" in problem.remedy


def test_the_command_is_that_of_the_prefix(tmp_path: Path) -> None:
    prefix = make_prefix(tmp_path / "env")
    add_kernel(prefix, argv=["python", "-m", "ipykernel_launcher", "-f", "{connection_file}"])
    assert prepare(str(prefix), "python3", environ_of(tmp_path), Trust).argv[0] == f"{prefix}/bin/python"


def test_a_path_is_never_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    prefix = make_prefix(tmp_path / "q'; touch pwned; ' \"$(touch pwned)`touch pwned`", "python3")
    (prefix / "etc/conda/activate.d").mkdir(parents=True)
    (prefix / "etc/conda/activate.d/a.sh").write_text('export SEEN="$CONDA_PREFIX"\n')
    start = prepare(str(prefix), "python3", environ_of(tmp_path), Trust)
    assert start.environ["SEEN"] == str(prefix)
    assert start.argv[0] == f"{prefix}/bin/python"
    assert not (tmp_path / "pwned").exists()
