"""The verbs kernels and sync."""

from __future__ import annotations

import json
import sys

from tests.cli.shell import Shell


def test_kernels_and_sync_show_the_same(shell: Shell) -> None:
    kernel = shell.envs / "lesson" / "share" / "jupyter" / "kernels" / "python3"
    kernel.mkdir(parents=True)
    (shell.envs / "lesson" / "conda-meta").mkdir()
    (shell.envs / "lesson" / "conda-meta" / "history").touch()
    (shell.envs / "lesson" / "bin").mkdir()
    python = shell.envs / "lesson" / "bin" / "python"
    python.symlink_to(sys.executable)
    argv = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (kernel / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": "Python 3", "language": "python"}))
    specs = shell.json("kernels")["kernelspecs"]
    assert {"python3", "conda-env-lesson-py"} <= specs.keys()
    shell.json("sync")
    written = shell.home / ".local" / "share" / "jupyter" / "kernels"
    assert "conda-env-lesson-py" in {path.name for path in written.iterdir()}
    shell.json("sync", "--remove")
    assert list(written.iterdir()) == []
