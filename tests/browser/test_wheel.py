"""What a user gets: the wheel, installed by pip into an empty virtual environment outside of the clone."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .lab import Lab, launcher_cards, open_lab, row, write_environment

ROOT = Path(__file__).resolve().parent.parent.parent
NO_CHANNEL = "http://127.0.0.1:9"
COLOUR = re.compile("\x1b\\[[0-9;]*m")


@dataclass(frozen=True)
class Installation:
    """A virtual environment with the wheel and JupyterLab, and a home."""

    bin: Path
    home: Path

    @property
    def environ(self) -> dict[str, str]:
        """Variables of a shell in which it is activated, and nothing of the clone."""
        kept = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
        return kept | {"PATH": f"{self.bin}:/usr/local/bin:/usr/bin:/bin", "HOME": str(self.home)}

    def run(self, *command: str) -> str:
        """Run a command of the environment; return what it printed, on either stream, without colours."""
        done = subprocess.run(
            [str(self.bin / command[0]), *command[1:]],
            cwd=self.home,
            env=self.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        return COLOUR.sub("", done.stdout)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built of the clone and of the panel that `make` has built there: no Node is needed."""
    assert (ROOT / "jupyter_envkernels/labextension/static/style.js").exists(), "run `make .make/labextension` first"
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installation(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    folder = tmp_path_factory.mktemp("installation")
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    installation = Installation(folder / "venv/bin", folder / "home")
    installation.home.mkdir()
    installation.run("python", "-m", "pip", "install", "--quiet", "--no-compile", str(wheel), "jupyterlab")
    return installation


@pytest.fixture(scope="module")
def lab(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """JupyterLab of that installation, in a home that has the conda environment "lesson"."""
    lab = Lab(tmp_path_factory.mktemp("lab"), NO_CHANNEL, str(installation.bin / "python"))
    write_environment(lab.envs / "lesson")
    with lab:
        yield lab


def test_the_server_extension_is_enabled(installation: Installation) -> None:
    said = installation.run("jupyter", "server", "extension", "list")
    assert re.search(r"jupyter_envkernels\s+enabled", said), said
    assert re.search(r"jupyter_envkernels\s.*OK", said), said


def test_the_panel_is_installed(installation: Installation) -> None:
    said = installation.run("jupyter", "labextension", "list")
    assert re.search(r"jupyter-envkernels v\S+ .*enabled.*OK", said), said


def test_the_provisioner_is_known(installation: Installation) -> None:
    assert "envkernels-provisioner" in installation.run("jupyter", "kernelspec", "provisioners")


def test_the_command_line_runs(installation: Installation) -> None:
    assert "create" in installation.run("jupyter", "envkernels", "--help")


def test_kernels_of_environments_are_listed_beside_the_ordinary_ones(lab: Lab) -> None:
    answer: Any = lab.get("api/kernelspecs")
    kernelspecs = answer["kernelspecs"]

    metadata = kernelspecs["conda-env-lesson-py"]["spec"]["metadata"]
    assert metadata["conda_env_name"] == "lesson"
    assert metadata["kernel_provisioner"]["provisioner_name"] == "envkernels-provisioner"
    assert "python3" in kernelspecs


def test_the_page_loads_the_panel(lab: Lab) -> None:
    with urllib.request.urlopen(lab.url) as page:
        text = page.read().decode()
    match = re.search(r'<script id="jupyter-config-data" type="application/json">(.*?)</script>', text, re.DOTALL)
    assert match is not None
    extensions = {each["name"]: each for each in json.loads(match[1])["federated_extensions"]}
    entry = extensions["jupyter-envkernels"]["load"]

    with urllib.request.urlopen(lab.url.replace("/lab?", f"/lab/extensions/jupyter-envkernels/{entry}?")) as script:
        assert b"jupyter-envkernels" in script.read()


def test_the_rest_interface_answers(lab: Lab) -> None:
    answer: Any = lab.get("envkernels/environments")
    assert "lesson" in [each["name"] for each in answer["environments"]]


def test_the_panel_shows_environments_and_the_launcher_kernels(page: Page, lab: Lab) -> None:
    open_lab(page, lab)
    expect(row(page, "lesson")).to_be_visible()
    assert any("lesson" in label for label in launcher_cards(page))
