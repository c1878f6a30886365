"""Make pictures of the panel's states, and one page with all of them: gallery/index.html.

In JupyterLab, light and dark and in a small window, on the way that ``tools.screenshots`` takes, and in Notebook 7.
"""

from __future__ import annotations

import html
import json
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser

from tests.browser.lab import Lab, open_browser
from tests.browser.test_notebook import open_tree, show_sidebar
from tests.channel.build import ensure_channel
from tests.channel.server import ChannelServer
from tools.chromium import find_chromium
from tools.screenshots import take

GALLERY = Path("gallery")
WALKS = {
    "light": ("JupyterLab Light", 1280, 800),
    "dark": ("JupyterLab Dark", 1280, 800),
    "small": ("JupyterLab Light", 1024, 700),
}
"""Name -> theme, width and height."""


def main() -> int:
    """Take all pictures, and write the page."""
    chromium = find_chromium()
    assert chromium is not None, "`make gallery` has installed it"
    shutil.rmtree(GALLERY, ignore_errors=True)
    with ChannelServer(ensure_channel()) as server, open_browser(chromium) as browser:
        for name in WALKS:
            _walk(name, server, browser)
        _notebook(server, browser)
    _write_page()
    return 0


def _walk(name: str, server: ChannelServer, browser: Browser) -> None:
    theme, width, height = WALKS[name]
    images = GALLERY / name
    images.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="envkernels-") as folder, Lab(Path(folder), server.url) as lab:
        settings = lab.home / ".jupyter/lab/user-settings/@jupyterlab/apputils-extension/themes.jupyterlab-settings"
        settings.write_text(json.dumps({"theme": theme}))
        page = browser.new_page(viewport={"width": width, "height": height})
        page.set_default_timeout(60_000)
        take(page, lab, server, images)
        page.close()


def _notebook(server: ChannelServer, browser: Browser) -> None:
    images = GALLERY / "notebook"
    images.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="envkernels-") as folder, Lab(Path(folder), server.url) as lab:
        (lab.root / "environment.yml").write_text("name: lesson\ndependencies:\n  - python\n  - numpy\n")
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.set_default_timeout(60_000)
        open_tree(page, lab)
        show_sidebar(page)
        page.get_by_role("button", name="New environment").click()
        page.wait_for_timeout(1000)
        page.screenshot(path=images / "new.png")
        page.close()


def _write_page() -> None:
    rows = []
    for folder in sorted(path for path in GALLERY.iterdir() if path.is_dir()):
        rows.append(f"<h2>{html.escape(folder.name)}</h2>")
        for image in sorted(folder.glob("*.png")):
            source = image.relative_to(GALLERY).as_posix()
            rows.append(f'<figure><img src="{source}" width="640"><figcaption>{image.stem}</figcaption></figure>')
    style = "body { font-family: sans-serif } figure { display: inline-block; margin: 8px } img { border: 1px solid }"
    body = "\n".join(rows)
    text = f"<!DOCTYPE html>\n<title>The panel</title>\n<style>{style}</style>\n{body}\n"
    (GALLERY / "index.html").write_text(text)
    print(GALLERY / "index.html")


if __name__ == "__main__":
    sys.exit(main())
