"""The process that answers, from outside."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path

from .conftest import Place

COMMAND = [sys.executable, "-m", "jupyter_envkernels.jobs.lint_worker"]


def test_it_follows_conda_s_configuration_as_it_changes(place: Place, channel_root: Path) -> None:
    def ask(number: int) -> list[str]:
        question = {"type": "advice", "id": number, "text": text, "channels": [], "package_cache": str(place.folder)}
        pipes[0].write(json.dumps({**question, "until": time.time() + 60}) + "\n")
        pipes[0].flush()
        answer = json.loads(pipes[1].readline())
        assert answer["id"] == number
        return [diagnostic["code"] for diagnostic in answer["diagnostics"]]

    text = "channels: [place]\ndependencies: [prio-demo=1]\n"
    condarc = place.folder / "home" / ".condarc"
    condarc.write_text(f"custom_channels: {{place: '{channel_root.as_uri()}/absent'}}\n")
    with subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        pipes = process.stdin, process.stdout
        assert ask(1) == ["channel-unreachable"]
        (place.folder / "place").symlink_to(channel_root / "main")
        condarc.write_text(f"custom_channels: {{place: '{place.folder.as_uri()}'}}\n")
        assert ask(2) == []
    assert process.returncode == 0


def test_what_a_channel_makes_of_it_is_bounded(place: Place) -> None:
    """Each spec that somebody looks at may name a channel of which some kilobytes are unpacked to any size."""
    with subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write('{"type": "machine", "id": 1}\n')
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["machine"]["platform"]
        assert resource.prlimit(process.pid, resource.RLIMIT_DATA)[0] == 1 << 30
        assert resource.prlimit(process.pid, resource.RLIMIT_FSIZE)[0] == 1 << 30


def test_it_ends_with_its_input(place: Place) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "jupyter_envkernels.jobs.lint_worker"],
        input=b"",
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert (done.stdout, done.stderr) == (b"", b"")
