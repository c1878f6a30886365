"""Each command of docs/from-conda.md does what it says, in the order of the page."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.channel.pip_index import PROJECT
from tests.channel.server import ChannelServer
from tests.cli.shell import Shell

PAGE = Path(__file__).parents[2] / "docs" / "from-conda.md"
COMMANDS = [
    command
    for row in re.findall(r"^\| .* \| (.*) \|$", PAGE.read_text(), re.MULTILINE)
    for command in re.findall(r"`(envkernels [^`]*)`", row)
]

IN_THE_CHANNEL = {
    "python=3.9": "python",
    "scipy=0.17.3": "conflict-base=1.0",
    "astroid": "prio-demo",
    "babel": "gpu-or-cpu",
    "numpy=1.21": "prio-demo",
    " scipy": " conflict-base",
    "--pip see": f"--pip {PROJECT}",
}
"""Packages of the page, and what the channel of these tests has instead."""


def test_each_command_of_the_page(shell: Shell, channel_server: ChannelServer) -> None:
    (shell.home / "environment.yml").write_text("name: stats\ndependencies:\n  - prio-demo\n")
    (shell.home / "variables.yml").write_text("dependencies: []\nvariables:\n  my_var: value\n")
    (shell.home / "script.py").write_text("import sys; print(sys.prefix)\n")
    program = f'envkernels() {{ {sys.executable} -m jupyter_envkernels "$@"; }}\n'
    told: dict[str, str] = {}
    for command in COMMANDS:
        line = command
        for here, there in IN_THE_CHANNEL.items():
            line = line.replace(here, there)
        done = subprocess.run(
            ["bash", "-c", program + line],
            env={**shell.environ, "PIP_INDEX_URL": f"{channel_server.url}/simple"},
            cwd=shell.home,
            input="echo $CONDA_PREFIX",
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, (line, done.stdout, done.stderr)
        told[command] = done.stdout
    assert told["envkernels run -n myenv python script.py"].strip() == str(shell.envs / "myenv")
    assert told["envkernels run -p ./envs bash"].strip() == str(shell.home / "envs")
    assert '"my_var": "value"' in told["envkernels list -n myenv --json"]
    assert "conflict-base" in told["envkernels list -n myenv scipy"]
    assert told["envkernels history myenv"].count("\n") > 3
    assert shell.made() == ["locked", "renamed", "same", "stats"]
