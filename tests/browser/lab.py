"""A real JupyterLab in a home of its own on the test channel, and what a person does in it."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright
from typing_extensions import Self

from tools.chromium import choose_node

CHROMIUM_FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]
_AXE = Path(__file__).resolve().parents[2] / "labextension" / "node_modules" / "axe-core" / "axe.min.js"
_NO_NEWS = {"fetchNews": "false", "checkForUpdates": False}


class Lab:
    """Starts JupyterLab as a context manager.

    Args:
        folder: for its home, its working folder and its log.
        channel_url: of the server of the test channels.
        python: the interpreter that has JupyterLab and the extension.
        base_url: the path below which it answers.

    Attributes:
        port: where it listens.
        origin: where people find it: there, or at a proxy before it.
    """

    def __init__(self, folder: Path, channel_url: str, python: str = sys.executable, *, base_url: str = "/") -> None:
        self.home = folder / "home"
        self.root = folder / "work"
        self.envs = self.home / ".conda" / "envs"
        self.jobs = self.home / ".local" / "share" / "jupyter" / "envkernels" / "jobs"
        self.log = folder / "lab.log"
        self._channel = channel_url
        self._python = python
        self._base_url = base_url
        self._token = secrets.token_hex(16)

    def __enter__(self) -> Self:
        self.root.mkdir(parents=True)
        settings = self.home / ".jupyter" / "lab" / "user-settings" / "@jupyterlab" / "apputils-extension"
        settings.mkdir(parents=True)
        (settings / "notification.jupyterlab-settings").write_text(json.dumps(_NO_NEWS))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.origin = f"http://127.0.0.1:{self.port}"
        self._process = self._start()
        try:
            self._wait()
        except BaseException:
            self._process.kill()
            self._process.wait()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    @property
    def url(self) -> str:
        """Where a browser goes, token included."""
        return f"{self.origin}{self._base_url}lab?reset&token={self._token}"

    def get(self, path: str) -> object:
        """The JSON that a GET below the base URL answers."""
        address = f"{self.origin}{self._base_url}{path}"
        request = urllib.request.Request(address, headers={"Authorization": f"token {self._token}"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def forget(self, package: str) -> None:
        """Take a package out of the cache, so that it is downloaded again."""
        settings = self.get("envkernels/settings")
        assert isinstance(settings, dict)
        cache = Path(settings["package_cache"])
        for path in (*cache.glob(f"pkgs/{package}-*"), *cache.glob("partial/*")):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()

    def leftovers(self) -> list[str]:
        """What stands in the folder of environments, hidden or not."""
        return sorted(path.name for path in self.envs.iterdir()) if self.envs.exists() else []

    def _start(self) -> subprocess.Popen[bytes]:
        environ = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
        environ |= {
            "HOME": str(self.home),
            "CONDA_CHANNELS": f"{self._channel}/main",
            "PIP_INDEX_URL": f"{self._channel}/simple",
            "PIP_CONFIG_FILE": os.devnull,
        }
        command = [self._python, "-m", "jupyterlab", "--no-browser", f"--port={self.port}"]
        command += ["--ServerApp.port_retries=0", f"--ServerApp.root_dir={self.root}"]
        command += [f"--IdentityProvider.token={self._token}", f"--ServerApp.base_url={self._base_url}"]
        if os.geteuid() == 0:
            command.append("--allow-root")
        with self.log.open("wb") as log:
            return subprocess.Popen(command, env=environ, cwd=self.root, stdout=log, stderr=log)

    def _wait(self) -> None:
        deadline = time.monotonic() + 60
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"JupyterLab did not start:\n{self.log.read_text()}")
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            self.get("api")
        except (urllib.error.URLError, ConnectionError):
            return False
        return True


@contextmanager
def open_browser(chromium: Path) -> Iterator[Browser]:
    """Run Chromium."""
    choose_node()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


def open_lab(page: Page, lab: Lab) -> None:
    """Open JupyterLab with the launcher and the panel."""
    page.goto(lab.url)
    page.locator("#jupyterlab-splash").wait_for(state="detached", timeout=60_000)
    page.locator(".jp-Launcher").wait_for()
    show_panel(page)


def show_panel(page: Page) -> Locator:
    """The side panel, in sight."""
    panel = page.locator("#jp-envkernels-panel")
    tab = page.locator('.jp-SideBar .lm-TabBar-tab[data-id="jp-envkernels-panel"]')
    for _ in range(5):  # a click hides the panel that JupyterLab has just brought back by itself
        if panel.is_visible():
            break
        tab.click()
        page.wait_for_timeout(500)
    panel.wait_for(state="visible")
    return panel


def row(page: Page, name: str) -> Locator:
    """The row of an environment in the panel."""
    return show_panel(page).locator(f'[data-env-name="{name}"]')


def paste_spec(page: Page, text: str) -> None:
    """Open the editor by its button, and put a spec into it as a person pastes it."""
    toolbar = show_panel(page).get_by_role("toolbar", name="Manage environments")
    toolbar.get_by_role("button", name="New environment").click()
    editor = page.locator(".jp-EnvKernels-specText:visible .cm-content")
    editor.click()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.insert_text(text)
    expect(page.locator("[data-envkernels-check]:visible")).not_to_have_attribute("data-envkernels-check", "unchecked")


def create(page: Page) -> Locator:
    """Press Create; the view of the job."""
    page.get_by_role("button", name="Create", exact=True).click()
    return job_view(page, "create")


def created(page: Page) -> Locator:
    """Press Create; the overview of the environment, once it is there."""
    page.get_by_role("button", name="Create", exact=True).click()
    return overview(page)


def overview(page: Page) -> Locator:
    """The overview of an environment, in sight: also after the job that creates the environment."""
    view = page.locator(".jp-EnvKernels-overview:visible")
    view.wait_for(timeout=120_000)
    return view


def job_view(page: Page, kind: str) -> Locator:
    """The view of a job of that kind, in sight."""
    view = page.locator(f'[data-envkernels-job][data-job-kind="{kind}"]:visible')
    view.wait_for()
    return view


def press_preview(page: Page) -> None:
    """Press Preview, once the messages are closed that would lie upon it for another 15 seconds."""
    closing = page.get_by_role("button", name="Hide notification")
    closing.evaluate_all("buttons => buttons.forEach(button => button.click())")  # one may go by itself just now
    page.get_by_role("button", name="Preview", exact=True).click()


def preview(page: Page) -> Locator:
    """Press Preview; the plan, once it is there."""
    press_preview(page)
    return plan(page)


def plan(page: Page) -> Locator:
    """The plan that is asked for, once it is there."""
    expect_state(job_view(page, "plan"), "succeeded")
    view = page.locator("[data-envkernels-plan]")
    view.wait_for()
    return view


def carry_out(page: Page, button: str, kind: str) -> Locator:
    """Do what the plan in sight says, to the end; the view of the job."""
    page.get_by_role("button", name=button, exact=True).click()
    view = job_view(page, kind)
    expect_state(view, "succeeded")
    return view


def idle_row(page: Page, name: str) -> Locator:
    """The row of an environment that no job changes, under the pointer, which brings its buttons out."""
    found = row(page, name)
    expect(found.get_by_label(f"More for {name}", exact=True)).to_have_count(1, timeout=60_000)
    found.hover()
    return found


def open_notebook(page: Page, name: str) -> None:
    """Open a notebook with an environment."""
    idle_row(page, name).get_by_role("button", name=f"Open a notebook with {name}", exact=True).click()


def choose(page: Page, name: str, *items: str) -> None:
    """Choose from the menu of an environment."""
    idle_row(page, name)
    page.get_by_role("button", name=f"More for {name}", exact=True).click()
    for item in items:
        page.locator(".lm-Menu-item", has_text=item).click()


def accessibility_faults(page: Page, selector: str) -> list[str]:
    """What axe finds wrong in a part of the page, but for JupyterLab's own search field."""
    if not page.evaluate("'axe' in window"):
        page.add_script_tag(path=_AXE)
    found = page.evaluate("selector => axe.run({include: [selector], exclude: ['jp-search']})", selector)
    return [f"{fault['id']}: {node['html'][:200]}" for fault in found["violations"] for node in fault["nodes"]]


def expect_state(view: Locator, state: str) -> None:
    """Wait for the end of a job."""
    expect(view).to_have_attribute("data-job-state", state, timeout=120_000)


def run_cell(page: Page, name: str, code: str) -> str:
    """Run code in the notebook that has just opened for an environment, and return what it prints."""
    ready = page.locator("#jp-bottom-panel").get_by_text(re.compile(rf"^{re.escape(name)} .*\| Idle"))
    ready.wait_for(timeout=60_000)
    notebook = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
    editor = notebook.locator(".jp-CodeCell .cm-content").last
    editor.click()
    page.keyboard.insert_text(code)
    expect(editor).to_contain_text(code)
    page.keyboard.press("Shift+Enter")
    output = notebook.locator(".jp-OutputArea-output pre").last
    output.wait_for(timeout=60_000)
    return output.inner_text().strip()


def launcher_cards(page: Page) -> list[str]:
    """The labels of the notebook kernels in the launcher."""
    section = page.locator(".jp-Launcher-section", has_text="Notebook").first
    return section.locator(".jp-LauncherCard-label").all_inner_texts()


def write_environment(prefix: Path) -> None:
    """Write what looks like a conda environment with a Python kernel."""
    for name, text in {
        "conda-meta/history": "",
        "bin/python": "#!/bin/sh\n",
        "share/jupyter/kernels/python3/kernel.json": json.dumps(
            {
                "argv": [f"{prefix}/bin/python", "-m", "ipykernel_launcher", "-f", "{connection_file}"],
                "display_name": "Python 3 (ipykernel)",
                "language": "python",
            }
        ),
    }.items():
        path = prefix / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (prefix / "bin/python").chmod(0o755)
