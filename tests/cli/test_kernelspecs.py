"""The verbs kernels and sync."""

from __future__ import annotations

import json
import sys

from tests.cli.shell import Shell


def _add_lesson(shell: Shell) -> None:
    """Make an environment with a kernel."""
    kernel = shell.envs / "lesson" / "share" / "jupyter" / "kernels" / "python3"
    kernel.mkdir(parents=True)
    (shell.envs / "lesson" / "conda-meta").mkdir()
    (shell.envs / "lesson" / "conda-meta" / "history").touch()
    (shell.envs / "lesson" / "bin").mkdir()
    python = shell.envs / "lesson" / "bin" / "python"
    python.symlink_to(sys.executable)
    argv = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (kernel / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": "Python 3", "language": "python"}))


def test_kernels_and_sync_show_the_same(shell: Shell) -> None:
    _add_lesson(shell)
    specs = shell.json("kernels")["kernelspecs"]
    assert {"python3", "conda-env-lesson-py"} <= specs.keys()
    shell.json("sync")
    written = shell.home / ".local" / "share" / "jupyter" / "kernels"
    assert "conda-env-lesson-py" in {path.name for path in written.iterdir()}
    shell.json("sync", "--remove")
    assert list(written.iterdir()) == []


def test_kernelspecs_of_nb_conda_kernels_are_replaced_after_asking(shell: Shell) -> None:
    _add_lesson(shell)
    folder = shell.home / ".local" / "share" / "jupyter" / "kernels" / "conda-env-lesson-py"
    folder.mkdir(parents=True)
    argv = ["python", "-m", "nb_conda_kernels.runner", "/conda", str(shell.envs / "lesson"), "python"]
    theirs = json.dumps({"argv": argv, "display_name": "Python [conda env:lesson]", "language": "python"})
    (folder / "kernel.json").write_text(theirs)
    findings = shell.json("doctor")["configuration"]
    assert [str(folder) in entry["message"] for entry in findings if not entry["ok"]] == [True]
    assert shell.json("sync")["skipped"] == ["conda-env-lesson-py"]
    for answer, is_replaced in (("n", False), ("y", True)):
        with shell.terminal("sync") as terminal:
            terminal.read("[y/N]")
            terminal.press(f"{answer}\n")
            assert terminal.wait() == 0
        assert ((folder / "kernel.json").read_text() != theirs) is is_replaced
    (folder / "kernel.json").write_text(theirs)
    report = shell.json("sync", "--replace")
    assert report["replaced"] == report["written"] == ["conda-env-lesson-py"]
    assert shell.json("sync", "--replace")["replaced"] == []


def test_jobs_keep_them_true(shell: Shell) -> None:
    _add_lesson(shell)
    folder = shell.home / ".local" / "share" / "jupyter" / "kernels"
    shell.json("clone", "lesson", "-n", "first")
    assert not folder.exists()
    shell.configure("sync_kernelspecs = True")
    shell.json("clone", "lesson", "-n", "second")
    names = {f"conda-env-{name}-py" for name in ("lesson", "first", "second")}
    assert {path.name for path in folder.iterdir()} == names
    shell.json("remove", "second")
    assert {path.name for path in folder.iterdir()} == names - {"conda-env-second-py"}
    assert shell.json("sync", "--remove", code=2)["error"]["code"] == "invalid-request"
