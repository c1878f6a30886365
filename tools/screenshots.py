"""Make the pictures in docs/images: a real JupyterLab on the test channel, driven as a person would drive it."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.lab import (
    Lab,
    choose,
    create,
    created,
    expect_state,
    open_browser,
    open_lab,
    overview,
    paste_spec,
    preview,
    row,
    run_cell,
)
from tests.channel.build import ensure_channel
from tests.channel.server import ChannelServer
from tools.chromium import find_chromium

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"

OCEAN = """\
name: ocean-2026
dependencies:
  - python=3
  - numpy=2
  - pip:
      - envkernels-demo-pip
"""
ARCHIVE = """\
name: archive
dependencies:
  - python
  - numpy=1
"""
MISTAKE = """\
name: survey
dependencies:
  - python=3
  - nunpy
  - ipykernl
"""


def main() -> int:
    """Take all pictures."""
    chromium = find_chromium()
    assert chromium is not None, "`make docs-images` has installed it"
    IMAGES.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="envkernels-") as folder,
        ChannelServer(ensure_channel()) as server,
        Lab(Path(folder), server.url) as lab,
        open_browser(chromium) as browser,
    ):
        page = browser.new_page(viewport={"width": 1280, "height": 800}, device_scale_factor=2)
        page.set_default_timeout(60_000)
        take(page, lab, server)
    return 0


def take(page: Page, lab: Lab, server: ChannelServer, images: Path = IMAGES) -> None:
    """Walk through the panel once, and store a picture of each state."""

    def save(page: Page, name: str) -> None:
        _save(page, images / f"{name}.png")

    open_lab(page, lab)
    paste_spec(page, ARCHIVE)
    created(page)

    paste_spec(page, OCEAN)
    page.mouse.move(640, 500)
    save(page, "panel")
    preview(page)
    save(page, "preview")
    page.get_by_role("button", name="Edit spec").click()
    server.add_rule(r"/(numpy|python)-\d.*\.conda$", throttle=3_000_000)
    view = create(page)
    expect(view).to_have_attribute("data-job-phase", "downloading")
    page.wait_for_timeout(1500)
    save(page, "progress")
    overview(page).get_by_role("button", name="Open a notebook").click()
    server.reset()
    run_cell(page, "ocean-2026", "import sys, numpy; print(sys.prefix)")
    save(page, "notebook")

    choose(page, "ocean-2026", "Add or Remove Packages")
    page.get_by_label("Add packages").locator("visible=true").fill("tornado>=6")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Remove numpy", exact=True).click()
    save(page, "packages")

    paste_spec(page, MISTAKE)
    view = create(page)
    expect_state(view, "failed")
    save(page, "failure")

    page.locator(".lm-DockPanel .lm-TabBar-tab", has_text="Launcher").click()
    row(page, "ocean-2026").hover()
    page.locator(".jp-LauncherCard-label", has_text="ocean-2026").first.wait_for()
    save(page, "launcher")


def _save(page: Page, image: Path) -> None:
    """Store what the page shows, without notifications in front of it."""
    closing = page.get_by_role("button", name="Hide notification")
    closing.evaluate_all("buttons => buttons.forEach(button => button.click())")  # one may go by itself just now
    page.wait_for_timeout(500)
    page.screenshot(path=image)
    print(image)


if __name__ == "__main__":
    sys.exit(main())
