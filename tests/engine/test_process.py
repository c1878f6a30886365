from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import psutil
import pytest

from jupyter_envkernels.engine.process import run


def python(code: str, lines: list[str], *, feed: str = "", cwd: Path = Path("/")) -> int:
    """Run some Python and collect what it prints."""
    return asyncio.run(
        run([sys.executable, "-c", code], cwd=cwd, environ={"LESSON": "1"}, line=lines.append, feed=feed)
    )


def test_output_errors_input_and_exit_code(tmp_path: Path) -> None:
    lines: list[str] = []
    code = "import os,sys; print(input(), os.getcwd(), os.environ['LESSON']); print('no', file=sys.stderr); sys.exit(3)"
    assert python(code, lines, feed="hello\n", cwd=tmp_path) == 3
    assert sorted(lines) == [f"hello {tmp_path} 1", "no"]


def test_the_servers_tokens_are_kept_from_it() -> None:
    lines: list[str] = []
    environ = {"JUPYTERHUB_API_TOKEN": "secret", "JUPYTERHUB_USER": "ada"}
    code = "import os; print([name for name in os.environ if name.startswith('JUPYTER')])"
    assert asyncio.run(run([sys.executable, "-c", code], cwd=Path("/"), environ=environ, line=lines.append)) == 0
    assert lines == ["['JUPYTERHUB_USER']"]


def test_a_signal_is_negative() -> None:
    assert python("import os; os.kill(os.getpid(), 9)", []) == -9


def test_lines_however_they_come() -> None:
    lines: list[str] = []
    assert python("import sys; sys.stdout.buffer.write(b'a\\n\\n\\xff b \\nlast')", lines) == 0
    assert lines == ["a", "", "\N{REPLACEMENT CHARACTER} b", "last"]


def test_a_line_without_end_is_cut() -> None:
    lines: list[str] = []
    assert python("print('x' * 3_000_000); print('after')", lines) == 0
    assert lines[-1] == "after"
    assert "".join(lines[:-1]) == "x" * 3_000_000
    assert max(map(len, lines)) <= 1 << 17


def test_a_program_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        asyncio.run(run([str(tmp_path / "program")], cwd=Path("/"), environ={}, line=print))


def test_it_is_killed_when_its_lines_are_not_wanted() -> None:
    pids: list[int] = []

    def refuse(text: str) -> None:
        pids.append(int(text))
        raise RuntimeError("enough")

    code = "import os,time; print(os.getpid(), flush=True); time.sleep(60)"
    with pytest.raises(RuntimeError, match="enough"):
        asyncio.run(run([sys.executable, "-c", code], cwd=Path("/"), environ=os.environ, line=refuse))
    assert not psutil.pid_exists(pids[0])


def test_it_is_killed_when_it_is_cancelled() -> None:
    code = "import os,time; print(os.getpid(), flush=True); time.sleep(60)"

    async def begin_and_cancel() -> int:
        pid: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        task = asyncio.create_task(
            run(
                [sys.executable, "-c", code],
                cwd=Path("/"),
                environ=os.environ,
                line=lambda text: pid.set_result(int(text)),
            )
        )
        await pid
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return pid.result()

    assert not psutil.pid_exists(asyncio.run(begin_and_cancel()))
